extension IntentHead {
    /// Learns from one event.
    ///
    /// All features must have the width of the first. An unknown intent to rename, merge or remove changes nothing.
    ///
    /// - Parameter progress: called now and then while a `trained` event is learnt.
    /// - Complexity: O(d² + intents · d) for a taught example; as much for each trained one, and ten passes over the
    ///   replay memory.
    public mutating func apply(_ event: LearningEvent, progress: (LearningProgress) -> Void = { _ in }) {
        switch event {
        case .taught(let example, let name): teach(example, name: name)
        case .trained(let examples, let names, let keepingBase):
            if !keepingBase { self = IntentHead(settings: settings) }
            fit(examples, phrases: names, progress: progress)
            calibrate()
        case .renamed(let old, let new, let name): rename(old, to: new, phrase: name)
        case .merged(let source, let target): merge(source, into: target)
        case .removed(let intent): remove(intent)
        }
    }

    private mutating func teach(_ example: Example, name: Features?) {
        let x = example.features.vector()
        weighVoices(by: example, x)
        let label = observe(example, x, phrase: name)
        var batch = [(x: x, label: label)]
        for _ in 1..<Self.replaysPerExample {
            let (label, features) = memory.draw(&randomness)
            batch.append((features.vector(), label))
        }
        voices?.learnCosines(batch)
        voices?.network.learn(batch)
    }

    /// The voices' shares take a step by what the voices say of an example before they learn it.
    private mutating func weighVoices(by example: Example, _ x: [Float]) {
        guard let label = labels[example.intent], memory.classes[label].count >= Self.fewestToWeigh,
            let logits = voices?.logits(x)
        else { return }
        calibration.shift(by: VoicedExample(logits: logits, label: label))
    }

    /// What needs no replay: statistics and memory.
    ///
    /// - Returns: the example's label.
    private mutating func observe(_ example: Example, _ x: [Float], phrase: Features?) -> Int {
        let label = labels[example.intent] ?? append(example.intent)
        if memory.classes[label].count == 0 {
            start(label, with: phrase?.vector() ?? x)
            memory.classes[label].name = phrase
            if phrase != nil { voices?.observe(x, label: label) }
        } else {
            voices?.observe(x, label: label)
        }
        memory.keep(example.features, label: label, randomness: &randomness)
        return label
    }

    private mutating func append(_ intent: IntentName) -> Int {
        names.append(intent)
        memory.classes.append(ReplayMemory.Class())
        labels[intent] = names.count - 1
        return names.count - 1
    }

    private mutating func start(_ label: Int, with x: [Float]) {
        if voices == nil {
            voices = Voices(blockWidth: x.count / Features.blockCount, randomness: &randomness)
        }
        voices?.appendClass(x)
    }

    /// Learns many examples at once, without calibrating.
    mutating func fit(
        _ examples: [Example], phrases: [IntentName: Features], progress: (LearningProgress) -> Void
    ) {
        // A pass over the memory costs about as much as the statistics of as many examples.
        let total = examples.count * (1 + Self.epochs)
        for (done, example) in examples.enumerated() {
            _ = observe(example, example.features.vector(), phrase: phrases[example.intent])
            if done % 256 == 255 { progress(LearningProgress(done: done + 1, total: total)) }
        }
        for label in Set(examples.compactMap { labels[$0.intent] }).sorted() {
            if let mean = voices?.discriminant.means[label] { voices?.cosine.set(mean, label: label) }
        }
        for epoch in 0..<Self.epochs {
            let places = memory.shuffled(&randomness)
            for batch in batches(of: places, size: Self.cosineBatch) { voices?.learnCosines(batch) }
            progress(LearningProgress(done: examples.count * (2 + epoch), total: total))
        }
        trainNetwork()
    }

    /// Passes over the memory in small batches: more of them while it is small.
    private mutating func trainNetwork() {
        let kept = memory.classes.reduce(0) { $0 + $1.count }
        guard kept >= Self.fewestForNetwork else { return }
        let epochs = min(Self.networkEpochs.most, max(Self.networkEpochs.least, Self.networkVisits / kept))
        for _ in 0..<epochs {
            let places = memory.shuffled(&randomness)
            for batch in batches(of: places, size: Self.networkBatch) { voices?.network.learn(batch) }
        }
    }

    private func batches(
        of places: [ReplayMemory.Place], size: Int
    ) -> some Sequence<[(x: [Float], label: Int)]> {
        stride(from: 0, to: places.count, by: size).lazy.map { [memory] start in
            places[start..<min(start + size, places.count)].map { place in
                (x: memory.classes[place.label][place.index].vector(), label: place.label)
            }
        }
    }

    private mutating func rename(_ old: IntentName, to new: IntentName, phrase: Features?) {
        guard old != new, let label = labels[old] else { return }
        guard labels[new] == nil else { return merge(old, into: new) }
        if let phrase, let former = memory.classes[label].name {
            voices?.replace(former.vector(), by: phrase.vector(), label: label)
            memory.classes[label].name = phrase
        }
        names[label] = new
        labels[old] = nil
        labels[new] = label
    }

    private mutating func merge(_ source: IntentName, into target: IntentName) {
        guard source != target, let from = labels[source] else { return }
        guard let to = labels[target] else { return rename(source, to: target, phrase: nil) }
        voices?.merge(from, into: to)
        memory.merge(from, into: to, randomness: &randomness)
        dropName(from)
        guard let label = labels[target], let mean = voices?.discriminant.means[label] else { return }
        voices?.cosine.set(mean, label: label)
    }

    private mutating func remove(_ intent: IntentName) {
        guard let label = labels[intent] else { return }
        voices?.removeClass(label)
        memory.classes.remove(at: label)
        dropName(label)
    }

    private mutating func dropName(_ label: Int) {
        names.remove(at: label)
        labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }
}
