/// What turns the added voices into honest probabilities, fitted on examples the head had not seen.
struct Calibration: Sendable, Equatable {
    /// Logits are multiplied with this.
    var sharpness: Float = 1
    /// A text whose familiarity lies below is out of scope.
    var leastFamiliarity: Float = -Float.greatestFiniteMagnitude

    /// The share of texts in scope that may be called out of scope.
    static let refusedShare = 0.04
    /// How many examples' worth of trust the neutral sharpness 1 has.
    private static let priorExamples: Float = 20
    private static let candidates: [Float] = (0...28).map { 0.5 * (1 + Float($0) / 14) }

    /// - Parameters:
    ///   - held: logits of held-out examples and their labels, by trial heads.
    ///   - seenByTrials: familiarities of the examples the trial heads learnt, by those heads.
    ///   - seenByWhole: familiarities of the examples the whole head learnt, by that head: with more examples it
    ///     gives higher ones to every text, so the threshold rises as these do.
    /// - Note: Guo et al., *On Calibration of Modern Neural Networks*, 2017.
    init(held: [(logits: [Float], label: Int)], seenByTrials: [Float], seenByWhole: [Float]) {
        var least = Float.greatestFiniteMagnitude
        for candidate in Self.candidates {
            let deviation = Exponential.log(candidate)
            var loss = Self.priorExamples * deviation * deviation
            for example in held {
                let logits = example.logits.map { $0 * candidate }
                loss += Exponential.logSum(logits) - logits[example.label]
            }
            if loss < least { (least, sharpness) = (loss, candidate) }
        }
        let familiarities = held.map { Exponential.logSum($0.logits) }
        // Too few held-out examples tell nothing of the rare ones.
        guard familiarities.count >= 50, !seenByTrials.isEmpty, !seenByWhole.isEmpty else { return }
        let rise = Self.leastUsual(seenByWhole) - Self.leastUsual(seenByTrials)
        leastFamiliarity = Self.leastUsual(familiarities) + rise
    }

    /// The familiarity that `refusedShare` of `familiarities`, which are not empty, lie below.
    private static func leastUsual(_ familiarities: [Float]) -> Float {
        familiarities.sorted()[Int(Double(familiarities.count) * refusedShare)]
    }

    init() {}

    init(sharpness: Float, leastFamiliarity: Float) {
        self.sharpness = sharpness
        self.leastFamiliarity = leastFamiliarity
    }
}

extension IntentHead {
    /// Above this many kept examples one part in four is held out; below, each of three parts in its turn.
    private static let manyExamples = 1500
    private static let fewestPerIntent = 8

    /// Fits the calibration on parts of the memory held out from heads trained on the rest.
    mutating func calibrate() {
        let places = memory.shuffled(&randomness)
        // Heads trained on parts of very few examples say too little of the whole one.
        guard places.count >= Self.fewestPerIntent * names.count, names.count > 1 else {
            calibration = Calibration()
            return
        }
        let parts = places.count > Self.manyExamples ? 4 : 3
        var held: [(logits: [Float], label: Int)] = []
        var seenByTrials: [Float] = []
        for part in 0..<(parts == 4 ? 1 : parts) {
            let trial = trial(without: part, of: parts, places)
            let classifier = trial.classifier
            for (index, place) in places.enumerated() {
                guard let label = trial.labels[names[place.label]], let features = memory.example(place)
                else { continue }
                let logits = classifier.logits(features)
                if index % parts == part {
                    held.append((logits, label))
                } else {
                    seenByTrials.append(Exponential.logSum(logits))
                }
            }
        }
        let whole = classifier
        let seenByWhole = places.compactMap { place in
            memory.example(place).map { Exponential.logSum(whole.logits($0)) }
        }
        calibration = Calibration(held: held, seenByTrials: seenByTrials, seenByWhole: seenByWhole)
    }

    private func trial(without part: Int, of parts: Int, _ places: [ReplayMemory.Place]) -> IntentHead {
        var examples: [Example] = []
        for (index, place) in places.enumerated() where index % parts != part {
            guard let features = memory.example(place) else { continue }
            examples.append(Example(intent: names[place.label], features: features))
        }
        var phrases: [IntentName: Features] = [:]
        for (name, kept) in zip(names, memory.classes) { phrases[name] = kept.name }
        var trial = IntentHead(settings: settings)
        trial.fit(examples, phrases: phrases) { _ in }
        return trial
    }
}
