/// What single tokens and set phrases mean, before any rule.
struct TimeAtoms: Sendable {
    private let phrases: PhraseTable<[Atom]>
    private let numbers: NumberGrammar

    private struct Atom: Sendable {
        let category: TimeCategory
        let meaning: TimeMeaning
    }

    init(_ numbers: NumberGrammar, _ lexicon: inout Lexicon) {
        self.numbers = numbers
        var atoms: [String: [Atom]] = [:]
        func add(_ category: TimeCategory, _ words: [(String, Int)]) {
            for (word, value) in words { add(category, word, .value(value)) }
        }
        func add(_ category: TimeCategory, _ word: String, _ meaning: TimeMeaning) {
            atoms[word, default: []].append(Atom(category: category, meaning: meaning))
        }
        add(.month, TimeWords.months)
        add(.weekday, TimeWords.weekdays)
        add(.weekdays, TimeWords.pluralWeekdays)
        for (unit, words) in TimeWords.units {
            for word in words.split(separator: " ") {
                add(.unit, String(word), .value(unit.rawValue))
                if word.hasSuffix("s") { add(.units, String(word), .value(unit.rawValue)) }
            }
        }
        add(.unit, TimeWords.unitPhrases)
        add(.unitLetter, TimeWords.unitLetters)
        add(.season, TimeWords.seasons)
        for (word, part) in TimeWords.parts { add(.part, word, .part(part)) }
        for (word, part) in TimeWords.pluralParts { add(.parts, word, .part(part)) }
        for (word, part) in TimeWords.meals { add(.meal, word, .part(part)) }
        add(.meridiem, TimeWords.meridiems)
        add(.relative, TimeWords.relatives)
        add(.dayWord, TimeWords.dayWords)
        add(.now, TimeWords.now)
        add(.few, TimeWords.few)
        add(.edge, TimeWords.edges)
        add(.decadeWord, TimeWords.decades)
        for (index, frequency) in TimeWords.frequencies.enumerated() {
            for word in frequency.words.split(separator: " ") { add(.frequency, String(word), .value(index)) }
        }
        for (index, limit) in TimeWords.limits.enumerated() { add(.limit, limit.0, .value(index)) }
        for (holiday, names) in HolidayWords.all {
            for name in names.split(separator: ",") {
                let words = name.split(separator: " ").joined(separator: " ")
                add(.holiday, words, .holiday(holiday))
                if words.contains("'") { add(.holiday, words.replacing("'", with: "’"), .holiday(holiday)) }
            }
        }
        add(.open, "(", .none)
        add(.close, ")", .none)
        phrases = PhraseTable(atoms.map { ($0.key, $0.value) }, &lexicon)
    }

    func parts(at position: Int, in sentence: Sentence) -> [TimePart] {
        var found: [TimePart] = []
        var sentenceEnd = sentence.count
        // Every phrase that begins here, the longest first.
        while let match = phrases.match(at: position, in: sentence.prefix(sentenceEnd)) {
            found += match.value.map {
                TimePart(category: $0.category, end: match.end, meaning: $0.meaning, rule: -1)
            }
            sentenceEnd = match.end - 1
        }
        let token = sentence[position]
        if token.kind == .digits { found += Self.digits(token, at: position) }
        if let ordinal = numbers.digitOrdinal(at: position, in: sentence)
            ?? numbers.ordinal(at: position, in: sentence), let value = ordinal.value.integer
        {
            found.append(TimePart(category: .ordinal, end: ordinal.end, meaning: .value(value), rule: -1))
        }
        if let number = numbers.unsigned(at: position, in: sentence) {
            found.append(
                TimePart(category: .number, end: number.end, meaning: .amount(number.value), rule: -1))
        }
        if token.kind == .word, let cardinal = numbers.cardinal(at: position, in: sentence),
            let value = cardinal.value.integer, value < 10_000
        {
            // `two quarters` is a fraction, and a number of quarters.
            found.append(
                TimePart(category: .number, end: cardinal.end, meaning: .amount(cardinal.value), rule: -1))
            found.append(TimePart(category: .cardinal, end: cardinal.end, meaning: .value(value), rule: -1))
        }
        return found
    }

    private static func digits(_ token: Token, at position: Int) -> [TimePart] {
        func part(_ category: TimeCategory) -> TimePart {
            TimePart(category: category, end: position + 1, meaning: .value(token.value), rule: -1)
        }
        switch token.count {
        case 1, 2:
            var parts: [TimePart] = []
            if (1...31).contains(token.value) { parts.append(part(.dayDigits)) }
            if (1...12).contains(token.value) { parts.append(part(.monthDigits)) }
            if token.value <= 24 { parts.append(part(.hourDigits)) }
            if token.count == 2 { parts.append(part(.twoDigits)) }
            if token.count == 2, token.value < 60 { parts.append(part(.minuteDigits)) }
            return parts
        case 3, 4:
            let isClock = token.value / 100 < 25 && token.value % 100 < 60
            return (isClock ? [part(.hourMinuteDigits)] : []) + (token.count == 4 ? [part(.fourDigits)] : [])
        case 8: return [part(.eightDigits)]
        default: return []
        }
    }
}
