extension String {
    /// Where its sentences lie, in bytes of UTF-8, without the blanks around them. A line that does not go on with the one
    /// before begins a sentence, too: an item of a list, a heading, a row of a table, or one with a label, as `Glucose: 5.1`.
    ///
    /// - Complexity: O(bytes).
    public var sentenceSpans: [Range<Int>] {
        let text = UTF8Text(bytes: Array(utf8))
        var spans: [Range<Int>] = []
        for run in text.runsOfLines {
            var sentences = Sentences(text, in: run)
            while let span = sentences.next() { spans.append(span) }
        }
        return spans
    }

    /// What lies at a range of its bytes of UTF-8.
    public func text(at span: Range<Int>) -> String {
        let bytes = utf8
        let start = bytes.index(bytes.startIndex, offsetBy: span.lowerBound)
        return String(decoding: bytes[start...].prefix(span.count), as: UTF8.self)
    }
}

extension UTF8Text {
    /// Lines that go on with each other, together.
    fileprivate var runsOfLines: [Range<Int>] {
        var (runs, start) = ([Range<Int>](), 0)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") && beginsAnew(at: index + 1) {
            runs.append(start..<index)
            start = index + 1
        }
        return runs + [start..<count]
    }

    /// Whether the line at `position` does not go on with the one before: it is empty, or set in as code, or has a mark or a
    /// label.
    private func beginsAnew(at position: Int) -> Bool {
        let line = bytes[position...].prefix { $0 != UInt8(ascii: "\n") }
        let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let first = text.first, line.count - text.count < Self.indentOfCode else { return true }
        if Self.marks.contains(first) { return true }
        let word = text.prefix { $0 > UInt8(ascii: " ") }
        if word.last == UInt8(ascii: ":") { return true }
        let number = word.dropLast()
        return 1...3 ~= number.count && number.allSatisfy(\.isDigit)
            && (word.last == UInt8(ascii: ".") || word.last == UInt8(ascii: ")")) && text.count > word.count
    }

    private static let indentOfCode = 4
    private static let marks: Set<UInt8> = Set("-*+#>|$`=~".utf8)
}
