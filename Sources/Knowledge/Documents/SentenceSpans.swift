extension String {
    /// Where its sentences lie, in bytes of UTF-8, without the blanks around them.
    ///
    /// - Complexity: O(bytes).
    public var sentenceSpans: [Range<Int>] {
        let text = UTF8Text(bytes: Array(utf8))
        var sentences = Sentences(text, in: 0..<text.count)
        var spans: [Range<Int>] = []
        while let span = sentences.next() { spans.append(span) }
        return spans
    }

    /// What lies at a range of its bytes of UTF-8.
    public func text(at span: Range<Int>) -> String {
        let bytes = utf8
        let start = bytes.index(bytes.startIndex, offsetBy: span.lowerBound)
        return String(decoding: bytes[start...].prefix(span.count), as: UTF8.self)
    }
}
