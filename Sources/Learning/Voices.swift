/// What learns in the head, side by side; `Calibration` weighs what each says of a text.
///
/// One discriminant of the joint blocks and one of each pool that shows a text from another side: where intents are
/// few and broad the words, their order and how a text begins tell more than the sentence vector. Beside them a
/// softmax over cosines of the joint blocks, and a network of the sentence vector.
struct Voices: Sendable, Equatable {
    /// The blocks of a vector that have a discriminant of their own: the means of the embedding and the middle layer,
    /// and that of the first word pieces.
    static let views = [1, 2, 4]
    static let count = 3 + views.count
    static let ridge: Float = 0.2
    private static let viewRidge: Float = 0.012

    var discriminant: Discriminant
    var viewed: [Discriminant]
    var cosine: CosineSoftmax
    var network: NetworkVoice

    /// - Parameter blockWidth: of a block of a vector, in whole lanes.
    init(blockWidth: Int, randomness: inout Randomness) {
        let joint = Features.jointBlocks * blockWidth
        discriminant = Discriminant(columns: joint, ridge: Self.ridge)
        viewed = Self.views.map { _ in Discriminant(columns: blockWidth, ridge: Self.viewRidge) }
        cosine = CosineSoftmax(columns: joint)
        network = NetworkVoice(network: IntentNetwork(inputs: blockWidth, randomness: &randomness))
    }

    init(
        discriminant: Discriminant, viewed: [Discriminant], cosine: CosineSoftmax, network: NetworkVoice
    ) {
        self.discriminant = discriminant
        self.viewed = viewed
        self.cosine = cosine
        self.network = network
    }

    /// Of one block of a vector, in whole lanes.
    var blockWidth: Int { discriminant.weights.columns / Features.jointBlocks }

    mutating func appendClass(_ x: [Float]) {
        let joint = Features.joint(x)
        discriminant.appendClass(joint)
        for (place, view) in Self.views.enumerated() {
            viewed[place].appendClass(Features.block(view, of: x))
        }
        cosine.appendClass(joint)
        network.network.appendClass()
    }

    mutating func removeClass(_ label: Int) {
        discriminant.removeClass(label)
        for place in viewed.indices { viewed[place].removeClass(label) }
        cosine.removeClass(label)
        network.network.removeClass(label)
    }

    /// An example that is about to be learnt, as each discriminant sees it.
    struct Lesson {
        let x: [Float]
        let label: Int
        fileprivate let joint: Discriminant.Lesson
        fileprivate let viewed: [Discriminant.Lesson]
    }

    /// How many lessons one pass over the statistics foresees.
    var foreseen: Int { viewed.reduce(discriminant.foreseen) { min($0, $1.foreseen) } }

    /// What learning `examples` will take: they must be learnt in this order, with nothing between them.
    mutating func foresee(_ examples: [(x: [Float], label: Int)]) -> [Lesson] {
        let joints = discriminant.foresee(examples.map { (Features.joint($0.x), $0.label) })
        let views = Self.views.enumerated().map { place, view in
            viewed[place].foresee(examples.map { (Features.block(view, of: $0.x), $0.label) })
        }
        return examples.enumerated().map { place, example in
            Lesson(
                x: example.x, label: example.label, joint: joints[place], viewed: views.map { $0[place] })
        }
    }

    /// The statistics follow one example; they never need it again. Its class vector follows the class's mean.
    mutating func observe(_ lesson: Lesson) {
        let label = lesson.label
        let former = discriminant.means[label]
        discriminant.learn(lesson.joint)
        cosine.follow(from: former, to: discriminant.means[label], label: label)
        for (place, view) in lesson.viewed.enumerated() { viewed[place].learn(view) }
    }

    /// `observe` of one example.
    mutating func observe(_ x: [Float], label: Int) {
        for lesson in foresee([(x, label)]) { observe(lesson) }
    }

    /// The class vectors take a step by each of `batch`, in turn.
    mutating func learnCosines(_ batch: [(x: [Float], label: Int)]) {
        var joints = Matrix(columns: Features.jointBlocks * blockWidth)
        for example in batch { joints.append(Features.joint(example.x)) }
        cosine.learn(joints, labels: batch.map(\.label))
    }

    mutating func merge(_ source: Int, into target: Int) {
        discriminant.merge(source, into: target)
        for place in viewed.indices { viewed[place].merge(source, into: target) }
        cosine.removeClass(source)
        network.network.removeClass(source)
    }

    /// Exchanges one vector of a class for another.
    mutating func replace(_ old: [Float], by new: [Float], label: Int) {
        discriminant.replace(Features.joint(old), by: Features.joint(new), label: label)
        for (place, view) in Self.views.enumerated() {
            viewed[place].replace(
                Features.block(view, of: old), by: Features.block(view, of: new), label: label)
        }
    }

    // MARK: what they say

    /// The linear voices, each as a matrix and biases, in the order of the calibration's weights; the network is last.
    ///
    /// A discriminant's scores grow with the number of examples, as the inverse scatter shrinks with it; the scales
    /// bring each voice near calibrated logits. Fitted on validation data of four sets.
    private var scales: (discriminant: Float, cosine: Float) {
        let classes = Float(discriminant.counts.count)
        let total = Float(discriminant.counts.reduce(0, +))
        return (0.31 * total / classes.squareRoot(), 10 + 3 * Exponential.log(total / classes))
    }

    /// Logits of each voice for one vector: (voices, classes).
    func logits(_ x: [Float]) -> [[Float]] {
        let scales = scales
        let joint = Features.joint(x)
        var rows = [Self.scores(discriminant, joint, scale: scales.discriminant)]
        rows.append(cosine.vectors.times(joint).map { $0 * scales.cosine })
        for (place, view) in Self.views.enumerated() {
            rows.append(
                Self.scores(viewed[place], Features.block(view, of: x), scale: scales.discriminant))
        }
        rows.append(network.logits(x))
        return rows
    }

    private static func scores(_ discriminant: Discriminant, _ x: [Float], scale: Float) -> [Float] {
        zip(discriminant.weights.times(x), discriminant.biases).map { ($0 + $1) * scale }
    }

    /// The linear voices weighed and added into one matrix for whole vectors.
    func added(by shares: [Float]) -> (weights: Matrix, biases: [Float]) {
        let scales = scales
        let own = shares[0] * scales.discriminant
        var weights = Matrix(
            rows: discriminant.counts.count, columns: Features.blockCount * blockWidth)
        weights.add(own, discriminant.weights, atColumn: 0)
        weights.add(shares[1] * scales.cosine, cosine.vectors, atColumn: 0)
        var biases = discriminant.biases.map { $0 * own }
        for (place, view) in Self.views.enumerated() {
            let share = shares[2 + place] * scales.discriminant
            weights.add(share, viewed[place].weights, atColumn: view * blockWidth)
            for (label, bias) in viewed[place].biases.enumerated() { biases[label] += share * bias }
        }
        return (weights, biases)
    }
}

/// The network as a voice: it sees the sentence block of a vector.
struct NetworkVoice: Sendable, Equatable {
    var network: IntentNetwork

    func logits(_ x: [Float]) -> [Float] { network.logits(input(x)) }

    /// One step on a batch of whole vectors.
    mutating func learn(_ batch: [(x: [Float], label: Int)]) {
        network.learn(batch.map { (input($0.x), $0.label) })
    }

    private func input(_ x: [Float]) -> [Float] {
        Features.block(0, of: x).map { $0 * IntentNetwork.inputScale }
    }
}
