import Entities

/// Finds what can be checked in a text: entities that say something, names, and words.
struct FactReader: Sendable {
    /// A piece of a text that says something, and what.
    struct Found: Sendable {
        let kind: Fact.Kind
        let text: String
        /// In bytes of UTF-8.
        let span: Range<Int>
        /// nil of a name.
        let value: FactValue?
    }

    private static let kinds = Set(EntityKind.allCases).subtracting([.boolean])

    let recognizer: EntityRecognizer
    let reference: ReferenceTime

    /// The entities of a text that say something, in its order.
    ///
    /// - Parameter words: those of the text.
    func values(in text: String, _ words: [Word]) -> [Found] {
        recognizer.entities(in: text, of: Self.kinds, at: reference).compactMap { entity in
            guard let value = FactValue(entity, at: reference) else { return nil }
            let found = Found(kind: value.kind, text: entity.text, span: entity.bytes, value: value)
            return found.isInsideCode(words) ? nil : found
        }
    }

    /// Whether an entity of a reply claims something: `one of them`, `now` and `the day` do not.
    static func claims(_ found: Found, words: [Word]) -> Bool {
        let own = words.filter { found.span.overlaps($0.span) }
        switch found.value {
        case .number, .ordinal:
            return own.contains { !vague.contains($0.folded) } || own.isEmpty
        case .amount(let number, let unit): return !number.isEmpty || unit == "%"
        case .time:
            return own.contains {
                $0.hasDigit || calendar.contains($0.folded) || numerals.contains($0.folded)
            }
        default: return true
        }
    }

    /// Words for numbers that mostly count nothing.
    private static let vague: Set<String> = ["one", "first", "last", "next", "previous", "current", "a"]

    private static let calendar: Set<String> = Set(
        """
        january february march april may june july august september october november december jan feb mar apr jun
        jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mondays tuesdays
        wednesdays thursdays fridays saturdays sundays yesterday today tomorrow tonight ago noon midnight spring
        summer autumn fall winter weekend easter christmas
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    private static let numerals: Set<String> = Set(
        """
        two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million half
        quarter dozen second third fourth fifth sixth seventh eighth ninth tenth
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}

extension FactValue {
    fileprivate var kind: Fact.Kind {
        switch self {
        case .number, .ordinal, .numbers: .number
        case .amount: .amount
        case .time: .time
        case .address: .address
        }
    }
}

extension FactReader.Found {
    /// Whether it is a part of a word that begins with a letter: `19` in `COVID-19`.
    fileprivate func isInsideCode(_ words: [Word]) -> Bool {
        words.contains {
            $0.span.lowerBound < span.lowerBound && $0.span.upperBound >= span.upperBound
                && $0.text.unicodeScalars.first?.properties.isAlphabetic ?? false
        }
    }
}
