/// All rules as one trie over their steps, so that what begins alike is matched once.
struct TimeGrammar: Sendable {
    struct Ending: Sendable {
        let rule: Int
        /// Where each step's part goes in the rule's slots; -1 for a word.
        let slots: [Int]
        /// How many words stand before the entity.
        let skipped: Int
    }

    struct Node: Sendable {
        var words: [(word: WordID, isAdjacent: Bool, next: Int)] = []
        var categories: [(category: TimeCategory, isAdjacent: Bool, next: Int)] = []
        var endings: [Ending] = []
    }

    private(set) var nodes = [Node()]
    let rules: [TimeRule]
    /// The first words of rules, by word.
    private var starts: [[Int]] = []
    /// The same for first categories.
    private var categoryStarts: [[Int]]

    init(_ rules: [TimeRule], _ lexicon: inout Lexicon) {
        self.rules = rules
        categoryStarts = Array(repeating: [], count: TimeCategory.allCases.count)
        for (index, rule) in rules.enumerated() {
            var reader = PatternReader(rule.pattern)
            for steps in reader.sequences(&lexicon) where !steps.isEmpty { insert(steps, index) }
        }
        for edge in nodes[0].words {
            let word = Int(edge.word.rawValue)
            while starts.count <= word { starts.append([]) }
            starts[word].append(edge.next)
        }
        for edge in nodes[0].categories { categoryStarts[edge.category.rawValue].append(edge.next) }
    }

    private mutating func insert(_ steps: [PatternStep], _ rule: Int) {
        var node = 0
        for step in steps { node = next(of: node, step) }
        nodes[node].endings.append(
            Ending(
                rule: rule, slots: steps.map { $0.slot ?? -1 },
                skipped: steps.firstIndex { $0.isEntityStart } ?? 0))
    }

    private mutating func next(of node: Int, _ step: PatternStep) -> Int {
        switch step.symbol {
        case .word(let word):
            if let edge = nodes[node].words.first(where: {
                $0.word == word && $0.isAdjacent == step.isAdjacent
            }) {
                return edge.next
            }
            nodes[node].words.append((word, step.isAdjacent, nodes.count))
        case .category(let category):
            if let edge = nodes[node].categories.first(where: {
                $0.category == category && $0.isAdjacent == step.isAdjacent
            }) {
                return edge.next
            }
            nodes[node].categories.append((category, step.isAdjacent, nodes.count))
        }
        nodes.append(Node())
        return nodes.count - 1
    }

    func starts(with word: WordID) -> [Int] {
        let index = Int(word.rawValue)
        return index >= 0 && index < starts.count ? starts[index] : []
    }

    func starts(with category: TimeCategory) -> [Int] { categoryStarts[category.rawValue] }
}

/// What tokens in a row mean.
struct TimePart: Sendable {
    let category: TimeCategory
    let end: Int
    let meaning: TimeMeaning
    /// The rule that made it; -1 for a table's.
    let rule: Int
    /// How many of its tokens stand before the entity.
    var skipped = 0
}

/// What one rule matched.
struct TimeMatch {
    let sentence: Sentence
    let tokens: Range<Int>
    let parts: [TimePart?]
    let reference: ReferenceTime
}

/// Every part of a sentence, found from its end to its start: where a rule is tried, all that may follow is known.
///
/// - Complexity: O(tokens); at each token no more than `stepLimit` steps are taken and `partLimit` parts kept, and in the
///   whole no more than `stepsAtFirst` and `stepsPerToken` for each: texts such as `tomorrow, tomorrow, tomorrow, …` would
///   take all steps at every token.
struct TimeChart {
    static let stepLimit = 3_000
    static let partLimit = 48
    private static let stepsAtFirst = 24_000
    private static let stepsPerToken = 100

    private(set) var parts: [[TimePart]]
    /// What each part is and where it ends: looked through without a copy of the parts.
    private var keys: [[(category: TimeCategory, end: Int)]]
    private let grammar: TimeGrammar
    private let sentence: Sentence
    private let reference: ReferenceTime
    private var stepsLeft = 0
    /// For this token and those before it.
    private var stepsSaved = Self.stepsAtFirst
    /// What the steps up to here matched; nil for a word.
    private var matched: [TimePart?] = []

    init(_ sentence: Sentence, _ grammar: TimeGrammar, _ atoms: TimeAtoms, at reference: ReferenceTime) {
        self.grammar = grammar
        self.sentence = sentence
        self.reference = reference
        parts = Array(repeating: [], count: sentence.count + 1)
        keys = Array(repeating: [], count: sentence.count + 1)
        for position in stride(from: sentence.count - 1, through: 0, by: -1) {
            fill(position, with: atoms.parts(at: position, in: sentence))
        }
    }

    private mutating func fill(_ position: Int, with atoms: [TimePart]) {
        stepsSaved += Self.stepsPerToken
        let steps = min(Self.stepLimit, stepsSaved)
        stepsLeft = steps
        defer { stepsSaved -= steps - stepsLeft }
        var agenda = atoms
        for node in grammar.starts(with: sentence[position].word) {
            step(to: node, position + 1, nil, from: position, into: &agenda)
        }
        // Shorter parts come first, so that a longer one is made of all its beginnings.
        while let next = agenda.indices.min(by: {
            (agenda[$0].end, agenda[$0].rule) < (agenda[$1].end, agenda[$1].rule)
        }) {
            let part = agenda.remove(at: next)
            guard add(part, at: position) else { continue }
            for node in grammar.starts(with: part.category) {
                step(to: node, part.end, part, from: position, into: &agenda)
            }
        }
    }

    private mutating func add(_ part: TimePart, at position: Int) -> Bool {
        guard parts[position].count < Self.partLimit,
            !keys[position].contains(where: { $0.category == part.category && $0.end == part.end })
        else { return false }
        parts[position].append(part)
        keys[position].append((part.category, part.end))
        return true
    }

    private mutating func step(
        to node: Int, _ position: Int, _ part: TimePart?, from start: Int, into agenda: inout [TimePart]
    ) {
        matched.append(part)
        walk(node, position, from: start, into: &agenda)
        matched.removeLast()
    }

    private mutating func walk(
        _ node: Int, _ position: Int, from start: Int, into agenda: inout [TimePart]
    ) {
        guard stepsLeft > 0 else { return }
        stepsLeft -= 1
        for ending in grammar.nodes[node].endings {
            if let part = part(ending, start..<position) { agenda.append(part) }
        }
        guard position < sentence.count else { return }
        let token = sentence[position]
        for edge in grammar.nodes[node].words
        where edge.word == token.word && (!edge.isAdjacent || !token.hasSpaceBefore) {
            step(to: edge.next, position + 1, nil, from: start, into: &agenda)
        }
        for edge in grammar.nodes[node].categories where !edge.isAdjacent || !token.hasSpaceBefore {
            for index in keys[position].indices where keys[position][index].category == edge.category {
                let part = parts[position][index]
                step(to: edge.next, part.end, part, from: start, into: &agenda)
            }
        }
    }

    private func part(_ ending: TimeGrammar.Ending, _ tokens: Range<Int>) -> TimePart? {
        let rule = grammar.rules[ending.rule]
        var slots = [TimePart?](repeating: nil, count: 1 + (ending.slots.max() ?? -1))
        for (step, slot) in ending.slots.enumerated() where slot >= 0 { slots[slot] = matched[step] }
        let match = TimeMatch(sentence: sentence, tokens: tokens, parts: slots, reference: reference)
        guard let meaning = rule.meaning(match) else { return nil }
        let skipped = ending.skipped > 0 ? ending.skipped : matched.first??.skipped ?? 0
        return TimePart(
            category: rule.category, end: tokens.upperBound, meaning: meaning, rule: ending.rule,
            skipped: skipped)
    }
}
