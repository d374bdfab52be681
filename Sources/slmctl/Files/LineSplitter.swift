/// Cuts bytes into lines as they come. A line ends at LF or CRLF; the last one need not end. A byte order
/// mark before the first line is no part of it.
struct LineSplitter {
    /// A line longer than this is refused, and its bytes are not kept: 16 MiB.
    static let longestLine = 16 << 20

    struct Line: Hashable {
        /// From 1.
        let number: Int
        let content: Content
    }

    enum Content: Hashable {
        case text(String)
        case notUTF8
        case tooLong
    }

    private var buffer: [UInt8] = []
    private var start = 0
    private var scanned = 0
    private var number = 0
    private var isSkipping = false
    private var isEnded = false

    mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            buffer.removeFirst(start)
            scanned -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    mutating func end() { isEnded = true }

    /// The next whole line, or `nil` when more bytes are needed or there are none left.
    mutating func next() -> Line? {
        guard let lineEnd = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = buffer.count
            dropWhatIsTooLong()
            return isEnded ? last() : nil
        }
        defer {
            start = lineEnd + 1
            scanned = start
            isSkipping = false
        }
        return line(to: lineEnd)
    }

    private mutating func last() -> Line? {
        guard start < buffer.count || isSkipping else { return nil }
        defer {
            start = buffer.count
            isSkipping = false
        }
        return line(to: buffer.count)
    }

    private mutating func line(to end: Int) -> Line {
        number += 1
        if isSkipping || end - start > Self.longestLine { return Line(number: number, content: .tooLong) }
        var bytes = buffer[start..<end]
        if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return Line(number: number, content: .notUTF8)
        }
        return Line(number: number, content: .text(text))
    }

    private mutating func dropWhatIsTooLong() {
        guard buffer.count - start > Self.longestLine else { return }
        buffer.removeAll()
        start = 0
        scanned = 0
        isSkipping = true
    }
}
