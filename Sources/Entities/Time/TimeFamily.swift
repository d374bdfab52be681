/// All rules of the grammar of time; of two that match the same tokens the first counts.
enum TimeRules {
    static let all = dates + durations + clocks + limits + dateRanges + timeRanges + sets
}

/// Dates, times, ranges of them, durations and what recurs.
struct TimeFamily: Sendable {
    private let atoms: TimeAtoms
    private let grammar: TimeGrammar

    init(_ numbers: NumberGrammar, _ lexicon: inout Lexicon) {
        atoms = TimeAtoms(numbers, &lexicon)
        grammar = TimeGrammar(TimeRules.all, &lexicon)
    }

    /// The kinds the family finds.
    static let kinds: Set<EntityKind> = [
        .date, .time, .dateTime, .dateRange, .timeRange, .dateTimeRange, .duration, .set,
    ]

    /// How much of a text is read, in tokens: what follows says nothing of time.
    static let longest = 1_800

    /// - Returns: none over another, in the text's order.
    func entities(in whole: Sentence, at reference: ReferenceTime) -> [Entity] {
        let sentence = whole.prefix(Self.longest)
        let chart = TimeChart(sentence, grammar, atoms, at: reference)
        // Without the phrases: a text may have some ten thousand, of which few are kept.
        var candidates: [(tokens: Range<Int>, breadth: Int, covered: Int, place: (Int, Int))] = []
        for (position, parts) in chart.parts.enumerated() {
            for (index, part) in parts.enumerated() where part.rule >= 0 {
                guard case .phrase(let phrase) = part.meaning, part.category.isEntity,
                    Self.isWhole(position + part.skipped..<part.end, in: sentence),
                    !(phrase.kind == .timeRange && phrase.modifier == .undefinedReference)
                else { continue }
                candidates.append(
                    (
                        position + part.skipped..<part.end, phrase.kind.breadth, part.end - position,
                        (position, index)
                    ))
            }
        }
        candidates.sort {
            ($1.tokens.count, $1.covered, $0.breadth, $0.tokens.lowerBound) < (
                $0.tokens.count, $0.covered, $1.breadth, $1.tokens.lowerBound
            )
        }
        var isTaken = [Bool](repeating: false, count: sentence.count)
        var found: [Entity] = []
        for candidate in candidates
        where !isTaken[candidate.tokens.lowerBound] && !isTaken[candidate.tokens.upperBound - 1] {
            let (position, index) = candidate.place
            guard case .phrase(let phrase) = chart.parts[position][index].meaning else { continue }
            for token in candidate.tokens { isTaken[token] = true }
            found.append(
                Entity(
                    phrase.kind, candidate.tokens, of: sentence, value: .time(phrase.value)))
        }
        return found.sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    }

    /// Whether no word or number goes on before or after the tokens.
    private static func isWhole(_ tokens: Range<Int>, in sentence: Sentence) -> Bool {
        let first = tokens.lowerBound
        let end = tokens.upperBound
        let isLong = tokens.count >= 5 || tokens.count == 1 && sentence[first].count == 8
        if sentence.isAdjacent(first), sentence[first].kind == .digits || sentence[first].kind == .word {
            let before = sentence[first - 1]
            if before.kind == .digits || before.kind == .word { return false }
            if sentence[first].kind == .digits {
                let joins =
                    sentence.has(".", at: first - 1) || sentence.has(",", at: first - 1)
                    || sentence.has("/", at: first - 1) || sentence.has(":", at: first - 1)
                    || sentence.has("-", at: first - 1)
                if joins, sentence.isAdjacent(first - 1), sentence[first - 2].kind == .digits { return false }
                if sentence.has("-", at: first - 1), !isLong, sentence.isAdjacent(first - 1) { return false }
                if sentence.has("$", at: first - 1) || sentence.has("#", at: first - 1) { return false }
            }
        }
        if sentence[first].kind == .digits, sentence.has("$", at: first - 1) { return false }
        guard sentence.isAdjacent(end) else { return true }
        let after = sentence[end]
        if after.kind == .digits || after.kind == .word && sentence[end - 1].kind != .punctuation {
            return false
        }
        guard sentence[end - 1].kind == .digits, sentence.isAdjacent(end + 1) else {
            return !(sentence[end - 1].kind == .digits && sentence.has("%", at: end))
        }
        let joins =
            sentence.has(".", at: end) || sentence.has(",", at: end) || sentence.has("/", at: end)
            || sentence.has(":", at: end) || sentence.has("-", at: end)
        return !(joins && sentence[end + 1].kind == .digits) && !sentence.has("%", at: end)
    }
}

extension TimeCategory {
    var isEntity: Bool {
        switch self {
        case .date, .time, .dateTime, .dateRange, .timeRange, .dateTimeRange, .duration, .set: true
        default: false
        }
    }
}

extension EntityKind {
    /// Of two kinds for the same words the smaller is taken.
    fileprivate var breadth: Int {
        switch self {
        case .set: 0
        case .dateTimeRange: 1
        case .dateTime: 2
        case .dateRange: 4
        case .date: 3
        case .timeRange: 5
        case .time: 6
        default: 7
        }
    }
}

extension TimePhrase {
    var value: TimeValue {
        var readings: [TimeReading] = []
        for reading in self.readings {
            let value = self.reading(reading)
            if !readings.contains(value) { readings.append(value) }
        }
        return TimeValue(readings: readings)
    }

    private func reading(_ reading: Reading) -> TimeReading {
        var (value, start, end): (String?, String?, String?)
        switch kind {
        case .date, .time, .dateTime: value = reading.start.map { text($0) }
        case .duration: value = length?.seconds.description
        case .set: value = nil
        default:
            start = reading.start.map { text($0) }
            end = reading.end.map { text($0) }
        }
        switch modifier {
        case .before?, .until?, .beforeStart?, .beforeMid?, .beforeEnd?, .beforeApproximate?, .untilStart?,
            .untilMid?,
            .untilEnd?:
            start = nil
        case .after?, .since?, .afterStart?, .afterMid?, .afterEnd?, .afterApproximate?, .sinceStart?,
            .sinceMid?,
            .sinceEnd?:
            end = nil
        default: break
        }
        return TimeReading(
            kind: readingKind, timex: reading.timex.text, modifier: modifier, source: source, value: value,
            start: start, end: end, days: reading.days.map(\.text))
    }

    /// What is about a moment is a range.
    private var readingKind: EntityKind {
        guard modifier == .approximate else { return kind }
        switch kind {
        case .date: return .dateRange
        case .time: return .timeRange
        case .dateTime: return .dateTimeRange
        default: return kind
        }
    }

    private func text(_ moment: Moment) -> String {
        switch kind {
        case .date, .dateRange: moment.date.text
        case .time, .timeRange: moment.clockText
        default: "\(moment.date.text) \(moment.clockText)"
        }
    }
}
