import Testing

@testable import slmctl

/// What a reader gets who presses the keys these bytes stand for.
private func typed(
    _ bytes: String, intents: [String] = []
) -> (steps: [LineEditor.Step], line: EditedLine) {
    var (keys, editor) = (KeyDecoder(), LineEditor())
    var steps: [LineEditor.Step] = []
    keys.append(Array(bytes.utf8))
    while let key = keys.next() {
        steps.append(editor.press(key) { beginning in ChatLine.completion(of: beginning) { intents } })
    }
    return (steps, editor.line)
}

@Test(arguments: [
    ("helo\u{1B}[Dl", "hell", "o"), ("bc\u{1B}[Ha", "a", "bc"), ("bc\u{1B}[1~a\u{1B}OFd", "abcd", ""),
    ("bc\u{01}a\u{05}d", "abcd", ""), ("abc\u{02}\u{02}\u{0B}", "a", ""), ("abc\u{02}\u{15}", "", "c"),
    ("one two  \u{17}", "one ", ""), ("one two\u{1B}[1;5Dx", "one x", "two"),
    ("one two\u{01}\u{1B}f", "one", " two"),
    ("abc\u{7F}\u{08}", "a", ""), ("abc\u{1B}[D\u{1B}[3~", "ab", ""), ("abc\u{01}\u{04}", "", "bc"),
    ("naï\u{7F}", "na", ""), ("e\u{301}x\u{1B}[D\u{7F}", "", "x"), ("👩‍👩‍👧a\u{1B}[D\u{7F}", "", "a"),
    ("\u{7F}\u{1B}[D\u{1B}[Ca", "a", ""), ("a\u{1B}[15~c\u{1B}zd", "acd", ""), ("a\u{85}b", "ab", ""),
])
func `keys move and erase what people see as characters`(bytes: String, before: String, after: String) {
    let line = typed(bytes).line
    #expect(line.before == before)
    #expect(line.after == after)
}

@Test(arguments: [1, 2, 3, 5])
func `keys come out the same however the bytes arrive`(piece: Int) {
    let bytes = Array("é日👩\u{1B}[1;5D\u{1B}OA\r".utf8) + [0xFF, 0xE6, 0x97, 0x61, 0xC0]
    var keys = KeyDecoder()
    var found: [Key] = []
    for start in stride(from: 0, to: bytes.count, by: piece) {
        keys.append(Array(bytes[start..<min(start + piece, bytes.count)]))
        while let key = keys.next() { found.append(key) }
    }
    #expect(
        found == [
            .character("é"), .character("日"), .character("👩"), .wordLeft, .up, .enter, .character("a"),
        ])
}

@Test func `a sequence without an end is given up`() {
    var keys = KeyDecoder()
    keys.append(Array("\u{1B}[".utf8) + [UInt8](repeating: 0x31, count: 32) + [0x0D])
    var found: [Key] = []
    while let key = keys.next() { found.append(key) }
    #expect(found.last == .enter)
}

@Test func `what is pasted is text and line ends, and no key does anything in it`() {
    let pasted = typed("x\u{1B}[200~a\tb\u{03}\u{04}\u{01}\u{1B}[A\r\nc\u{1B}[201~\u{01}d")
    #expect(pasted.steps.filter { $0 != .edited } == [.entered("xa b"), .entered("")])
    #expect(pasted.line.before == "d" && pasted.line.after == "c")
}

@Test func `lines entered before come back, and so does the line begun`() {
    #expect(typed("one\rtwo\rth\u{1B}[A").line == EditedLine("two"))
    #expect(typed("one\rtwo\rth\u{1B}[A\u{1B}[A").line == EditedLine("one"))
    #expect(typed("one\rtwo\rth\u{1B}[A\u{10}\u{0E}\u{1B}[B").line == EditedLine("th"))
    #expect(typed("one\r\u{1B}[A\u{1B}[A").steps.last == .refused)
    #expect(typed("one\rone\r \rtwo\r\u{1B}[A\u{1B}[A\u{1B}[A").steps.last == .refused)
    #expect(typed("\u{1B}[B").steps == [.refused])
}

@Test func `a line is entered, abandoned or the last`() {
    #expect(typed("a\u{1B}[D\r").steps.last == .entered("a"))
    #expect(typed("a\u{03}").steps.last == .abandoned)
    #expect(typed("a\u{03}").line.isEmpty)
    #expect(typed("a\u{03}\u{04}").steps.last == .ended)
}

@Test(arguments: [
    ("/co\t", "/correct "), ("/correct as\t", "/correct ask_question"), ("/correct c\t", "/correct c"),
    ("/correct co\t", "/correct co"), ("/correct cor\t", "/correct correction"), ("/statu\t", "/status"),
    ("/s\t", "/stat"),
    ("hello\t", "hello"), ("/correct x\t", "/correct x"),
])
func `Tab completes commands and intents`(bytes: String, line: String) {
    #expect(
        typed(bytes, intents: ["ask_question", "correction", "confirmation", "clarify"]).line.text == line)
}

@Test func `Tab lists what may follow when there are several`() {
    #expect(typed("/correct \t", intents: ["a", "b"]).steps.last == .choices(["a", "b"]))
    let commands = [
        "/correct ", "/help", "/intents", "/new", "/quit", "/reply ", "/right", "/state", "/status", "/undo",
        "/why", "/wrong",
    ]
    #expect(typed("\t").line == EditedLine("/"))
    #expect(typed("\t\t").steps == [.edited, .choices(commands)])
    #expect(typed("/x\t").steps.last == .refused)
    #expect(LinePrompt.table(["a", "日本", "c"], width: 12) == "a     日本\nc")
}

@Test(arguments: [
    ("abc", "", "\r> abc\u{1B}[K"), ("ab", "c", "\r> abc\u{1B}[K\u{1B}[1D"),
    ("0123456789", "", "\r> 3456789\u{1B}[K"), ("", "0123456789", "\r> 0123456\u{1B}[K\u{1B}[7D"),
    ("012345678", "9", "\r> 2345678\u{1B}[K"), ("日本語日", "", "\r> 本語日\u{1B}[K"),
    ("", "日e\u{301}x", "\r> 日e\u{301}x\u{1B}[K\u{1B}[4D"),
])
func `a line is drawn around its cursor, in columns`(before: String, after: String, drawn: String) {
    var line = EditedLine(before + after)
    for _ in after { line.moveLeft() }
    #expect(LinePrompt.drawing(line, prompt: "> ", width: 10) == drawn)
}
