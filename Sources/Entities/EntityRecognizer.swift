/// Finds the entities of English text by grammars over its tokens.
///
/// It is built once; reading a text changes nothing in it.
public struct EntityRecognizer: Sendable {
    /// How much of a text is read, in bytes: what follows has no entities.
    public static let longestText = 4_096

    private let lexicon: Lexicon
    private let numbers: NumberFamily
    private let ordinals: OrdinalFamily
    private let ranges: RangeFamily
    private let phones: PhoneFamily
    private let booleans: BooleanFamily
    private let percentages: PercentageFamily
    private let quantities: QuantityFamily
    private let temperatures: TemperatureFamily
    private let ages: UnitFamily
    private let money: MoneyFamily
    private let times: TimeFamily

    public init() {
        var lexicon = Lexicon()
        let grammar = NumberGrammar(&lexicon)
        numbers = NumberFamily(grammar, &lexicon)
        ordinals = OrdinalFamily(grammar, &lexicon)
        ranges = RangeFamily(grammar, &lexicon)
        phones = PhoneFamily(&lexicon)
        booleans = BooleanFamily(&lexicon)
        percentages = PercentageFamily(&lexicon)
        quantities = QuantityFamily(&lexicon)
        temperatures = TemperatureFamily(&lexicon)
        ages = UnitFamily(.age, AgeUnits.all, prefixes: AgeUnits.prefixes, standsAlone: false, &lexicon)
        money = MoneyFamily(grammar, &lexicon)
        times = TimeFamily(grammar, &lexicon)
        self.lexicon = lexicon
    }

    /// The entities of `text` in its order, none over another: of two that overlap the longer one is kept, of two
    /// as long the one whose kind says more.
    ///
    /// - Parameters:
    ///   - kinds: the families that are looked for.
    ///   - reference: what dates and times are relative to; nil to find none.
    /// - Complexity: O(bytes), each token costing a bounded number of steps.
    public func entities(
        in text: String, of kinds: Set<EntityKind> = Set(EntityKind.allCases),
        at reference: ReferenceTime? = nil
    ) -> [Entity] {
        let sentence = Sentence(text.readPart, lexicon: lexicon)
        var candidates: [Entity] = []
        if kinds.contains(.number) { candidates += numbers.numbers(in: sentence) }
        if kinds.contains(.ordinal) { candidates += ordinals.ordinals(in: sentence) }
        if kinds.contains(.numberRange) { candidates += ranges.ranges(in: sentence) }
        if kinds.contains(.boolean), let answer = booleans.answer(in: sentence) { candidates.append(answer) }
        candidates += measures(in: sentence, of: kinds) + addresses(in: sentence, of: kinds)
        if let reference, !kinds.isDisjoint(with: TimeFamily.kinds) {
            candidates += times.entities(in: sentence, at: reference).filter { kinds.contains($0.kind) }
        }
        return candidates.withoutHalves().withoutOverlaps()
    }

    private func addresses(in sentence: Sentence, of kinds: Set<EntityKind>) -> [Entity] {
        var found: [Entity] = []
        if kinds.contains(.phone) { found += phones.numbers(in: sentence) }
        if kinds.contains(.email) { found += EmailFamily.emails(in: sentence) }
        if kinds.contains(.mention) { found += EmailFamily.mentions(in: sentence) }
        if kinds.contains(.url) { found += URLFamily.urls(in: sentence) }
        if kinds.contains(.ip) { found += NetworkFamily.addresses(in: sentence) }
        if kinds.contains(.guid) { found += GUIDFamily.identifiers(in: sentence) }
        if kinds.contains(.hashtag) { found += HashtagFamily.hashtags(in: sentence) }
        return found
    }

    /// The families that read numbers with something beside them.
    private func measures(in sentence: Sentence, of kinds: Set<EntityKind>) -> [Entity] {
        guard !kinds.isDisjoint(with: [.percentage, .quantity, .temperature, .age, .money]) else { return [] }
        let amounts = Amounts(of: sentence, numbers.grammar)
        var found: [Entity] = []
        if kinds.contains(.percentage) { found += percentages.percentages(in: sentence, amounts) }
        if kinds.contains(.quantity) { found += quantities.quantities(in: sentence, amounts) }
        if kinds.contains(.temperature) { found += temperatures.temperatures(in: sentence, amounts) }
        if kinds.contains(.age) { found += ages.entities(ages.measures(in: sentence, amounts), in: sentence) }
        if kinds.contains(.money) { found += money.money(in: sentence, amounts) }
        return found
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
    /// Without ranges that take a number from its unit: in `more than 3 kg` the quantity says more.
    fileprivate func withoutHalves() -> [Entity] {
        let whole = filter { $0.kind != .numberRange && $0.kind != .number && $0.kind != .ordinal }
        return filter { entity in
            entity.kind != .numberRange
                || !whole.contains {
                    $0.bytes.overlaps(entity.bytes) && $0.bytes.upperBound > entity.bytes.upperBound
                }
        }
    }

    /// The longest of those that overlap; of as long ones the more telling kind, then the first.
    fileprivate func withoutOverlaps() -> [Entity] {
        let order = sorted {
            ($1.bytes.count, $0.rank, $0.bytes.lowerBound) < (
                $0.bytes.count, $1.rank, $1.bytes.lowerBound
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

extension Entity {
    /// Eight digits may be a telephone number and are a number.
    fileprivate var rank: Int { kind == .phone && confidence < 0.5 ? EntityKind.number.rank + 1 : kind.rank }
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
