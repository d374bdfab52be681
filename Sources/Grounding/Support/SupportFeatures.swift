import Tensors

/// How a sentence of a passage and what is asked of it stand to each other.
public struct SupportFeatures: Sendable, Hashable {
    public static let count = 41

    /// (count), not standardised.
    public let values: [Float]

    /// - Complexity: O(words of the sentence · words of the question).
    init(
        _ asked: AskedText, _ sentence: ContextSentence, of passage: ContextPassage,
        cosines: (Float, best: Float)
    ) {
        let own = asked.stems.map { sentence.stems.contains($0) }
        let any = asked.stems.map { passage.stems.contains($0) }
        var values: [Float] = [cosines.0, cosines.best]
        values += Self.overlaps(asked, own, any)
        values += [Self.sharedPairs(asked, sentence), Self.orderedPairs(asked, sentence)]
        values += Self.answers(asked, sentence, own)
        values += Self.denials(asked, sentence, passage)
        let missing = any.count { !$0 }
        values += [missing == 0 ? 1 : 0, missing == 1 ? 1 : 0]
        values += [Float(asked.stems.count) / 10, Float(sentence.words.count) / 30]
        precondition(values.count == Self.count, "support: \(values.count) features")
        self.values = values
    }

    /// The features of each sentence of a passage, in order.
    public static func of(_ asked: AskedText, in passage: ContextPassage) -> [SupportFeatures] {
        let cosines = passage.sentences.map { asked.vector.cosine(to: $0.vector) }
        let best = cosines.max() ?? 0
        return zip(passage.sentences, cosines).map { sentence, cosine in
            SupportFeatures(asked, sentence, of: passage, cosines: (cosine, best: best))
        }
    }

    /// Which words of the question the sentence and its passage have: by weight, by share, and how many are missing.
    private static func overlaps(_ asked: AskedText, _ own: [Bool], _ any: [Bool]) -> [Float] {
        func weight(_ has: [Bool]) -> Float { zip(has, asked.weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) } }
        func missingNames(_ has: [Bool]) -> Float { Float(zip(has, asked.isName).count { !$0 && $1 }) }
        let count = Float(max(1, own.count))
        let (mine, theirs) = (Float(own.count { $0 }), Float(any.count { $0 }))
        return [
            weight(own), weight(any), mine / count, theirs / count, Float(own.count) - mine,
            Float(any.count) - theirs, missingNames(own), missingNames(any), Float(asked.isName.count { $0 }),
        ]
    }

    private static func sharedPairs(_ asked: AskedText, _ sentence: ContextSentence) -> Float {
        let stems = sentence.stemOrder
        let pairs = Set(zip(stems, stems.dropFirst()).map { [$0, $1] })
        return Float(asked.pairs.intersection(pairs).count) / Float(max(1, asked.pairs.count))
    }

    /// The share of neighbours among the question's words that are near each other in the sentence.
    private static func orderedPairs(_ asked: AskedText, _ sentence: ContextSentence) -> Float {
        let stems = sentence.stemOrder
        let pairs = zip(asked.stems, asked.stems.dropFirst()).map { [$0, $1] }
        let near = pairs.count { pair in
            stems.indices.contains { stems[$0] == pair[0] && stems[($0 + 1)...].prefix(3).contains(pair[1]) }
        }
        return Float(near) / Float(max(1, pairs.count))
    }

    /// Whether the sentence has what could be an answer of the kind that is asked for, and how near to the question's
    /// words it stands.
    private static func answers(_ asked: AskedText, _ sentence: ContextSentence, _ own: [Bool]) -> [Float] {
        let candidates = sentence.words.indices.filter {
            !asked.stems.contains(sentence.stemOrder[$0]) && sentence.words[$0].answers(asked.kind)
        }
        let isThere: Float = candidates.isEmpty ? 0 : 1
        var values = [isThere, Float(min(candidates.count, 6)) / 6]
        values += AskedText.Kind.allCases.map { $0 == asked.kind ? 1 : 0 }
        values += [AskedText.Kind.number, .time, .person, .place].map { $0 == asked.kind ? isThere : 0 }
        let places = zip(asked.stems, asked.weights).compactMap { stem, weight in
            sentence.stemOrder.firstIndex(of: stem).map { (place: $0, weight: weight) }
        }
        let nearest = candidates.map { candidate in
            places.reduce(0) { $0 + $1.weight * Logistic.nearness(abs(candidate - $1.place)) }
        }
        return values + [nearest.max() ?? 0]
    }

    /// Where one side denies, opposes or tops and the other does not.
    private static func denials(
        _ asked: AskedText, _ sentence: ContextSentence, _ passage: ContextPassage
    ) -> [Float] {
        let isDenied = asked.denials.contains {
            !passage.stems.contains($0.whole) && passage.stems.contains($0.denied)
        }
        let flags = [
            asked.negates != sentence.negates, asked.negates, sentence.negates,
            asked.hinders && !sentence.hinders, asked.hinders,
            Antonyms.stand(asked.stems, against: sentence.stems),
            Antonyms.stand(asked.stems, against: passage.stems), isDenied,
        ]
        let missing = asked.superlatives.count { !sentence.stems.contains($0) }
        return flags.map { $0 ? 1 : 0 } + [Float(asked.superlatives.count), Float(missing)]
    }
}

extension Word {
    /// Whether a word of a sentence may be in an answer of a kind.
    fileprivate func answers(_ kind: AskedText.Kind) -> Bool {
        let isNumber = hasDigit || Self.numerals.contains(folded)
        switch kind {
        case .number: return isNumber
        case .time: return isYear || Self.calendar.contains(folded)
        case .person, .place: return !isNumber && isCapitalised && !CommonWords.grammar.contains(folded)
        case .other: return !isNumber && !CommonWords.grammar.contains(folded)
        case .reason, .manner: return !isNumber && !isCapitalised && !CommonWords.grammar.contains(folded)
        }
    }

    private var isYear: Bool {
        let digits = folded.utf8.prefix { $0 &- 0x30 < 10 }
        let rest = folded.utf8.dropFirst(digits.count)
        return digits.count == 4 && (digits.first == 0x31 || digits.first == 0x32) && rest.count <= 1
            || digits.count == 2 && (rest.elementsEqual("th".utf8) || rest.elementsEqual("st".utf8))
    }

    private static let calendar: Set<String> = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december", "century", "centuries",
    ]

    private static let numerals: Set<String> = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "dozen",
        "twenty", "thirty", "forty", "fifty", "hundred", "thousand", "million", "billion", "half", "third",
        "quarter",
    ]
}
