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
    var cosine: CosineSoftmax
    var viewed: [Discriminant]
    var network: NetworkVoice

    /// - Parameter blockWidth: of a block of a vector, in whole lanes.
    init(blockWidth: Int, randomness: inout Randomness) {
        let joint = Features.jointBlocks * blockWidth
        discriminant = Discriminant(columns: joint, ridge: Self.ridge)
        cosine = CosineSoftmax(columns: joint)
        viewed = Self.views.map { _ in Discriminant(columns: blockWidth, ridge: Self.viewRidge) }
        network = NetworkVoice(network: IntentNetwork(inputs: blockWidth, randomness: &randomness))
    }

    init(
        discriminant: Discriminant, cosine: CosineSoftmax, viewed: [Discriminant], network: NetworkVoice
    ) {
        self.discriminant = discriminant
        self.cosine = cosine
        self.viewed = viewed
        self.network = network
    }

    /// Of one block of a vector, in whole lanes.
    var blockWidth: Int { discriminant.weights.columns / Features.jointBlocks }

    mutating func appendClass(_ x: [Float]) {
        let joint = Features.joint(x)
        discriminant.appendClass(joint)
        cosine.appendClass(joint)
        for (place, view) in Self.views.enumerated() {
            viewed[place].appendClass(Features.block(view, of: x))
        }
        network.network.appendClass()
    }

    mutating func removeClass(_ label: Int) {
        discriminant.removeClass(label)
        cosine.removeClass(label)
        for place in viewed.indices { viewed[place].removeClass(label) }
        network.network.removeClass(label)
    }

    mutating func merge(_ source: Int, into target: Int) {
        discriminant.merge(source, into: target)
        cosine.removeClass(source)
        for place in viewed.indices { viewed[place].merge(source, into: target) }
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

    /// What the scores of the linear voices are multiplied with.
    ///
    /// A discriminant's scores grow with the number of examples, as the inverse scatter shrinks with it; the scales
    /// bring each voice near calibrated logits. Fitted on validation data of four sets.
    struct Scales: Sendable {
        let discriminant: Float
        let cosine: Float

        init(total: Int, classes: Int) {
            let (total, classes) = (Float(total), Float(classes))
            discriminant = 0.31 * total / classes.squareRoot()
            cosine = 10 + 3 * Exponential.log(total / classes)
        }
    }

    /// Once so many more examples are learnt.
    func scales(after lessons: Int = 0) -> Scales {
        Scales(total: discriminant.counts.reduce(lessons, +), classes: discriminant.counts.count)
    }

    /// Logits of each voice for one vector: (voices, classes).
    func logits(_ x: [Float]) -> [[Float]] {
        let scales = self.scales()
        let joint = Features.joint(x)
        var rows = [discriminant.scores(joint).map { $0 * scales.discriminant }]
        rows.append(cosine.logits(joint, scale: scales.cosine))
        for (place, view) in Self.views.enumerated() {
            rows.append(viewed[place].scores(Features.block(view, of: x)).map { $0 * scales.discriminant })
        }
        rows.append(network.logits(x))
        return rows
    }

    /// The linear voices weighed and added into one matrix for whole vectors.
    func added(by shares: [Float]) -> (weights: Matrix, biases: [Float]) {
        let scales = self.scales()
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

    func logits(_ x: [Float]) -> [Float] { network.logits(Self.input(x)) }

    /// What the network sees of a whole vector.
    static func input(_ x: [Float]) -> [Float] {
        Features.block(0, of: x).map { $0 * IntentNetwork.inputScale }
    }
}
