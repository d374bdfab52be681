internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Whether a lesson passes the guard before it is learnt.
    func isGuarded(_ lesson: Lesson) -> Bool { isGuarded(lesson.standing) }

    func isGuarded(_ standing: Lesson.Standing) -> Bool {
        standing == .ordinary || configuration.guarding.includesOwners
    }

    /// Takes a guarded lesson out of its teacher's bucket, before anything is spent on it.
    ///
    /// - Throws: `tooManyLessons`; then nothing is kept of it.
    func admit(_ lesson: Lesson) throws(AssistantError) -> Lesson {
        try admit(lesson.contributor, lesson.standing)
        return lesson
    }

    /// The same for whatever else is taught.
    func admit(_ teacher: Contributor, _ standing: Lesson.Standing) throws(AssistantError) {
        guard isGuarded(standing) else { return }
        let delay = lessonGuard.withLock { $0.admit(teacher.uid, at: clock.microseconds()) }
        if let delay { throw .tooManyLessons(retryAfter: .microseconds(delay)) }
    }

    /// Learns a guarded lesson, or holds it.
    ///
    /// - Complexity: beside the learning a look at the nearest examples, some 2 ms, and where there are
    ///   canaries two predictions of each.
    func judge(_ read: ReadLesson, by learner: inout Learner) throws(AssistantError) -> TeachingOutcome {
        let (time, uid) = (clock.microseconds(), read.lesson.contributor.uid)
        let ranking = learner.head.classifier.rank(read.example.features)
        let evidence = try storing { () throws(StorageError) in
            try examples.look { LessonEvidence(read.example, ranking: ranking, taughtBy: uid, among: $0) }
        }
        let (judgement, account) = lessonGuard.withLock { lessonGuard in
            (lessonGuard.judge(evidence, of: uid, at: time), lessonGuard.account(of: uid, at: time))
        }
        let names = features(ofNew: [read.example.intent], to: learner)
        let reason: HoldReason? =
            if judgement == .held { .contradiction } else {
                breaksCanary(read.example, name: names[read.example.intent], learner) ? .canary : nil
            }
        let event = NewEvent(
            reason.map { .held(read.stored, $0) } ?? .taught(read.stored),
            origin: Origin(read.lesson), time: time)
        let learnt = try storing { () throws(StorageError) in
            try learner.learn([event], names: reason == nil ? names : [:], accounts: [account])
        }
        publish(learner, after: reason == nil ? [read.lesson.utterance.text] : [])
        guard let only = learnt.first else { preconditionFailure("an event that was learnt has its place") }
        if let reason {
            logger.notice(
                "a lesson is held",
                metadata: ["event": "\(only.event)", "uid": "\(uid)", "reason": "\(reason.rawValue)"])
        } else {
            examples.follow(read.example, from: read.source(at: only.event))
        }
        canaries.withLock { $0.settle(at: learner.event, of: learner.generation) }
        return TeachingOutcome(only, of: read.example.intent, suspicion: reason.map(Suspicion.init))
    }

    /// Whether a canary that is right would be wrong after a lesson; the head itself is not changed.
    private func breaksCanary(_ example: Example, name: Features?, _ learner: borrowing Learner) -> Bool {
        canaries.withLock { canaries in
            guard !canaries.isEmpty else { return false }
            var candidate = learner.head
            // Slots change nothing of what is said of a canary.
            candidate.apply(
                .taught(Example(intent: example.intent, features: example.features), name: name))
            return canaries.breaks(
                candidate.classifier, after: learner.head.classifier, at: learner.event,
                of: learner.generation)
        }
    }

    /// Reads and encodes the canaries that the settings name.
    ///
    /// - Throws: `canaries`.
    func readCanaries(_ configuration: AssistantConfiguration) throws(AssistantError) -> Canaries {
        guard let path = configuration.guarding.canaries else { return Canaries() }
        let file: ExampleFile
        do throws(ExampleFile.Fault) {
            file = try ExampleFile(path: path)
        } catch {
            throw .canaries(path: path, line: error.line, reason: error.reason)
        }
        guard file.examples.count <= Canaries.most else {
            throw .canaries(
                path: path, line: nil,
                reason: "it has \(file.examples.count) examples; at most \(Canaries.most) are watched")
        }
        do throws(AssistantError) {
            let admitted = try check(file.examples)
            let reading = self.reading(snapshot().speller)
            var examples: [Example] = []
            let add = { (number: Int, turn: EmbeddedTurn) in
                examples.append(Example(intent: admitted[number].intent, features: reading.features(turn)))
            }
            try forEachTurn(of: admitted, reading, phase: .embedding, { _ in }, add)
            return Canaries(examples)
        } catch .badExample(let number, let error) {
            throw .canaries(path: path, line: nil, reason: "example \(number): \(error)")
        } catch .noExamples {
            throw .canaries(path: path, line: nil, reason: "it has no examples")
        }
    }
}

extension LessonGuard {
    init(_ settings: GuardingSettings, accounts: [GuardAccount]) {
        self.init(settings: GuardSettings(settings), accounts: accounts)
    }
}

extension GuardSettings {
    init(_ settings: GuardingSettings) {
        self.init(lessonsPerMinute: Double(settings.lessonsPerMinute), burst: Double(settings.burst))
    }
}

extension Suspicion {
    init(_ reason: HoldReason) {
        self =
            switch reason {
            case .contradiction: .contradiction
            case .canary: .canary
            }
    }
}
