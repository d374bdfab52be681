internal import Learning
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Learns each lesson, in order: durable and in force for the next prediction. Lessons of owners that
    /// follow each other share one commit; each of an ordinary user passes the guard and has a commit of its
    /// own.
    ///
    /// A lesson that cannot be read gets its own error; a failure of the disk is everybody's who shares the
    /// commit, and then nothing of theirs is learnt.
    ///
    /// - Parameter policy: of the calling thread, and so of those that encode for it.
    public func teach(
        _ lessons: [Lesson], _ policy: SchedulingPolicy = .normal
    ) -> [Result<TeachingOutcome, AssistantError>] {
        teach(lessons, policy, in: lessons.map { conversations.speeches.begin($0.contributor) })
    }

    /// - Parameter speeches: of the lessons; what is forgotten before it is learnt is not learnt.
    func teach(
        _ lessons: [Lesson], _ policy: SchedulingPolicy = .normal, in speeches: [Speech?]
    ) -> [Result<TeachingOutcome, AssistantError>] {
        let before = snapshot()
        guard !before.isClosed else { return lessons.map { _ in .failure(.closed) } }
        let admitted = lessons.map { lesson in
            Result { () throws(AssistantError) in try admit(lesson) }
        }
        let read = self.read(admitted, with: before.speller, policy)
        if admitted.contains(where: isGuarded) { awaitExamples() }
        let outcomes = learner.withLock { learner in
            // Whoever forgets holds the learner.
            runs(of: Self.remembered(read, speeches)).flatMap { run in
                if case .success(let one)? = run.first, isGuarded(one.lesson) {
                    [Result { () throws(AssistantError) in try judge(one, by: &learner) }]
                } else {
                    learn(run, by: &learner)
                }
            }
        }
        conversations.record(spoken(lessons, outcomes, speeches))
        writeCheckpointIfDue()
        return outcomes
    }

    private func isGuarded(_ lesson: Result<Lesson, AssistantError>) -> Bool {
        if case .success(let lesson) = lesson { isGuarded(lesson) } else { false }
    }

    /// A lesson that is ready to be learnt.
    struct ReadLesson {
        let lesson: Lesson
        let example: Example

        var stored: StoredExample {
            StoredExample(
                text: lesson.utterance.text, context: lesson.utterance.context, example: example,
                slots: lesson.slots ?? [])
        }

        func source(at event: EventID) -> ExampleIndex.Source {
            ExampleIndex.Source(event: event.rawValue, uid: lesson.contributor.uid)
        }
    }

    private static func remembered(
        _ lessons: [Result<ReadLesson, AssistantError>], _ speeches: [Speech?]
    ) -> [Result<ReadLesson, AssistantError>] {
        zip(lessons, speeches).map { lesson, speech in
            lesson.flatMap { read in
                speech?.isForgotten == true
                    ? .failure(.forgotten(read.lesson.contributor.session ?? "")) : .success(read)
            }
        }
    }

    /// Each guarded lesson for itself, and those between them together.
    private func runs(
        of lessons: [Result<ReadLesson, AssistantError>]
    ) -> [[Result<ReadLesson, AssistantError>]] {
        var runs: [[Result<ReadLesson, AssistantError>]] = []
        var isOpen = false
        for lesson in lessons {
            // An error joins any run.
            let standsAlone = isGuarded(lesson.map(\.lesson))
            if isOpen, !standsAlone { runs[runs.count - 1].append(lesson) } else { runs.append([lesson]) }
            isOpen = !standsAlone
        }
        return runs
    }

    /// Of the encoder, for lessons: some 4 ms.
    private static let tokensAPass = 64

    private func read(
        _ lessons: [Result<Lesson, AssistantError>], with speller: SpellingCorrector?,
        _ policy: SchedulingPolicy
    ) -> [Result<ReadLesson, AssistantError>] {
        var known = Set(snapshot().tagger?.types ?? [])
        let labels = lessons.map { given in
            given.flatMap { lesson in
                Result { () throws(AssistantError) in
                    try conversations.owners.admit(lesson.contributor)
                    try Self.admit(lesson.slots, to: &known)
                    return (lesson, try intentName(lesson.intent))
                }
            }
        }
        let reading = self.reading(speller, policy)
        let admitted = labels.map { label in label.flatMap { reading.admit($0.0.utterance) } }
        // A taught word is right by definition.
        let accepted = admitted.compactMap { try? $0.get().text }  // the errors stay in `admitted`
        let knowing = reading.knowing(accepted)
        let turns = admitted.map { $0.map(knowing.correct) }
        let depth: TextEncoding.Depth = lessons.contains { (try? $0.get())?.slots != nil } ? .tokens : .text
        let embedded = reading.embed(
            turns.map { $0.flatMap(reading.tokenize) }, tokens: Self.tokensAPass, depth: depth)
        return zip(labels, embedded).map { label, turn in
            Result { () throws(AssistantError) in
                let (lesson, intent) = try label.get()
                let turn = try turn.get()
                let slots = try reading.slotLesson(lesson.slots, in: turn)
                return ReadLesson(
                    lesson: lesson,
                    example: Example(
                        intent: intent, features: reading.features(turn), slots: slots?.example))
            }
        }
    }

    private func learn(
        _ lessons: [Result<ReadLesson, AssistantError>], by learner: inout Learner
    ) -> [Result<TeachingOutcome, AssistantError>] {
        let readable = lessons.compactMap { try? $0.get() }  // the errors stay in `lessons`
        let names = features(ofNew: Set(readable.map(\.example.intent)), to: learner)
        let time = clock.microseconds()
        let events = readable.map { read in
            NewEvent(.taught(read.stored), origin: Origin(read.lesson), time: time)
        }
        do {
            let learnt = try learner.learn(events, names: names)
            publish(learner, after: readable.map(\.lesson.utterance.text))
            for (read, learnt) in zip(readable, learnt) {
                examples.follow(read.example, from: read.source(at: learnt.event))
            }
            var rest = learnt[...]
            return lessons.map { lesson in
                lesson.map { read in TeachingOutcome(rest.removeFirst(), of: read.example.intent) }
            }
        } catch {
            return lessons.map { $0.flatMap { _ in .failure(AssistantError(error)) } }
        }
    }

    /// The features of the names that the head does not know yet.
    func features(
        ofNew intents: Set<IntentName>, to learner: borrowing Learner
    ) -> [IntentName: Features] {
        let unknown = intents.filter { !learner.head.contains($0) }
        return unknown.isEmpty ? [:] : reading(nil).features(of: unknown.sorted())
    }

    /// Puts what the learner has become in force.
    ///
    /// - Parameter texts: what it was taught since then; nil when it is another altogether.
    func publish(_ learner: borrowing Learner, after texts: [String]?) {
        // Made outside the lock, for which predictions would wait.
        var successor: Published
        if let texts {
            successor = Published(learner, speller: snapshot().speller)
            for text in texts { successor.speller?.learn(text) }
        } else {
            successor = Published(learner, speller: speller(learner))
        }
        // What was published before is freed outside, too.
        _ = published.withLock { published in
            let former = published
            published.succeed(successor)
            if texts != nil { published.head = former.head }
            return former
        }
    }

    private func speller(_ learner: borrowing Learner) -> SpellingCorrector? {
        guard configuration.learning.correctsSpelling else { return nil }
        return SpellingCorrector(words: encoding.words, taught: learner.words)
    }

    /// However its accents were written: what looks alike is one intent.
    ///
    /// - Throws: `badLabel`.
    func intentName(_ label: String) throws(AssistantError) -> IntentName {
        let label = label.composed
        let limit = configuration.limits.labelBytes
        guard label.utf8.count <= limit else {
            throw AssistantError(.tooLong(bytes: label.utf8.count, limit: limit), label: label)
        }
        do {
            return try IntentName(label)
        } catch {
            throw AssistantError(error, label: label)
        }
    }
}

extension TurnReading {
    /// The same, with the words of `texts` known to the speller.
    func knowing(_ texts: some Sequence<String>) -> TurnReading {
        guard var speller else { return self }
        for text in texts { speller.learn(text) }
        var reading = self
        reading.speller = speller
        return reading
    }
}

extension Origin {
    init(_ lesson: Lesson) {
        let contributor = lesson.contributor
        self.init(
            uid: contributor.uid, pid: contributor.pid, session: contributor.session,
            isSelfCorrection: lesson.isSelfCorrection)
    }

    init(_ contributor: Contributor) {
        self.init(uid: contributor.uid, pid: contributor.pid, session: contributor.session)
    }
}

extension TeachingOutcome {
    init(
        _ learnt: (event: EventID, effect: Effect?), of intent: IntentName, suspicion: Suspicion? = nil
    ) {
        self.init(
            event: learnt.event.rawValue, intent: intent.description, before: Guess(learnt.effect?.before),
            after: Guess(learnt.effect?.after), suspicion: suspicion)
    }
}

extension Guess {
    init(_ verdict: Verdict?) {
        self.init(intent: verdict?.intent?.description, confidence: Double(verdict?.confidence ?? 0))
    }
}
