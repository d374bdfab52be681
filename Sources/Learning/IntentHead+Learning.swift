internal import Synchronization

extension IntentHead {
    /// Learns from one event.
    ///
    /// All features must have the width of the first. An unknown intent to rename, merge or remove changes nothing.
    ///
    /// - Complexity: O(d² + intents · d) for a taught example; as much for each trained one, and ten passes over the
    ///   replay memory.
    public mutating func apply(_ event: LearningEvent) { apply(event) { _ in } }

    /// The same.
    ///
    /// - Parameter progress: called many times a second while a `trained` event is learnt. What it throws ends that: what
    ///   is left is neither the head before it nor the one after it, and of no use.
    public mutating func apply<Failure: Error>(
        _ event: LearningEvent, progress: (LearningProgress) throws(Failure) -> Void
    ) throws(Failure) {
        switch event {
        case .taught(let example, let name):
            learnSlots(example)
            if let label = labels[example.intent] {
                let lessons = memory.lessons([(example.features, label)], randomness: &randomness)
                _ = teach(lessons, drawing: [])
            } else {
                teach(first: example, name: name)
            }
        case .trained(let examples, let names, let keepingBase):
            if !keepingBase { self = IntentHead(settings: settings) }
            let slotted = examples.count { $0.slots != nil }
            let visits = slots?.visits(fitting: slotted) ?? SlotLearner.visits(of: slotted)
            let before = examples.count * (1 + Self.epochs)
            let total = before + visits
            // The last step is told once, when all is done.
            func report(_ done: Int) throws(Failure) {
                try progress(LearningProgress(done: min(done, total - 1), total: total))
            }
            try fit(examples, phrases: names) { done throws(Failure) in try report(done) }
            try calibrate { () throws(Failure) in try report(before) }
            try fitSlots(examples) { done throws(Failure) in try report(before + done) }
            try progress(LearningProgress(done: total, total: total))
        case .renamed(let old, let new, let name): rename(old, to: new, phrase: name)
        case .merged(let source, let target): merge(source, into: target)
        case .removed(let intent): remove(intent)
        }
    }

    /// Learns from events in turn: the same as one by one, with fewer passes over the statistics.
    public mutating func apply(_ events: [LearningEvent]) {
        var rest = events[...]
        // Of the first of `rest`.
        var lessons: [Voices.Lesson] = []
        while let event = rest.first {
            if lessons.isEmpty {
                lessons = memory.lessons(foreseeable(rest), randomness: &randomness)
            }
            let run = Array(lessons.prefix(voices?.foreseen ?? 0))
            let learnt = rest.prefix(max(1, run.count))
            rest = rest.dropFirst(learnt.count)
            if run.isEmpty {
                apply(event)
            } else {
                for event in learnt { if let example = event.taught { learnSlots(example) } }
                lessons.removeFirst(run.count)
                lessons += teach(run, drawing: foreseeable(rest.dropFirst(lessons.count)))
            }
        }
    }

    private mutating func learnSlots(_ example: Example) {
        guard let own = example.slots else { return }
        if slots == nil { slots = SlotLearner(width: own.features.width, seed: settings.seed) }
        slots?.learn(own, of: example.intent)
    }

    /// - Parameter progress: called with the examples visited.
    private mutating func fitSlots<Failure: Error>(
        _ examples: [Example], progress: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let own = examples.compactMap { example in
            example.slots.map { (intent: example.intent, slots: $0) }
        }
        guard let first = own.first?.slots else { return }
        if slots == nil { slots = SlotLearner(width: first.features.width, seed: settings.seed) }
        try slots?.fit(own) { done, _ throws(Failure) in try progress(done) }
    }

    /// The lessons at the start of `events` of intents that are known, as many as one pass over the statistics serves at
    /// most.
    private func foreseeable(_ events: ArraySlice<LearningEvent>) -> [LabelledExample] {
        guard voices != nil else { return [] }
        var run: [LabelledExample] = []
        for event in events.prefix(Voices.mostForeseen) {
            guard let example = event.taught, let label = labels[example.intent] else { break }
            run.append((example.features, label))
        }
        return run
    }

    /// The voices learn lessons in turn. Meanwhile what the examples after them are replayed with is drawn: neither the
    /// memory nor the random numbers ask the voices.
    ///
    /// - Parameters:
    ///   - lessons: `foreseen` at most.
    ///   - following: of intents that are known.
    /// - Returns: the lessons of `following`.
    private mutating func teach(
        _ lessons: [Voices.Lesson], drawing following: [LabelledExample]
    ) -> [Voices.Lesson] {
        let drawing = Mutex((memory: memory, randomness: randomness, lessons: [Voices.Lesson]()))
        memory = ReplayMemory()  // one owner
        let said =
            voices?.learn(lessons) {
                drawing.withLock { $0.lessons = $0.memory.lessons(following, randomness: &$0.randomness) }
            } ?? []
        var drawn: [Voices.Lesson] = []
        drawing.withLock {
            swap(&memory, &$0.memory)
            (randomness, drawn) = ($0.randomness, $0.lessons)
        }
        for (lesson, logits) in zip(lessons, said) where lesson.isWeighed {
            // The shares take a step by what the voices said before they learnt it.
            calibration.shift(by: VoicedExample(logits: logits, label: lesson.label))
        }
        return drawn
    }

    private mutating func teach(first example: Example, name: Features?) {
        let x = example.features.vector()
        let label = begin(with: example, x, phrase: name)
        let replayed = memory.draw(Self.replaysPerExample - 1, &randomness)
        let batch = [(x: x, label: label)] + replayed.map { ($0.features.vector(), $0.label) }
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
    ///
    /// - Parameter progress: called with the steps done: one an example, and as many a pass over the memory, which costs
    ///   about as much.
    mutating func fit<Failure: Error>(
        _ examples: [Example], phrases: [IntentName: Features], progress: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var rest = examples[...]
        while let first = rest.first {
            let known = rest.prefix(voices?.foreseen ?? 0).prefix { labels[$0.intent] != nil }
            if known.isEmpty {
                _ = begin(with: first, first.features.vector(), phrase: phrases[first.intent])
            }
            let lessons = known.compactMap { example in
                labels[example.intent].map { label in
                    memory.keep(example.features, label: label, randomness: &randomness)
                    return Voices.Lesson(
                        x: example.features.vector(), label: label, isWeighed: false, replayed: [])
                }
            }
            _ = voices?.learn(lessons)
            let before = rest.startIndex
            rest = rest.dropFirst(max(1, known.count))
            if rest.startIndex / Self.examplesPerReport > before / Self.examplesPerReport {
                try progress(rest.startIndex)
            }
        }
        for label in Set(examples.compactMap { labels[$0.intent] }).sorted() {
            if let mean = voices?.discriminant.means[label] { voices?.cosine.set(mean, label: label) }
        }
        for epoch in 0..<Self.epochs {
            let places = memory.shuffled(&randomness)
            for batch in batches(of: places, size: Self.cosineBatch) {
                voices?.learnCosines(batch)
                try progress(examples.count * (1 + epoch))
            }
        }
        let done = examples.count * (1 + Self.epochs)
        try trainNetwork { () throws(Failure) in try progress(done) }
    }

    /// Passes over the memory in small batches: more of them while it is small.
    ///
    /// - Parameter step: called after each.
    private mutating func trainNetwork<Failure: Error>(
        _ step: () throws(Failure) -> Void
    ) throws(Failure) {
        let kept = memory.classes.reduce(0) { $0 + $1.count }
        guard kept >= Self.fewestForNetwork else { return }
        let epochs = min(Self.networkEpochs.most, max(Self.networkEpochs.least, Self.networkVisits / kept))
        for _ in 0..<epochs {
            let places = memory.shuffled(&randomness)
            for batch in batches(of: places, size: Self.networkBatch) {
                voices?.learnNetwork(batch)
                try step()
            }
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
        slots?.company.rename(old, to: new)
        names[label] = new
        labels[old] = nil
        labels[new] = label
    }

    private mutating func merge(_ source: IntentName, into target: IntentName) {
        guard source != target, let from = labels[source] else { return }
        guard let to = labels[target] else { return rename(source, to: target, phrase: nil) }
        slots?.company.rename(source, to: target)
        voices?.merge(from, into: to)
        memory.merge(from, into: to, randomness: &randomness)
        dropName(from)
        guard let label = labels[target], let mean = voices?.discriminant.means[label] else { return }
        voices?.cosine.set(mean, label: label)
    }

    private mutating func remove(_ intent: IntentName) {
        guard let label = labels[intent] else { return }
        slots?.company.remove(intent)
        voices?.removeClass(label)
        memory.classes.remove(at: label)
        dropName(label)
    }

    private mutating func dropName(_ label: Int) {
        names.remove(at: label)
        labels = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    }
}
