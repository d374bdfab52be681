/// Rows of activations in place: `stride` floats from one row to the next.
@unsafe public struct Rows {
    public var start: UnsafeMutablePointer<Float>
    public var stride: Int
    public var count: Int

    @unsafe public init(_ start: UnsafeMutablePointer<Float>, stride: Int, count: Int) {
        unsafe self.start = start
        unsafe self.stride = stride
        unsafe self.count = count
    }

    /// The rows in `range`, counted from the first of these.
    public func rows(_ range: Range<Int>) -> Rows {
        unsafe Rows(start + range.lowerBound * stride, stride: stride, count: range.count)
    }
}
