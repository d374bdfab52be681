public import Tensors

/// A question, or a question with a reply's sentence behind it, as a passage is compared with it.
public struct AskedText: Sendable {
    /// What kind of answer a question asks for.
    enum Kind: Int, Sendable, CaseIterable {
        case other, number, time, person, place, reason, manner
    }

    let vector: Embedding
    let key: QuestionKey
    let kind: Kind
    /// Stems of the words that carry a subject, in order; all where there are none.
    let stems: [String]
    /// How much each of them says, of 1.
    let weights: [Float]
    /// Whether each of them is a name or has a digit.
    let isName: [Bool]
    let pairs: Set<[String]>
    let negates: Bool
    let hinders: Bool
    let superlatives: [String]
    let denials: [(whole: String, denied: String)]

    /// - Parameters:
    ///   - text: the question, or `GroundingCheck.statement` of it.
    ///   - vector: its sentence vector.
    public init(_ text: String, vector: Embedding, weights termWeights: TermWeights) {
        let words = Word.words(of: text)
        let telling = words.indices.filter {
            !CommonWords.grammar.contains(words[$0].folded) && !CommonWords.asking.contains(words[$0].folded)
        }
        let content = telling.isEmpty ? Array(words.indices) : telling
        self.vector = vector
        key = QuestionKey(words)
        kind = Kind(asking: words.map(\.folded))
        stems = content.map { words[$0].stem }
        let weights = stems.map { termWeights[$0] }
        let sum = weights.reduce(0, +)
        self.weights = weights.map { $0 / sum }
        isName = content.map { words[$0].hasDigit || words[$0].isCapitalised && $0 > 0 }
        let all = words.map(\.stem)
        pairs = Set(zip(all, all.dropFirst()).map { [$0, $1] })
        negates = words.contains { CommonWords.negations.contains($0.folded) }
        hinders = words.contains { CommonWords.hinders($0.folded) }
        superlatives = words.filter { CommonWords.isSuperlative($0.folded) }.map(\.stem)
        denials = words.flatMap { Antonyms.denied(by: $0.folded) }
    }
}

extension AskedText.Kind {
    /// - Parameter words: folded.
    fileprivate init(asking words: [String]) {
        let pairs = zip(words, words.dropFirst())
        func asks(_ first: String, _ nouns: Set<String>) -> Bool {
            pairs.contains { ($0 == first || first == "what" && $0 == "which") && nouns.contains($1) }
        }
        if asks("how", ["many", "much", "old", "long", "far", "large", "big", "tall", "high"])
            || asks("what", ["percent", "percentage", "number", "amount"])
        {
            self = .number
        } else if words.contains("when")
            || asks("what", ["year", "date", "century", "decade", "day", "month", "time"])
        {
            self = .time
        } else if words.contains(where: { ["who", "whom", "whose"].contains($0) })
            || asks("what", ["person", "king", "leader", "general", "scholar"])
        {
            self = .person
        } else if words.contains("where")
            || asks("what", ["city", "country", "place", "state", "region", "town", "river", "continent"])
        {
            self = .place
        } else if words.contains("why") || asks("what", ["caused", "reason"]) {
            self = .reason
        } else {
            self = words.contains("how") ? .manner : .other
        }
    }
}

extension CommonWords {
    /// Words of a question about the answer's kind, folded, beside those of grammar.
    static let asking: Set<String> = ["name", "type", "kind", "called", "long", "far", "old", "often"]

    private static let hindering: Set<String> = [
        "stop", "stopped", "prevent", "prevented", "avoid", "avoided", "deny", "denied", "oppose", "opposed",
        "against", "reject", "rejected", "least", "few", "hardly", "rarely", "other", "besides",
    ]

    static func hinders(_ folded: String) -> Bool {
        negations.contains(folded) || hindering.contains(folded)
    }

    private static let superlatives: Set<String> = [
        "first", "last", "only", "most", "least", "main", "primary",
    ]

    static func isSuperlative(_ folded: String) -> Bool {
        superlatives.contains(folded) || folded.utf8.count > 6 && folded.hasSuffix("est")
    }
}

/// How much a word says: more the fewer texts have it.
public struct TermWeights: Sendable, Hashable {
    /// By stem; of those that are common.
    let common: [String: Float]
    /// Of every other stem.
    let rare: Float

    public subscript(stem: String) -> Float { common[stem] ?? rare }

    init(common: [String: Float], rare: Float) {
        self.common = common
        self.rare = rare
    }

    /// The inverse document frequencies of texts: log(1 + n / (texts with the word)).
    ///
    /// - Parameter topics: texts, grouped by subject: a word that only one subject has is not common.
    /// - Note: Spärck Jones, *A statistical interpretation of term specificity*, 1972.
    public init(topics: [[String]]) {
        var (texts, subjects, count) = ([String: Int](), [String: Int](), 0)
        for topic in topics {
            var seen: Set<String> = []
            for text in topic {
                let stems = Set(Word.words(of: text).map(\.stem))
                for stem in stems { texts[stem, default: 0] += 1 }
                seen.formUnion(stems)
                count += 1
            }
            for stem in seen { subjects[stem, default: 0] += 1 }
        }
        func weight(_ frequency: Float) -> Float { Logistic.log(1 + Float(count) / frequency) }
        rare = weight(0.5)
        common = texts.filter { subjects[$0.key] ?? 0 > 1 }.mapValues { weight(Float($0)) }
    }
}
