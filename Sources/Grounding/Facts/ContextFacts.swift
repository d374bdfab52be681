import Entities

/// What a context says, for facts to be looked up in.
struct ContextFacts: Sendable {
    /// A part of the context that is about one thing: a record line, or a passage.
    struct Part: Sendable {
        let values: [FactValue]
        let words: Set<String>
    }

    /// A short statement with a value: `Glucose 5.1 mmol/L`.
    struct Record: Sendable {
        let labels: Set<String>
        let values: [FactValue]
    }

    private(set) var values: [FactValue] = []
    private(set) var parts: [Part] = []
    private(set) var records: [Record] = []
    /// Each sentence of the context, with its text.
    private(set) var sentences: [(statement: Statement, bytes: [UInt8])] = []
    /// Where each word stands among all words, folded; also without points and each piece of a joined word.
    private var places: [String: [Int]] = [:]
    private(set) var stems: Set<String> = []
    private var wordCount = 0

    /// Words of a short statement besides those of grammar.
    private static let mostLabels = 6

    private static let lineEnds: Set<UInt8> = [UInt8(ascii: "\n")]
    private static let sentenceEnds: Set<UInt8> = [
        UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ";"), UInt8(ascii: "\n"),
    ]
    private static let recordEnds: Set<UInt8> = sentenceEnds.union([UInt8(ascii: ","), UInt8(ascii: "|")])

    /// Adds a passage or a record.
    mutating func add(passage text: String, _ reader: FactReader) {
        for line in Self.units(of: text) {
            let (whole, bytes) = read(line, reader)
            parts.append(Part(values: whole.values.compactMap(\.value), words: Self.names(of: line)))
            for record in Statement.cut(whole, bytes, at: Self.recordEnds)
            where !record.values.isEmpty && !record.subjects.isEmpty
                && record.subjects.count <= Self.mostLabels
            {
                records.append(Record(labels: record.subjects, values: record.values.compactMap(\.value)))
            }
            sentences += Statement.cut(whole, bytes, at: Self.sentenceEnds).map { ($0, bytes) }
        }
    }

    /// Adds what the user said: it may be repeated, and says nothing of what belongs to what.
    mutating func add(said text: String, _ reader: FactReader) { _ = read(text, reader) }

    /// The lines of records, or a whole text that has none.
    private static func units(of text: String) -> [String] {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        return lines.contains { $0.contains(": ") } ? lines : [text]
    }

    private mutating func read(_ text: String, _ reader: FactReader) -> (Statement, [UInt8]) {
        let words = Word.words(of: text)
        let found = reader.values(in: text, words)
        values += found.compactMap(\.value)
        for word in words { add(word) }
        wordCount += 8
        return (Statement(values: found, words: words.outside(found)), Array(text.utf8))
    }

    private mutating func add(_ word: Word) {
        for form in word.forms { places[form, default: []].append(wordCount) }
        stems.insert(word.stem)
        if word.folded.contains("-") {
            for piece in word.folded.split(separator: "-") {
                places[String(piece), default: []].append(wordCount)
            }
        }
        wordCount += 1
    }

    private static func names(of text: String) -> Set<String> {
        Set(Word.words(of: text).flatMap(\.forms))
    }

    /// Whether the context has a word, whatever its case, its accents and a plural's `s`.
    func has(_ word: Word) -> Bool { !occurrences(of: word).isEmpty }

    private func occurrences(of word: Word) -> [Int] {
        word.forms.flatMap { places[$0] ?? [] }
    }

    /// Whether the context has two words of a name near each other, in order: no more than two words between.
    func hasPair(_ first: Word, _ second: Word) -> Bool {
        let ends = Set(occurrences(of: second))
        return occurrences(of: first).contains { place in (1...3).contains { ends.contains(place + $0) } }
    }

    /// Whether the context has these words one after another.
    func hasRun(_ words: [Word]) -> Bool {
        guard let first = words.first else { return false }
        let rest = words.dropFirst().map { Set(places[$0.folded] ?? []) }
        return (places[first.folded] ?? []).contains { place in
            rest.enumerated().allSatisfy { $0.element.contains(place + $0.offset + 1) }
        }
    }
}

extension Word {
    /// The texts under which a word is looked up.
    var forms: Set<String> {
        let plain = folded.filter { $0 != "." && $0 != "'" }
        var forms: Set<String> = [folded, plain]
        if plain.utf8.count > 3, plain.hasSuffix("s") { forms.insert(String(plain.dropLast())) }
        return forms
    }
}

extension [Word] {
    /// Those that no value holds.
    func outside(_ found: [FactReader.Found]) -> [Word] {
        filter { word in !found.contains { $0.span.overlaps(word.span) } }
    }
}
