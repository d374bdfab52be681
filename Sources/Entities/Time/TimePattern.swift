/// What patterns are made of besides words, and what they yield.
enum TimeCategory: Int, Sendable, CaseIterable {
    // Words and phrases of a table
    case month, weekday, weekdays, unit, units, unitLetter, season, part, parts, holiday, meridiem, relative,
        zone
    case decadeWord, frequency, edge, now, dayWord, within, few, limit, meal
    // Numbers
    case number, ordinal, cardinal, dayDigits, monthDigits, hourDigits, minuteDigits, twoDigits, fourDigits
    case eightDigits, hourMinuteDigits
    // Of several tokens
    case dayOfMonth, monthOfYear, year, yearTail, clock, hour, count, quarter, half, week, span
    case date, time, dateTime, dateRange, timeRange, dateTimeRange, duration, set
    case open, close
}

/// A rule of the grammar: what the pattern matches is of `category`, and `meaning` says what it means.
///
/// In a pattern lower-case words and marks stand for themselves and upper-case words for categories; `( | )` are
/// alternatives, `?` makes what is before it optional, `~` says that no space stands before what follows, and what is
/// before `^`, words only, is no part of an entity.
struct TimeRule: Sendable {
    let category: TimeCategory
    let pattern: String
    let meaning: @Sendable (borrowing TimeMatch) -> TimeMeaning?

    init(
        _ category: TimeCategory, _ pattern: String,
        _ meaning: @escaping @Sendable (borrowing TimeMatch) -> TimeMeaning?
    ) {
        self.category = category
        self.pattern = pattern
        self.meaning = meaning
    }
}

/// One step of a pattern without alternatives.
struct PatternStep: Sendable, Hashable {
    enum Symbol: Sendable, Hashable {
        case word(WordID)
        case category(TimeCategory)
    }

    let symbol: Symbol
    var isAdjacent: Bool
    /// Which of the pattern's categories it is, counted from 0.
    let slot: Int?
    /// The entity begins here.
    var isEntityStart = false
}

/// Reads a pattern into every sequence of steps it stands for.
struct PatternReader {
    private let pieces: [String]
    private var position = 0
    private var slotCount = 0

    init(_ pattern: String) {
        pieces = pattern.split(separator: " ").flatMap { Sentence.pieces(of: String($0)) }
    }

    mutating func sequences(_ lexicon: inout Lexicon) -> [[PatternStep]] {
        let sequences = alternatives(&lexicon)
        precondition(position == pieces.count, "pattern: \(pieces) has a bracket too many")
        return sequences
    }

    private mutating func alternatives(_ lexicon: inout Lexicon) -> [[PatternStep]] {
        var all: [[PatternStep]] = []
        var current: [[PatternStep]] = [[]]
        while position < pieces.count, pieces[position] != ")" {
            if pieces[position] == "|" {
                position += 1
                all += current
                current = [[]]
                continue
            }
            let item = item(&lexicon)
            current = current.flatMap { head in item.map { head + $0 } }
        }
        return all + current
    }

    private mutating func item(_ lexicon: inout Lexicon) -> [[PatternStep]] {
        var isAdjacent = false
        var isEntityStart = false
        if pieces[position] == "^" {
            isEntityStart = true
            position += 1
        }
        // With nothing to stand before, it stands for itself.
        let next = position + 1 < pieces.count ? pieces[position + 1] : ")"
        if pieces[position] == "~", next != "|", next != ")" {
            isAdjacent = true
            position += 1
        }
        var sequences = primary(&lexicon)
        if isAdjacent {
            for index in sequences.indices where !sequences[index].isEmpty {
                sequences[index][0].isAdjacent = true
            }
        }
        if isEntityStart {
            for index in sequences.indices where !sequences[index].isEmpty {
                sequences[index][0].isEntityStart = true
            }
        }
        if position < pieces.count, pieces[position] == "?" {
            position += 1
            sequences.append([])
        }
        return sequences
    }

    private mutating func primary(_ lexicon: inout Lexicon) -> [[PatternStep]] {
        let piece = pieces[position]
        position += 1
        if piece == "(" {
            let inner = alternatives(&lexicon)
            precondition(position < pieces.count, "pattern: \(pieces) lacks a bracket")
            position += 1
            return inner
        }
        guard piece.first?.isUppercase == true else {
            return [[PatternStep(symbol: .word(lexicon.add(piece)), isAdjacent: false, slot: nil)]]
        }
        guard let category = Self.categories[piece] else {
            preconditionFailure("pattern: no category \(piece) in \(pieces)")
        }
        slotCount += 1
        return [[PatternStep(symbol: .category(category), isAdjacent: false, slot: slotCount - 1)]]
    }

    private static let categories = Dictionary(
        uniqueKeysWithValues: TimeCategory.allCases.map { ("\($0)".uppercased(), $0) })
}
