import Testing

@testable import Knowledge

/// What a splitter made, as texts.
func passages(
    _ content: String, _ format: DocumentFormat, words: Int = Document.passageWords
) throws -> [String] {
    let document = try Document(Array(content.utf8), as: format, passageWords: words)
    let utf8 = Array(document.text.utf8)
    return document.passages.map { passage in
        let text = String(decoding: utf8[passage.span], as: UTF8.self)
        return passage.headings.isEmpty ? text : passage.headings.joined(separator: " > ") + ": " + text
    }
}

@Suite struct SentenceTests {
    /// A passage of a word holds no two sentences: what comes out are sentences, cut into words where they are longer. So
    /// each sentence of these is parted by "|".
    @Test(arguments: [
        "It works.|It really does!|Does it?|Yes.",
        "Dr. Smith met Mrs. Jones.|They spoke.",
        "See e.g. Berlin, i.e. the capital.|Then go on.",
        "The U.S. Army left.|He lives in the U.S.|The end came.",
        "At 5 p.m. Paul left.|At 5 p.m.|The shop shut.",
        "Pi is 3.14159 today.|It stays so.",
        "J. K. Rowling wrote it.|W. B. Yeats did not.",
        "Wait ... what is it?|Wait...|Nothing.",
        "He said “Stop!” and went.|“Stop!” He went.|\"No.\" She stayed.",
        "(It rained.)|We left.",
        "See fig. 3 and p. 12 of vol. 2.|No.|It is not there.",
        "Acme Inc. Berlin pays.|It belongs to Acme Inc.|They pay.",
        "日本語です。|次の文です！|本当？|はい。",
        "यह वाक्य है।|दूसरा वाक्य।",
        "هل هذا؟|نعم هو كذلك.",
        "Really?!|Yes!!!|OK…|Good.",
        "Visit example.com today.|Version 2.0.1 is out.",
        "It ends.’|Then “this.”|Done",
    ])
    func `sentences end where a reader would say`(marked: String) throws {
        let sentences = marked.split(separator: "|").map(String.init)
        let isWide = marked.contains("。")
        let text = sentences.joined(separator: isWide ? "" : " ")
        // A passage just long enough for the sentence at hand, and none for two.
        for (index, sentence) in sentences.enumerated() {
            let rest = sentences[index...].joined(separator: isWide ? "" : " ")
            let words = try #require(wordCounts[isWide]?(sentence))
            #expect(try passages(rest, .text, words: words).first == sentence, "in \(text)")
        }
    }

    private let wordCounts: [Bool: @Sendable (String) -> Int] = [
        false: { $0.split(separator: " ").map { ($0.utf8.count + 15) / 16 }.reduce(0, +) },
        true: { $0.unicodeScalars.filter { $0.properties.isAlphabetic }.count },
    ]
}

@Suite struct PlainTextTests {
    @Test func `short paragraphs share a passage, and none is torn that fits by itself`() throws {
        let text = "One two three.\n\nFour five six.\n\nSeven eight. Nine ten.\n"
        #expect(
            try passages(text, .text, words: 6) == [
                "One two three.\n\nFour five six.", "Seven eight. Nine ten.",
            ])
        #expect(
            try passages(text, .text, words: 8) == [
                "One two three.\n\nFour five six.", "Seven eight. Nine ten.",
            ])
    }

    @Test func `a long sentence is cut between words and a long word between characters`() throws {
        #expect(try passages("a b c d e", .text, words: 2) == ["a b", "c d", "e"])
        #expect(
            try passages("ab " + String(repeating: "é", count: 17), .text, words: 1) == [
                "ab", "éééééééé", "éééééééé", "é",
            ])
    }

    @Test func `pages are headings`() throws {
        #expect(
            try passages("First page.\u{C}Second\npage.\n\u{C}", .text) == [
                "page 1: First page.", "page 2: Second\npage.",
            ])
    }

    @Test func `items of a list begin anew`() throws {
        #expect(
            try passages("To do\n- wash up\n- dry\n12. eat\n", .text, words: 3) == [
                "To do", "- wash up", "- dry", "12. eat",
            ])
    }

    @Test func `spans are bytes of the content, byte order mark and line ends included`() throws {
        let content = "\u{FEFF} Ä b.\r\n\r\nC d.\r\n"
        let document = try Document(Array(content.utf8), as: .text, passageWords: 2)
        #expect(Array(document.text.utf8) == Array(content.utf8))
        #expect(document.passages.map(\.span) == [4..<9, 13..<17])
    }
}

@Suite struct MarkdownTests {
    @Test func `passages stand under their headings`() throws {
        let text = """
            # Manual
            Read this first.

            Set up
            ------
            Plug it in. Switch it on.
            ### Trouble ###
            Call us.
            ## Care
            Dust it.
            """
        #expect(
            try passages(text, .markdown) == [
                "Manual: Read this first.", "Manual > Set up: Plug it in. Switch it on.",
                "Manual > Set up > Trouble: Call us.", "Manual > Care: Dust it.",
            ])
        #expect(try Document(Array(text.utf8), as: .markdown).title == "Manual")
    }

    @Test func `a heading without a title is none of those that text stands under`() throws {
        let document = try Document(
            Array("#\n\n## Cats\n\nThe tabby sleeps.\n\n## Dogs\n".utf8), as: .markdown)
        #expect(document.passages.map(\.headings) == [["Cats"], []])
    }

    @Test func `headings that nothing stands under are text`() throws {
        #expect(
            try passages("# A\n## B\n## C\ntext\n## D\n## E\n", .markdown) == [
                "A: ## B", "A > C: text", "A: ## D\n## E",
            ])
    }

    @Test func `code between fences is whole and no markup`() throws {
        let code = "```sh\n# not a heading\nrun it. Run it.\n\n- no item\n```"
        #expect(
            try passages("Do this:\n\n\(code)\n\nDone.", .markdown, words: 4) == ["Do this:", code, "Done."])
        #expect(try passages("~~~\na\n```\nb", .markdown) == ["~~~\na\n```\nb"])
    }

    @Test func `tables are cut between rows and lists between items`() throws {
        let table = "| drug | dose |\n|---|---|\n| one. Two | 3 |\n| four | 5 |"
        #expect(
            try passages(table, .markdown, words: 10) == [
                "| drug | dose |\n|---|---|", "| one. Two | 3 |", "| four | 5 |",
            ])
        #expect(
            try passages("* one two\n  three\n* four\n", .markdown, words: 4) == [
                "* one two\n  three", "* four",
            ])
    }

    @Test func `settings before the text are none of it, a rule before it is no setting`() throws {
        #expect(try passages("---\ntitle: x\ntags:\n  - y\n---\nText.", .markdown) == ["Text."])
        #expect(
            try passages("---\nSome text here.\n\n---\nText.", .markdown) == [
                "Some text here.\n\n---\nText."
            ])
    }
}

@Suite struct HTMLTests {
    @Test func `text is taken out of its markup`() throws {
        let html = """
            <!DOCTYPE html><html><head><title> The &amp; title\n here</title><style>p{}</style>
            <script>if (a < b) "</p>"</script></head><body><!-- <p>no</p> -->
            <h1>Big <em>head</em></h1><p>One&nbsp;two<br>three &lt;4&gt; &eacute;&#233;&#xE9;&#150; &unknown; a&b.
            <p>Next <a href="x>y" title='>'>link</a>.</p><ul><li>first<li>second</ul>
            <h2>Small</h2><table><tr><th>k<th>v<tr><td>a</td><td>b</td></table><pre>x  =
              1</pre></body></html>
            """
        let document = try Document(Array(html.utf8), as: .html)
        #expect(document.title == "The & title here")
        #expect(
            try passages(html, .html) == [
                "Big head: One two\nthree <4> ééé– &unknown; a&b.\nNext link.\n- first\n- second",
                "Big head > Small: k | v\na | b\nx  =\n  1",
            ])
    }

    @Test(arguments: [
        ("a < b", ["a < b"]), ("<p>a<", ["a<"]), ("a</", ["a"]), ("a<!--x", ["a"]), ("a<!-->b", ["ab"]),
        ("a<!---->b", ["ab"]), ("a<script>b", ["a"]), ("a<script>b</scripts>c</SCRIPT >d", ["ad"]),
        ("a<p title='b", ["a"]), ("a&#0;b&#x110000;c", ["a\u{FFFD}b\u{FFFD}c"]),
        ("a&#xD800;&#;", ["a\u{FFFD}&#;"]),
        ("a&Omega;&omega;&sigmaf;&yuml;&copy", ["aΩωςÿ&copy"]), ("<h1>a<p>b", ["a: b"]),
        ("<head>a<p>b", ["b"]),
        ("a<?php echo 1 ?>b", ["ab"]), ("<Ünicode>a</Ünicode>", ["<Ünicode>a"]),
    ])
    func `what is not quite HTML has a text, too`(html: String, expected: [String]) throws {
        #expect(try passages(html, .html) == expected)
    }
}

@Suite struct RecordTests {
    @Test func `a record is a passage`() throws {
        let csv = "\u{FEFF}Name,Dose,Note\nAspirin,100 mg,\"with\nfood, always\"\nZinc,,\n,,\n"
        #expect(
            try passages(csv, .csv) == [
                "Name: Aspirin, Dose: 100 mg, Note: with food, always", "Name: Zinc",
            ])
        let lines = #"""
            {"name": "Hb", "value": 13.40, "low": null, "ok": true}

            {"of": {"a": 1, "b": ["x", {"c": 2}]}}
            """#
        #expect(
            try passages(lines, .jsonLines) == [
                "name: Hb, value: 13.40, ok: true", "of: (a: 1, b: (x, (c: 2)))",
            ])
    }

    @Test func `a record longer than four passages is cut`() throws {
        let csv = "a,b\n1 2 3 4,5 6\n1 2 3 4,5 6 7\n"
        #expect(
            try passages(csv, .csv, words: 2) == [
                "a: 1 2 3 4, b: 5 6", "a: 1", "2 3", "4, b:", "5 6", "7",
            ])
    }
}

@Suite struct HostileDocumentTests {
    @Test(arguments: [
        (DocumentFormat.text, [], DocumentError.empty),
        (.text, Array(" \n\u{3000}\u{FEFF}".utf8), .empty),
        (.markdown, Array("---\n***\n".utf8), .empty),
        (.html, Array("<script>a</script><p> </p>".utf8), .empty),
        (.csv, Array("a,b\n".utf8), .empty),
        (.csv, Array("\n".utf8), .empty),
        (.jsonLines, Array("{}\n\n".utf8), .empty),
        (.text, [0x61, 0, 0x62], .binary(0, at: 1)),
        (.text, Array(repeating: 1, count: 20), .binary(1, at: 16)),
        (.html, [0x61, 0xFF], .invalidUTF8(at: 1)),
        (.text, [0x61, 0xC3], .invalidUTF8(at: 1)),
        (.markdown, [0xED, 0xA0, 0x80], .invalidUTF8(at: 0)),
        (.csv, Array("a,b\n1\n".utf8), .fieldCount(line: 2, expected: 2, found: 1)),
        (.jsonLines, Array("{\"a\":1}\n[1]".utf8), .notAnObject(line: 2, found: "an array of 1")),
    ])
    func `what is no document is refused`(
        format: DocumentFormat, content: [UInt8], error: DocumentError
    ) throws {
        #expect(throws: error) { try Document(content, as: format) }
        #expect(!error.description.isEmpty)
    }

    @Test func `a broken record says where`() {
        #expect(throws: DocumentError.self) { try Document(Array("a\n\"b".utf8), as: .csv) }
        #expect {
            try Document(Array("{\"a\":1}\n{\"a\":".utf8), as: .jsonLines)
        } throws: { error in
            "\(error)" == "line 2: ends where a value is expected"
        }
        let nested = Array(("{\"a\":" + String(repeating: "[", count: 100_000)).utf8)
        #expect(throws: DocumentError.self) { try Document(nested, as: .jsonLines) }
    }

    /// The names of columns are said with every value.
    @Test func `a long header makes no text without end`() {
        let header = String(repeating: "x", count: 1000) + ",b"
        let csv = header + String(repeating: "\n1,", count: 100)
        var builder = DocumentBuilder(passageWords: 70, mostText: 4000)
        #expect(throws: DocumentError.tooMuchText(limit: 4000)) { try builder.split(csv: Array(csv.utf8)) }
    }
}
