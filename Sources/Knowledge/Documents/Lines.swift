/// The lines of a text, each with where it lies; line ends (LF or CRLF) are not part of them.
struct Lines: Sequence, IteratorProtocol {
    struct Line {
        let range: Range<Int>
        /// Where the next one begins.
        let next: Int
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    mutating func next() -> Line? {
        guard position < end else { return nil }
        let start = position
        var at = start
        while at < end, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        position = Swift.min(at + 1, end)
        let isCRLF = at > start && at < end && bytes[at - 1] == UInt8(ascii: "\r")
        return Line(range: start..<(isCRLF ? at - 1 : at), next: position)
    }
}
