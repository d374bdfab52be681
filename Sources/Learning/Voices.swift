/// What learns in the head, side by side; `Calibration` weighs what each says of a text.
///
/// One discriminant of the whole vector and one of each pool that shows a text from another side: where intents are
/// few and broad the words and their order tell more than the sentence vector. Beside them a softmax over cosines, and
/// a network of the sentence vector.
struct Voices: Sendable, Equatable {
    /// The blocks of a vector that have a discriminant of their own: the means of the embedding and the middle layer.
    static let views = [1, 2]
    static let count = 3 + views.count
    static let ridge: Float = 0.2
    private static let viewRidge: Float = 0.025

    /// Of the features, in whole lanes.
    let width: Int
    /// Of one block of the features.
    let blockWidth: Int
    var discriminant: Discriminant
    var viewed: [Discriminant]
    var cosine: CosineSoftmax
    var network: NetworkVoice

    init(width: Int, blockWidth: Int, randomness: inout Randomness) {
        self.width = width
        self.blockWidth = blockWidth
        let block = Kernels.padded(blockWidth)
        discriminant = Discriminant(columns: width, ridge: Self.ridge)
        viewed = Self.views.map { _ in Discriminant(columns: block, ridge: Self.viewRidge) }
        cosine = CosineSoftmax(columns: width)
        network = NetworkVoice(
            network: IntentNetwork(inputs: block, randomness: &randomness), blockWidth: blockWidth)
    }

    init(
        width: Int, blockWidth: Int, discriminant: Discriminant, viewed: [Discriminant],
        cosine: CosineSoftmax,
        network: NetworkVoice
    ) {
        self.width = width
        self.blockWidth = blockWidth
        self.discriminant = discriminant
        self.viewed = viewed
        self.cosine = cosine
        self.network = network
    }

    mutating func appendClass(_ x: [Float]) {
        discriminant.appendClass(x)
        for (place, view) in Self.views.enumerated() { viewed[place].appendClass(block(view, of: x)) }
        cosine.appendClass(x)
        network.network.appendClass()
    }

    mutating func removeClass(_ label: Int) {
        discriminant.removeClass(label)
        for place in viewed.indices { viewed[place].removeClass(label) }
        cosine.removeClass(label)
        network.network.removeClass(label)
    }

    /// The statistics follow one example; they never need it again.
    mutating func observe(_ x: [Float], label: Int) {
        discriminant.learn(x, label: label)
        for (place, view) in Self.views.enumerated() { viewed[place].learn(block(view, of: x), label: label) }
    }

    mutating func merge(_ source: Int, into target: Int) {
        discriminant.merge(source, into: target)
        for place in viewed.indices { viewed[place].merge(source, into: target) }
        cosine.removeClass(source)
        network.network.removeClass(source)
    }

    /// Exchanges one vector of a class for another.
    mutating func replace(_ old: [Float], by new: [Float], label: Int) {
        discriminant.replace(old, by: new, label: label)
        for (place, view) in Self.views.enumerated() {
            viewed[place].replace(block(view, of: old), by: block(view, of: new), label: label)
        }
    }

    /// One block of a vector, in whole lanes.
    private func block(_ index: Int, of x: [Float]) -> [Float] {
        Self.block(index, of: x, width: blockWidth)
    }

    static func block(_ index: Int, of x: [Float], width: Int) -> [Float] {
        Array(x[index * width..<(index + 1) * width])
            + [Float](repeating: 0, count: Kernels.padded(width) - width)
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
        var rows = [Self.scores(discriminant, x, scale: scales.discriminant)]
        rows.append(cosine.vectors.times(x).map { $0 * scales.cosine })
        for (place, view) in Self.views.enumerated() {
            rows.append(Self.scores(viewed[place], block(view, of: x), scale: scales.discriminant))
        }
        rows.append(network.logits(x))
        return rows
    }

    private static func scores(_ discriminant: Discriminant, _ x: [Float], scale: Float) -> [Float] {
        zip(discriminant.weights.times(x), discriminant.biases).map { ($0 + $1) * scale }
    }

    /// The linear voices weighed and added into one.
    func added(by shares: [Float]) -> (weights: Matrix, biases: [Float]) {
        let scales = scales
        let own = shares[0] * scales.discriminant
        var weights = discriminant.weights.scaled(by: own, adding: shares[1] * scales.cosine, cosine.vectors)
        var biases = discriminant.biases.map { $0 * own }
        for (place, view) in Self.views.enumerated() {
            let share = shares[2 + place] * scales.discriminant
            weights.add(share, viewed[place].weights, atColumn: view * blockWidth, count: blockWidth)
            for (label, bias) in viewed[place].biases.enumerated() { biases[label] += share * bias }
        }
        return (weights, biases)
    }
}

/// The network as a voice: it sees the sentence block of a vector.
struct NetworkVoice: Sendable, Equatable {
    var network: IntentNetwork
    let blockWidth: Int

    func logits(_ x: [Float]) -> [Float] { network.logits(input(x)) }

    /// One step on a batch of whole vectors.
    mutating func learn(_ batch: [(x: [Float], label: Int)]) {
        network.learn(batch.map { (input($0.x), $0.label) })
    }

    private func input(_ x: [Float]) -> [Float] {
        Voices.block(0, of: x, width: blockWidth).map { $0 * IntentNetwork.inputScale }
    }
}
