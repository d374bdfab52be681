import Tensors

/// The keys and values of one sequence, by position: what a decoder need not compute again.
///
/// Room for all positions is set aside at once and takes no memory until it is written.
@safe public final class KVCache: @unchecked Sendable {
    // @unchecked: a decoder writes it inside a pass, and one pass runs at a time; between passes its owner has it alone.

    /// Positions there is room for.
    public let capacity: Int
    /// Positions that are filled; the next token is at this one.
    public private(set) var count = 0

    /// (layers, heads, capacity, head width) each.
    private let keys: AlignedStorage<Float>
    private let values: AlignedStorage<Float>
    private let attention: DecoderAttention

    /// - Parameter capacity: at most the context of the decoder. Beyond the context that the model had before it was
    ///   stretched, all positions turn by the long factors.
    public init(_ configuration: DecoderConfiguration, capacity: Int) {
        precondition(
            (1...configuration.context).contains(capacity),
            "cache: \(capacity) positions of a context of \(configuration.context)")
        self.capacity = capacity
        attention = configuration.attention
        let numbers = configuration.layers * attention.keyWidth * capacity
        keys = AlignedStorage(count: numbers)
        values = AlignedStorage(count: numbers)
    }

    /// Forgets all positions from `count` on.
    public func truncate(to count: Int) {
        precondition((0...self.count).contains(count), "cache: \(count) of \(self.count) positions")
        self.count = count
    }

    /// Counts positions that a pass has written.
    func advance(by positions: Int) {
        precondition(count + positions <= capacity, "cache: \(count + positions) of \(capacity) positions")
        count += positions
    }

    /// Writes what a layer has at a position: (heads, head width) each.
    @unsafe func keep(
        keys: UnsafePointer<Float>, values: UnsafePointer<Float>, layer: Int, at position: Int
    ) {
        let width = attention.headWidth
        for head in 0..<attention.keyHeads {
            unsafe (self.keys(layer: layer, head: head) + position * width).update(
                from: keys + head * width, count: width)
            unsafe (self.values(layer: layer, head: head) + position * width).update(
                from: values + head * width, count: width)
        }
    }

    /// (capacity, head width)
    @unsafe func keys(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        unsafe keys.start + offset(layer, head)
    }

    /// (capacity, head width)
    @unsafe func values(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
        unsafe values.start + offset(layer, head)
    }

    private func offset(_ layer: Int, _ head: Int) -> Int {
        (layer * attention.keyHeads + head) * capacity * attention.headWidth
    }
}
