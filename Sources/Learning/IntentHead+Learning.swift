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
        case .taught(let example, let name):
            if labels[example.intent] == nil { teach(first: example, name: name) } else { teach([example]) }
        case .trained(let examples, let names, let keepingBase):
            if !keepingBase { self = IntentHead(settings: settings) }
            fit(examples, phrases: names, progress: progress)
            calibrate()
        case .renamed(let old, let new, let name): rename(old, to: new, phrase: name)
        case .merged(let source, let target): merge(source, into: target)
        case .removed(let intent): remove(intent)
        }
    }

    /// Learns from events in turn: the same as one by one, with fewer passes over the statistics.
    public mutating func apply(_ events: [LearningEvent]) {
        var rest = events[...]
        while let event = rest.first {
            let run = foreseeable(rest.lazy.map(\.taught))
            if run.isEmpty { apply(event) } else { teach(run) }
            rest = rest.dropFirst(max(1, run.count))
        }
    }

    /// Those at the start of `examples` whose intents are known, as many as one pass over the statistics foresees.
    private func foreseeable(_ examples: some Sequence<Example?>) -> [Example] {
        var run: [Example] = []
        guard let voices else { return run }
        for example in examples.prefix(voices.foreseen) {
            guard let example, labels[example.intent] != nil else { break }
            run.append(example)
        }
        return run
    }

    /// What the voices will take from examples of intents that are known.
    private mutating func foresee(_ run: [Example]) -> [Voices.Lesson] {
        voices?.foresee(
            run.compactMap { example in labels[example.intent].map { (example.features.vector(), $0) } })
            ?? []
    }

    /// - Parameter run: `foreseeable`.
    private mutating func teach(_ run: [Example]) {
        for (example, lesson) in zip(run, foresee(run)) {
            weighVoices(by: lesson)
            observe(example, lesson)
            replay(with: (lesson.x, lesson.label))
        }
    }

    private mutating func teach(first example: Example, name: Features?) {
        let x = example.features.vector()
        replay(with: (x, begin(with: example, x, phrase: name)))
    }

    /// A step of the voices that need it, by an example and some that are kept.
    private mutating func replay(with example: (x: [Float], label: Int)) {
        var batch = [example]
        for _ in 1..<Self.replaysPerExample {
            let (label, features) = memory.draw(&randomness)
            batch.append((features.vector(), label))
        }
        voices?.learnCosines(batch)
        voices?.network.learn(batch)
    }

    /// The voices' shares take a step by what the voices say of an example before they learn it.
    private mutating func weighVoices(by lesson: Voices.Lesson) {
        guard memory.classes[lesson.label].count >= Self.fewestToWeigh, let logits = voices?.logits(lesson.x)
        else { return }
        calibration.shift(by: VoicedExample(logits: logits, label: lesson.label))
    }

    /// What needs no replay: statistics and memory.
    private mutating func observe(_ example: Example, _ lesson: Voices.Lesson) {
        voices?.observe(lesson)
        memory.keep(example.features, label: lesson.label, randomness: &randomness)
    }

    /// A new class, of its name where that is known, and its first example.
    ///
    /// - Returns: its label.
    private mutating func begin(with example: Example, _ x: [Float], phrase: Features?) -> Int {
        let label = append(example.intent)
        start(label, with: phrase?.vector() ?? x)
        memory.classes[label].name = phrase
        if phrase != nil { voices?.observe(x, label: label) }
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
        var rest = examples[...]
        while let first = rest.first {
            let run = foreseeable(rest.lazy.map(Optional.init))
            if run.isEmpty { _ = begin(with: first, first.features.vector(), phrase: phrases[first.intent]) }
            for (example, lesson) in zip(run, foresee(run)) { observe(example, lesson) }
            let before = rest.startIndex
            rest = rest.dropFirst(max(1, run.count))
            if rest.startIndex / Self.examplesPerReport > before / Self.examplesPerReport {
                progress(LearningProgress(done: rest.startIndex, total: total))
            }
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
