extension IntentHead {
    /// Few examples are held out in fewer parts: the start of a fresh state waits for it.
    private static let fewExamples = 200
    /// Parts are held out until so many examples were.
    private static let enoughHeld = 400
    private static let fewestPerIntent = 4

    /// Fits the calibration on parts of the memory held out from heads trained on the rest.
    ///
    /// - Parameter step: called many times a second; what it throws ends it.
    mutating func calibrate<Failure: Error>(_ step: () throws(Failure) -> Void) throws(Failure) {
        let places = memory.shuffled(&randomness)
        // Heads trained on parts of very few examples say too little of the whole one.
        guard places.count >= Self.fewestPerIntent * names.count, names.count > 1 else {
            calibration = Calibration()
            return
        }
        // Small parts, so that the trial heads know nearly as much as the whole one.
        let parts = places.count < Self.fewExamples ? 4 : 8
        var held: [VoicedExample] = []
        var seenByTrials: [VoicedExample] = []
        for part in 0..<parts where held.count < Self.enoughHeld {
            let trial = try trial(without: part, of: parts, places, step)
            for (index, place) in places.enumerated() {
                // Of what the trial learnt, as much as it did not learn tells enough.
                guard index % parts == part || index % parts == (part + 1) % parts,
                    let label = trial.labels[names[place.label]], let features = memory.example(place),
                    let logits = trial.voices?.logits(features.vector())
                else { continue }
                let example = VoicedExample(logits: logits, label: label)
                if index % parts == part { held.append(example) } else { seenByTrials.append(example) }
            }
        }
        var seenByWhole: [VoicedExample] = []
        for (index, place) in places.enumerated() where index % parts <= 1 {
            guard let features = memory.example(place), let logits = voices?.logits(features.vector()) else {
                continue
            }
            seenByWhole.append(VoicedExample(logits: logits, label: place.label))
        }
        calibration = Calibration(held: held, seenByTrials: seenByTrials, seenByWhole: seenByWhole)
    }

    private func trial<Failure: Error>(
        without part: Int, of parts: Int, _ places: [ReplayMemory.Place], _ step: () throws(Failure) -> Void
    ) throws(Failure) -> IntentHead {
        var examples: [Example] = []
        for (index, place) in places.enumerated() where index % parts != part {
            guard let features = memory.example(place) else { continue }
            examples.append(Example(intent: names[place.label], features: features))
        }
        var phrases: [IntentName: Features] = [:]
        for (name, kept) in zip(names, memory.classes) { phrases[name] = kept.name }
        var trial = IntentHead(settings: settings)
        try trial.fit(examples, phrases: phrases) { _ throws(Failure) in try step() }
        return trial
    }
}
