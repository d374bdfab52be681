import Glibc
import Knowledge
import Testing

@Suite struct DocumentLawTests {
    /// Pieces that join to anything: markup half open, blanks of all kinds, characters of one to four bytes.
    private static let pieces = [
        "word", " ", "\n", "\n\n", ". ", "Dr. ", "é", "漢字", "。", "🙂", "\u{C}", "# ", "```\n", "- ", "|",
        "---\n",
        "===\n", "<p>", "</p>", "<h2>", "<pre>", "&amp;", "&#x1F642;", "<!-- ", "-->", "\"", ",", "> ",
        "\u{A0}",
        "\r\n", "!", "3.5", "a\u{301}", "\t", "supercalifragilisticexpialidocious",
    ]

    private func content(seed: UInt64) -> String {
        var random = Lehmer(state: seed &* 2 &+ 1)
        return (0..<Int(random.next() % 200)).map { _ in
            Self.pieces[Int(random.next() % UInt64(Self.pieces.count))]
        }.joined()
    }

    @Test(arguments: [1, 3, 10, 70])
    func `spans rise, lie on characters, and hold every byte of a text that is not blank`(words: Int) throws {
        for seed in 0..<100 as Range<UInt64> {
            let content = content(seed: seed)
            for format in [DocumentFormat.text, .markdown, .html] {
                guard let document = try? Document(Array(content.utf8), as: format, passageWords: words)
                else {
                    continue
                }
                let utf8 = Array(document.text.utf8)
                var end = 0
                for passage in document.passages {
                    #expect(passage.span.lowerBound >= end && !passage.span.isEmpty)
                    // A cut inside a character would not be UTF-8.
                    #expect(
                        String(validating: utf8[passage.span], as: UTF8.self) != nil,
                        "\(content.debugDescription)")
                    if format == .text { expectBlank(utf8[end..<passage.span.lowerBound], content) }
                    end = passage.span.upperBound
                }
                if format == .text { expectBlank(utf8[end...], content) }
                if format != .html { #expect(Array(content.utf8) == utf8) }
            }
        }
    }

    private func expectBlank(_ bytes: ArraySlice<UInt8>, _ content: String) {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.unicodeScalars.allSatisfy { $0.properties.isWhitespace }, "\(content.debugDescription)")
    }

    @Test func `every word of Markdown lies in a passage or a heading`() throws {
        for seed in 0..<200 as Range<UInt64> {
            let content = content(seed: seed).replacing("word", with: "w\(seed)x")
            guard let document = try? Document(Array(content.utf8), as: .markdown, passageWords: 10) else {
                continue
            }
            let utf8 = Array(document.text.utf8)
            var found = document.passages.map { String(decoding: utf8[$0.span], as: UTF8.self) }
            var headings: [[String]] = []
            for passage in document.passages where headings.last != passage.headings {
                headings.append(passage.headings)
            }
            found += headings.flatMap { $0 }
            let count = found.map { $0.ranges(of: "w\(seed)x").count }.reduce(0, +)
            #expect(count >= content.ranges(of: "w\(seed)x").count, "\(content.debugDescription)")
        }
    }

    @Test(arguments: DocumentFormat.allCases)
    func `a document is split the same whatever stands behind it`(format: DocumentFormat) throws {
        let (head, line) =
            switch format {
            case .text, .markdown, .html: ("", "One sentence here. Another one there.\n\n")
            case .csv: ("a,b\n", "one,two\n")
            case .jsonLines: ("", "{\"a\": \"one\"}\n")
            }
        let short = try Document(Array((head + String(repeating: line, count: 40)).utf8), as: format)
        let long = try Document(Array((head + String(repeating: line, count: 80)).utf8), as: format)
        #expect(long.passages.starts(with: short.passages.dropLast()))
    }

    // MARK: Time

    private static let patterns: [(DocumentFormat, String)] = [
        (.text, "a. "), (.text, "."), (.text, ". "), (.text, "x"), (.text, "A.B."), (.text, ".)"),
        (.text, "\n"),
        (.text, "漢"), (.text, "a\u{C}"), (.markdown, "# a\n"), (.markdown, "```\n"), (.markdown, "a\n"),
        (.markdown, "|a|\n|-|\n"), (.markdown, "> "), (.markdown, "#"), (.markdown, "- a\n"),
        (.html, "<div>"),
        (.html, "<!--"), (.html, "<"), (.html, "&"), (.html, "&amp"), (.html, "<script>"),
        (.html, "</script"),
        (.html, "<a b='"), (.html, "<h1>a"), (.html, "<pre>a"), (.html, "<title>"), (.html, "</"),
        (.csv, "a\n"), (.jsonLines, "{\"a\":1}\n"),
    ]

    @Test(arguments: patterns)
    func `twice the content takes no more than about twice the time`(format: DocumentFormat, piece: String) {
        func time(_ count: Int) -> Duration {
            let content = Array(String(repeating: piece, count: count).utf8) + Array("\nend\n".utf8)
            return (0..<2).map { _ in
                let start = Self.processorTime()
                _ = try? Document(content, as: format)
                return Self.processorTime() - start
            }.min() ?? .zero
        }
        let (short, long) = (time(4_000), time(16_000))
        // Four times the content: 4, where 16 would be quadratic.
        #expect(long < short * 10 + .milliseconds(20), "\(short), then \(long)")
    }

    /// Of this thread.
    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test func `a million nested tags are read`() throws {
        let html = String(repeating: "<div><b>", count: 500_000) + "deep"
        let document = try Document(Array(html.utf8), as: .html)
        #expect(document.text == "deep\n")
        #expect(document.passages.map(\.span) == [0..<4])
    }
}

/// Lehmer's generator: the same contents in every run.
private struct Lehmer: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
