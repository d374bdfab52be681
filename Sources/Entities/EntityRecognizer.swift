/// Finds the entities of English text by grammars over its tokens.
///
/// It is built once; reading a text changes nothing in it.
public struct EntityRecognizer: Sendable {
    /// How much of a text is read, in bytes: what follows has no entities.
    public static let longestText = 16_384

    private let lexicon: Lexicon
    private let numbers: NumberFamily
    private let ordinals: OrdinalFamily

    public init() {
        var lexicon = Lexicon()
        let grammar = NumberGrammar(&lexicon)
        numbers = NumberFamily(grammar, &lexicon)
        ordinals = OrdinalFamily(grammar, &lexicon)
        self.lexicon = lexicon
    }

    /// The entities of `text` in its order, none over another: of two that overlap the longer one is kept, of two
    /// as long the one whose kind says more.
    ///
    /// - Parameter kinds: the families that are looked for.
    /// - Complexity: O(bytes), each token costing a bounded number of steps.
    public func entities(
        in text: String, of kinds: Set<EntityKind> = Set(EntityKind.allCases)
    ) -> [Entity] {
        let sentence = Sentence(text.readPart, lexicon: lexicon)
        var candidates: [Entity] = []
        if kinds.contains(.number) { candidates += numbers.numbers(in: sentence) }
        if kinds.contains(.ordinal) { candidates += ordinals.ordinals(in: sentence) }
        return candidates.withoutOverlaps()
    }
}

extension String {
    /// What of a text is read: no more than `longestText`, cut where a scalar ends.
    fileprivate var readPart: String {
        guard utf8.count > EntityRecognizer.longestText else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: EntityRecognizer.longestText)
        while end.samePosition(in: unicodeScalars) == nil { utf8.formIndex(before: &end) }
        return String(self[..<end])
    }
}

extension [Entity] {
    /// The longest of those that overlap; of as long ones the more telling kind, then the first.
    fileprivate func withoutOverlaps() -> [Entity] {
        let order = sorted {
            ($1.bytes.count, $0.kind.rank, $0.bytes.lowerBound) < (
                $0.bytes.count, $1.kind.rank, $1.bytes.lowerBound
            )
        }
        guard let end = self.map(\.bytes.upperBound).max() else { return [] }
        var isTaken = [Bool](repeating: false, count: end)
        var kept: [Entity] = []
        for entity in order where !isTaken[entity.bytes.lowerBound] && !isTaken[entity.bytes.upperBound - 1] {
            for byte in entity.bytes { isTaken[byte] = true }
            kept.append(entity)
        }
        return kept.sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    }
}

extension EntityKind {
    /// The less, the more a kind says of the same words.
    fileprivate var rank: Int {
        switch self {
        case .email, .url, .guid, .ip: 0
        case .dateTimeRange, .dateRange, .timeRange, .set: 1
        case .dateTime, .date, .time, .duration: 2
        case .age, .temperature, .money, .percentage: 3
        case .quantity, .phone: 4
        case .hashtag, .mention, .boolean: 5
        case .numberRange: 6
        case .ordinal: 7
        case .number: 8
        }
    }
}
