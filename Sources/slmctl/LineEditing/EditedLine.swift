/// A line with a cursor in it. What moves and what is erased are whole characters, as people see them.
struct EditedLine: Hashable {
    private(set) var before: String
    private(set) var after = ""

    /// The cursor is at the end.
    init(_ text: String = "") {
        before = text
    }

    var text: String { before + after }
    var isEmpty: Bool { before.isEmpty && after.isEmpty }

    mutating func insert(_ scalar: Unicode.Scalar) {
        before.unicodeScalars.append(scalar)
    }

    mutating func replaceBefore(with text: String) {
        before = text
    }

    mutating func moveLeft() {
        if let character = before.popLast() { after = String(character) + after }
    }

    mutating func moveRight() {
        if !after.isEmpty { before.append(after.removeFirst()) }
    }

    mutating func moveToStart() {
        after = text
        before = ""
    }

    mutating func moveToEnd() {
        before = text
        after = ""
    }

    mutating func moveWordLeft() {
        let end = Self.lengthOfLastWord(before)
        for _ in 0..<end { moveLeft() }
    }

    mutating func moveWordRight() {
        let end = Self.lengthOfLastWord(String(after.reversed()))
        for _ in 0..<end { moveRight() }
    }

    mutating func eraseBefore() {
        _ = before.popLast()
    }

    mutating func eraseAfter() {
        _ = after.isEmpty ? nil : after.removeFirst()
    }

    mutating func eraseWord() {
        before.removeLast(Self.lengthOfLastWord(before))
    }

    mutating func eraseToStart() {
        before = ""
    }

    mutating func eraseToEnd() {
        after = ""
    }

    /// In characters, with the blanks behind it.
    private static func lengthOfLastWord(_ text: String) -> Int {
        let word = text.reversed().drop(while: \.isWhitespace).drop { !$0.isWhitespace }
        return text.count - word.count
    }
}
