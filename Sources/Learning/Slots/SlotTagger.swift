/// A slot that was found.
public struct FoundSlot: Sendable, Hashable {
    public let type: SlotName
    /// Of the text's words.
    public let words: Range<Int>
    /// How probable it is, from 0 to 1, that a slot of the type has exactly these words.
    public let confidence: Float
}

/// An immutable snapshot of what was learnt of slots, for predictions.
public struct SlotTagger: Sendable {
    /// As many types are taught at most: to learn a text takes time by the square of their number, 100 texts of 100 types 9 s.
    public static let mostTypes = 64

    let tags: SlotTags
    let network: SlotNetwork
    let chain: TagChain
    /// Of the chain.
    let factors: [Float]
    let company: SlotCompany
    /// Words' blocks are so wide.
    let width: Int

    init(tags: SlotTags, network: SlotNetwork, chain: TagChain, company: SlotCompany, width: Int) {
        self.company = company
        self.tags = tags
        self.network = network
        self.chain = chain
        self.width = width
        factors = chain.factors
    }

    /// In the order they were first taught.
    public var types: [SlotName] { tags.types }

    /// Bytes of what a prediction reads.
    public var weightBytes: Int {
        let layers = [network.word, network.context, network.output]
        let weights = layers.reduce(0) { $0 + $1.weights.values.count + $1.biases.count }
        return MemoryLayout<Float>.size * (weights + factors.count)
    }

    /// The slots of a text, in its order: those of the likeliest sequence of tags, however probable each is.
    ///
    /// - Parameters:
    ///   - features: of the width that was taught.
    ///   - intents: of the text, as far as they are known: a type that was not taught with them is less likely.
    /// - Complexity: O(words · weights); some 20 µs a word.
    public func slots(of features: WordFeatures, intents: [RankedIntent] = []) -> [FoundSlot] {
        precondition(features.width == width, "slots: words of \(features.width), expected \(width)")
        guard features.count > 0 else { return [] }
        var scores = network.scores(SlotNetwork.Batch(features))
        let plausible = company.logPlausibility(of: tags.types.count, given: intents)
        for start in stride(from: 0, to: scores.count, by: tags.count) {
            for (type, logarithm) in plausible.enumerated() { scores[start + 1 + 2 * type] += logarithm }
        }
        let path = chain.best(scores)
        guard path.contains(where: { $0 > 0 }) else { return [] }
        let beliefs = Beliefs(scores, tags: tags.count, factors: factors)
        return tags.spans(of: path).map { span in
            FoundSlot(
                type: span.type, words: span.words,
                confidence: beliefs.probability(ofSlot: span.words, first: path[span.words.lowerBound]))
        }
    }
}
