/// A word of a text: letters and digits of any script, with the apostrophes, hyphens and points inside it.
struct Word: Sendable, Hashable {
    /// As the text has it, without a possessive ending.
    let text: String
    /// In small letters, without accents.
    let folded: String
    /// Where it stands in the text, in bytes of UTF-8; a possessive ending is not in it.
    let span: Range<Int>

    var isCapitalised: Bool { text.unicodeScalars.first?.properties.isUppercase ?? false }

    var hasDigit: Bool { text.utf8.contains { $0 &- 0x30 < 10 } }

    /// Its stem: endings of inflection taken away, so that words of one family mostly have one.
    var stem: String { Self.stem(folded) }
}

extension Word {
    /// The words of a text, in its order.
    ///
    /// - Complexity: O(bytes).
    static func words(of text: some StringProtocol) -> [Word] {
        var reader = WordReader()
        for scalar in text.unicodeScalars { reader.read(scalar) }
        return reader.finish()
    }

    /// In small letters, without accents: `Café` is `cafe`.
    static func fold(_ text: some StringProtocol) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars {
            if scalar.isASCII { out.append(scalar) } else { appendBase(of: scalar, to: &out) }
        }
        return String(out)
    }

    /// The letter under the accent, by the scalar's name: `LATIN SMALL LETTER E WITH ACUTE`.
    private static func appendBase(of scalar: Unicode.Scalar, to out: inout String.UnicodeScalarView) {
        let properties = scalar.properties
        if properties.generalCategory == .nonspacingMark { return }
        let prefix = "LATIN SMALL LETTER "
        guard let name = properties.name, name.hasPrefix(prefix) else {
            out.append(scalar == "’" ? "'" : scalar)
            return
        }
        let letter = name.dropFirst(prefix.count).prefix { $0 != " " }
        // `LATIN SMALL LETTER SHARP S` and others of a name of their own.
        guard letter.count <= 2 else {
            out.append(scalar)
            return
        }
        out.append(contentsOf: letter.lowercased().unicodeScalars)
    }

    private static let endings = [
        "ations", "ation", "ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "al", "ly", "s", "e",
    ]

    /// A stem of no fewer than three letters.
    static func stem(_ folded: String) -> String {
        var stem = folded[...]
        if let ending = endings.first(where: { stem.hasSuffix($0) && stem.utf8.count >= $0.utf8.count + 3 }) {
            stem = stem.dropLast(ending.count)
        }
        if stem.utf8.count > 3, stem.hasSuffix("i") || stem.hasSuffix("y") { stem = stem.dropLast() }
        return String(stem)
    }
}

/// Gathers scalars to words.
private struct WordReader {
    private var words: [Word] = []
    private var scalars = String.UnicodeScalarView()
    private var start = 0
    private var offset = 0
    /// A mark that belongs to a word only if the word goes on.
    private var held: Unicode.Scalar?

    mutating func read(_ scalar: Unicode.Scalar) {
        if scalar.isWordScalar {
            if scalars.isEmpty { start = offset }
            if let held { scalars.append(held) }
            held = nil
            scalars.append(scalar)
        } else if !scalars.isEmpty, held == nil, scalar.joinsWords {
            held = scalar
        } else {
            end()
        }
        offset += UTF8.width(scalar)
    }

    mutating func finish() -> [Word] {
        end()
        return words
    }

    private mutating func end() {
        held = nil
        guard !scalars.isEmpty else { return }
        var text = String(scalars)
        scalars = String.UnicodeScalarView()
        for ending in ["'s", "’s", "'S", "’S"] where text.hasSuffix(ending) && text.count > 2 {
            text.removeLast(2)
        }
        words.append(
            Word(text: text, folded: Word.fold(text), span: start..<start + text.utf8.count))
    }
}

extension Unicode.Scalar {
    fileprivate var isWordScalar: Bool {
        if isASCII { return (value | 0x20) &- 0x61 < 26 || value &- 0x30 < 10 }
        let properties = properties
        return properties.isAlphabetic || properties.generalCategory == .nonspacingMark
            || properties.numericType == .decimal
    }

    fileprivate var joinsWords: Bool {
        self == "'" || self == "’" || self == "-" || self == "." || self == ","
    }
}
