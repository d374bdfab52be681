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

    /// Learns examples of intents that are known.
    ///
    /// Neither the memory nor the random numbers ask the voices, so what each lesson is replayed with is known before the
    /// voices learn the first.
    ///
    /// - Parameter run: `foreseeable`.
    private mutating func teach(_ run: [Example]) {
        let lessons = run.compactMap { example in
            labels[example.intent].map { keep(example, label: $0, replaying: true) }
        }
        for (lesson, logits) in zip(lessons, voices?.learn(lessons) ?? []) where lesson.isWeighed {
            // The shares take a step by what the voices said before they learnt it.
            calibration.shift(by: VoicedExample(logits: logits, label: lesson.label))
        }
    }

    /// The memory keeps an example, and gives it as a lesson to the voices.
    private mutating func keep(_ example: Example, label: Int, replaying: Bool) -> Voices.Lesson {
        let isWeighed = replaying && memory.classes[label].count >= Self.fewestToWeigh
        memory.keep(example.features, label: label, randomness: &randomness)
        return Voices.Lesson(
            x: example.features.vector(), label: label, isWeighed: isWeighed,
            replayed: replaying ? drawn() : [])
    }

    /// What an example is replayed with.
    private mutating func drawn() -> [(features: Features, label: Int)] {
        (1..<Self.replaysPerExample).map { _ in
            let (label, features) = memory.draw(&randomness)
            return (features, label)
        }
    }

    private mutating func teach(first example: Example, name: Features?) {
        let x = example.features.vector()
        let label = begin(with: example, x, phrase: name)
        let batch = [(x: x, label: label)] + drawn().map { ($0.features.vector(), $0.label) }
        voices?.learnCosines(batch)
        voices?.learnNetwork(batch)
    }

    /// A new class, of its name where that is known, and its first example.
    ///
    /// - Returns: its label.
    private mutating func begin(with example: Example, _ x: [Float], phrase: Features?) -> Int {
        let label = append(example.intent)
        start(label, with: phrase?.vector() ?? x)
        memory.classes[label].name = phrase
        if phrase != nil {
            _ = voices?.learn([Voices.Lesson(x: x, label: label, isWeighed: false, replayed: [])])
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
        var rest = examples[...]
        while let first = rest.first {
            let run = foreseeable(rest.lazy.map(Optional.init))
            if run.isEmpty { _ = begin(with: first, first.features.vector(), phrase: phrases[first.intent]) }
            let lessons = run.compactMap { example in
                labels[example.intent].map { keep(example, label: $0, replaying: false) }
            }
            _ = voices?.learn(lessons)
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
            for batch in batches(of: places, size: Self.networkBatch) { voices?.learnNetwork(batch) }
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
