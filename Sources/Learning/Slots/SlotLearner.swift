/// Learns the types of slots and their words: a pure function of its seed and the order of its examples, the same bytes
/// on every processor.
///
/// Some 3.5 MB beside what is kept for replay, copied on write: keep one owner while learning.
public struct SlotLearner: Sendable, Equatable {
    /// Texts of a step when one is taught: it, and those it is replayed with.
    static let textsOfALesson = 4
    /// A taught text is repeated until its slots are found so surely, at most so often.
    static let sureness: Float = 0.6
    static let mostRepetitions = 16
    static let lessonRate: Float = 0.002
    /// Of a fit: few examples are visited often, in small batches.
    static let batch = (least: 4, most: 16)
    static let rate: Float = 0.002
    static let passes = (least: 6, most: 60)
    static let visits = 40_000

    var tags = SlotTags()
    var network: SlotNetwork
    var chain = TagChain()
    var memory = SlotMemory()
    var company = SlotCompany()
    var randomness: Randomness
    /// Of a word's block.
    let width: Int
    /// Examples learnt of each type, in the order of the types.
    var seen: [Int] = []

    /// Knows nothing yet.
    ///
    /// - Parameter width: of a word's block.
    public init(width: Int, seed: UInt64) {
        var randomness = Randomness(state: seed)
        network = SlotNetwork(
            inputs: WordFeatures.blockCount * Kernels.padded(width), randomness: &randomness)
        self.randomness = randomness
        self.width = width
    }

    public var tagger: SlotTagger {
        SlotTagger(tags: tags, network: network, chain: chain, company: company, width: width)
    }

    /// The types, in the order they were first taught, and how many examples had each.
    public var types: [(type: SlotName, examples: Int)] {
        zip(tags.types, seen).map { (type: $0, examples: $1) }
    }

    /// Learns one example, with some that were learnt before, until it is known.
    ///
    /// - Parameters:
    ///   - example: of the learner's width.
    ///   - intent: of its text.
    /// - Complexity: some ms.
    public mutating func learn(_ example: SlotExample, of intent: IntentName) {
        guard example.features.count > 0 else { return }
        meet(example)
        let own = example.features.vectors()
        for _ in 0..<Self.mostRepetitions {
            var texts = [(example: example, vectors: own)]
            for _ in 1..<Self.textsOfALesson {
                guard let replayed = memory.draw(&randomness) else { break }
                texts.append((example: replayed, vectors: replayed.features.vectors()))
            }
            step(texts, rate: Self.lessonRate)
            if knows(example, own) { break }
        }
        keep(example, of: intent)
    }

    /// Learns many examples at once: in passes over all of them and those kept for replay, in an order drawn anew each
    /// time.
    ///
    /// - Parameter progress: called with the examples visited and in all, after each few. What it throws ends the fit, and
    ///   leaves what is of no use.
    public mutating func fit<Failure: Error>(
        _ examples: [(intent: IntentName, slots: SlotExample)],
        progress: (Int, Int) throws(Failure) -> Void
    ) throws(Failure) {
        let examples = examples.filter { $0.slots.features.count > 0 }
        guard !examples.isEmpty else { return }
        let visited = memory.kinds.flatMap(\.examples) + examples.map(\.slots)
        for example in examples {
            meet(example.slots)
            keep(example.slots, of: example.intent)
        }
        let total = Self.visits(of: visited.count)
        let size = max(Self.batch.least, min(Self.batch.most, visited.count / Self.batch.most))
        var order = Array(visited.indices)
        var done = 0
        for _ in 0..<total / visited.count {
            for last in stride(from: order.count - 1, to: 0, by: -1) {
                order.swapAt(last, randomness.below(last + 1))
            }
            for start in stride(from: 0, to: order.count, by: size) {
                let drawn = order[start..<min(start + size, order.count)].map { visited[$0] }
                // Falls to nothing, evenly.
                let rate = Self.rate * Float(total - done) / Float(total)
                step(drawn.map { (example: $0, vectors: $0.features.vectors()) }, rate: rate)
                done += drawn.count
                try progress(done, total)
            }
        }
    }

    /// The visits of a fit of so many examples with words.
    func visits(fitting count: Int) -> Int { count == 0 ? 0 : Self.visits(of: memory.count + count) }

    static func visits(of count: Int) -> Int {
        count == 0 ? 0 : count * max(passes.least, min(passes.most, visits / count))
    }

    private mutating func meet(_ example: SlotExample) {
        for span in example.spans where !tags.contains(span.type) {
            tags.append(span.type)
            memory.appendType()
            seen.append(0)
            for _ in 0..<2 {
                network.appendTag()
                chain.appendTag()
            }
        }
    }

    private mutating func keep(_ example: SlotExample, of intent: IntentName) {
        let types = Set(example.spans.compactMap { tags.number(of: $0.type) })
        for type in types { seen[type] += 1 }
        company.meet(types, with: intent)
        memory.keep(example, types: types, &randomness)
    }

    private mutating func step(_ texts: [(example: SlotExample, vectors: Matrix)], rate: Float) {
        var batch = SlotNetwork.Batch(columns: network.word.columns)
        for text in texts { batch.append(text.vectors) }
        let truths = texts.map { tags.tags(of: $0.example) }
        let factors = chain.factors
        let count = tags.count
        let share = 1 / Float(texts.count)
        var slopes = [Float](repeating: 0, count: count * count)
        let taken = network.learn(batch, rate: rate) { scores in
            var errors: [Float] = []
            errors.reserveCapacity(scores.count)
            for (rows, truth) in zip(batch.texts, truths) {
                let own = Array(scores[rows.lowerBound * count..<rows.upperBound * count])
                errors += Self.errors(own, truth, factors, share, &slopes)
            }
            return errors
        }
        chain.step(slopes, rate: taken.rate, correction: taken.correction)
    }

    /// The slopes of −log of the probability of one text's tags, times `share`.
    ///
    /// - Parameter slopes: of the chain's steps; those of this text are added.
    private static func errors(
        _ scores: [Float], _ truth: [Int], _ factors: [Float], _ share: Float, _ slopes: inout [Float]
    ) -> [Float] {
        let tags = scores.count / truth.count
        let beliefs = Beliefs(scores, tags: tags, factors: factors)
        var errors: [Float] = []
        errors.reserveCapacity(scores.count)
        for (word, right) in truth.enumerated() {
            for tag in 0..<tags {
                errors.append(share * (beliefs.probability(of: tag, at: word) - (tag == right ? 1 : 0)))
            }
        }
        beliefs.addSteps(to: &slopes, times: share)
        for (before, tag) in zip(truth, truth.dropFirst()) { slopes[tag * tags + before] -= share }
        return errors
    }

    /// Whether the slots of an example are found as they are, and surely.
    private func knows(_ example: SlotExample, _ vectors: Matrix) -> Bool {
        var batch = SlotNetwork.Batch(columns: vectors.columns)
        batch.append(vectors)
        let scores = network.scores(batch)
        let truth = tags.tags(of: example)
        guard chain.best(scores) == truth else { return false }
        let beliefs = Beliefs(scores, tags: tags.count, factors: chain.factors)
        return example.spans.allSatisfy { span in
            beliefs.probability(ofSlot: span.words, first: truth[span.words.lowerBound]) >= Self.sureness
        }
    }
}
