internal import Learning
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Learns each lesson, in order, all in one durable commit: in force for the next prediction.
    ///
    /// A lesson that cannot be read gets its own error; a failure of the disk is everybody's, and then
    /// nothing is learnt.
    public func teach(_ lessons: [Lesson]) -> [Result<TeachingOutcome, AssistantError>] {
        let before = snapshot()
        guard !before.isClosed else { return lessons.map { _ in .failure(.closed) } }
        let read = self.read(lessons, with: before.speller)
        let outcomes = learner.withLock { learner in learn(read, by: &learner) }
        conversations.record(spoken(lessons, outcomes))
        writeCheckpointIfDue()
        return outcomes
    }

    /// A lesson that is ready to be learnt.
    private struct ReadLesson {
        let lesson: Lesson
        let example: Example
    }

    private func read(
        _ lessons: [Lesson], with speller: SpellingCorrector?
    ) -> [Result<ReadLesson, AssistantError>] {
        let labels = lessons.map { lesson in
            Result { () throws(AssistantError) in
                try conversations.owners.admit(lesson.contributor)
                return try intentName(lesson.intent)
            }
        }
        let reading = self.reading(speller)
        let admitted = zip(lessons, labels).map { lesson, label in
            label.flatMap { _ in reading.admit(lesson.utterance) }
        }
        // A taught word is right by definition.
        let accepted = admitted.compactMap { try? $0.get().text }  // the errors stay in `admitted`
        let knowing = reading.knowing(accepted)
        let turns = admitted.map { $0.map(knowing.correct) }
        let embedded = reading.embed(turns.map { $0.flatMap(reading.tokenize) })
        return zip(zip(lessons, labels), embedded).map { given, turn in
            given.1.flatMap { intent in
                turn.map {
                    ReadLesson(
                        lesson: given.0, example: Example(intent: intent, features: reading.features($0)))
                }
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
            NewEvent(
                .taught(
                    StoredExample(
                        text: read.lesson.utterance.text, context: read.lesson.utterance.context,
                        example: read.example)),
                origin: Origin(read.lesson.contributor), time: time)
        }
        do {
            var learnt = try learner.learn(events, names: names)[...]
            publish(learner, after: readable.map(\.lesson.utterance.text))
            return lessons.map { lesson in
                lesson.map { read in TeachingOutcome(learnt.removeFirst(), of: read.example.intent) }
            }
        } catch {
            return lessons.map { $0.flatMap { _ in .failure(AssistantError(error)) } }
        }
    }

    /// The features of the names that the head does not know yet.
    private func features(
        ofNew intents: Set<IntentName>, to learner: borrowing Learner
    ) -> [IntentName: Features] {
        let unknown = intents.filter { !learner.head.contains($0) }
        return unknown.isEmpty ? [:] : reading(nil).features(of: unknown.sorted())
    }

    /// Puts what the learner has become in force.
    ///
    /// - Parameter texts: what it was taught since then; nil when it is another altogether.
    func publish(_ learner: borrowing Learner, after texts: [String]?) {
        if let texts {
            published.withLock { $0.take(learner, texts: texts) }
        } else {
            let successor = Published(learner, speller: speller(learner))
            published.withLock { $0.succeed(successor) }
        }
    }

    private func speller(_ learner: borrowing Learner) -> SpellingCorrector? {
        guard configuration.learning.correctsSpelling else { return nil }
        return SpellingCorrector(words: encoding.words, taught: learner.words)
    }

    /// - Throws: `badLabel`.
    func intentName(_ label: String) throws(AssistantError) -> IntentName {
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
    init(_ contributor: Contributor) {
        self.init(uid: contributor.uid, pid: contributor.pid, session: contributor.session)
    }
}

extension TeachingOutcome {
    fileprivate init(_ learnt: (event: EventID, effect: Effect?), of intent: IntentName) {
        self.init(
            event: learnt.event.rawValue, intent: intent.description, before: Guess(learnt.effect?.before),
            after: Guess(learnt.effect?.after))
    }
}

extension Guess {
    init(_ verdict: Verdict?) {
        self.init(intent: verdict?.intent?.description, confidence: Double(verdict?.confidence ?? 0))
    }
}
