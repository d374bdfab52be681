import Knowledge

extension FuzzTarget {
    /// The passages of a document lie in its text one after the other, on whole characters, and hold something each.
    func checkDocument(_ bytes: [UInt8]) throws {
        // The first byte tells the format and the length of passages, so that one corpus serves all.
        let first = Int(bytes.first ?? 0)
        let formats = DocumentFormat.allCases
        let format = formats[first % formats.count]
        let words = 1 + first / formats.count
        guard let document = try? Document(Array(bytes.dropFirst()), as: format, passageWords: words) else {
            return
        }
        try promise(!document.passages.isEmpty, "a document has a passage")
        let utf8 = Array(document.text.utf8)
        if format == .text || format == .markdown {
            try promise(utf8 == Array(bytes.dropFirst()), "the text is the content")
        }
        var end = 0
        for passage in document.passages {
            try promise(
                passage.span.lowerBound >= end && !passage.span.isEmpty, "\(passage) is over no other")
            end = passage.span.upperBound
            try promise(end <= utf8.count, "\(passage) is in the text")
            try promise(
                String(validating: utf8[passage.span], as: UTF8.self) != nil,
                "\(passage) has whole characters")
            try promise(
                passage.headings.allSatisfy { !$0.isEmpty && $0.utf8.count <= 256 },
                "\(passage) has short headings")
        }
    }
}
