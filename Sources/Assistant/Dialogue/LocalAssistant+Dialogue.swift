internal import Dialogue
internal import Entities
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Takes what is said in dialogues, all in one pass of the encoder: each message is a turn of its session,
    /// and those of one session are taken in their order. One that asks for data which are not in memory waits for them, and
    /// so does what is said after it in its session; nobody waits for them here.
    ///
    /// - Parameter policy: of the calling thread, and so of those that encode for it.
    public func say(_ messages: [UserMessage], _ policy: SchedulingPolicy = .normal) -> [DialogueStep] {
        let published = snapshot()
        guard !published.isClosed else { return messages.map { _ in .taken(.failure(.closed)) } }
        let speeches = messages.map { conversations.speeches.begin($0.utterance.speaker) }
        let understood = pipeline(published, policy).understand(messages.map(\.utterance))
        return zip(zip(messages, speeches), understood).map { said, understanding in
            do throws(AssistantError) {
                return try begin(UnderstoodMessage(said.0, said.1, try understanding.get()), policy)
            } catch {
                return .taken(.failure(error))
            }
        }
    }

    /// What is known of a session's dialogue.
    ///
    /// - Parameter owner: only a session of this user.
    /// - Throws: `sessionForbidden`, `sessionNotFound`, `storage`.
    public func dialogue(of session: String, owner: UInt32? = nil) throws(AssistantError) -> DialogueSummary {
        guard !snapshot().isClosed else { throw .closed }
        try check(session, of: owner)
        let book = tasks.book
        guard var state = try dialogues.state(of: session, in: book) else { throw .sessionNotFound(session) }
        if state.isExpired(at: clock.microseconds(), lifetime: configuration.dialogueLifetime) {
            state.expire()
        }
        return DialogueSummary(state, in: book)
    }

    private func begin(
        _ message: UnderstoodMessage, _ policy: SchedulingPolicy
    ) throws(AssistantError) -> DialogueStep {
        try conversations.owners.admit(message.speaker)
        let session = message.session
        if !dialogues.hasWaiting(in: session) {
            switch try take(message, policy) {
            case .turn(let turn): return .taken(.success(turn))
            case .question: break
            }
        }
        dialogues.beginWait(in: session)
        return .waiting(
            WaitingTurn(
                session: session, take: { [self] in finish(message, isGivenUp: $0) },
                leave: { [dialogues] in dialogues.endWait(in: session) }))
    }

    /// Asks for what a message wants to know, and takes it. Where the dialogue has become another meanwhile, it may want to
    /// know something else.
    private func finish(
        _ message: UnderstoodMessage, isGivenUp: () -> Bool
    ) -> Result<DialogueTurn, AssistantError> {
        var found: FoundAnswer?
        while true {
            guard !message.speech.isForgotten else { return .failure(.forgotten(message.session)) }
            guard !isGivenUp() else { return .failure(.cancelled) }
            guard !snapshot().isClosed else { return .failure(.closed) }
            do throws(AssistantError) {
                switch try take(message, .normal, knowing: found) {
                case .turn(let turn): return .success(turn)
                case .question(let question):
                    let data = taskData.answer(to: question) { isGivenUp() || message.speech.isForgotten }
                    found = FoundAnswer(question: question, data: data)
                }
            } catch {
                return .failure(error)
            }
        }
    }

    private enum Taken {
        case turn(DialogueTurn)
        /// Nothing has changed: this is to be known first.
        case question(DataQuestion)
    }

    /// - Parameter found: what was asked for before.
    private func take(
        _ message: UnderstoodMessage, _ scheduling: SchedulingPolicy, knowing found: FoundAnswer? = nil
    ) throws(AssistantError) -> Taken {
        let matcher = tasks
        let time = clock.microseconds()
        var wanted: DataQuestion?
        let turn = try dialogues.turn(
            of: message.session, at: time, in: matcher.book
        ) { course throws(AssistantError) in
            try message.checkRemembered()
            let before = course.state
            let reading = DialogueReading(
                message.said, before, time: time, now: now, lifetime: configuration.dialogueLifetime, matcher
            ) { self.nearLesson(to: $0) }
            let prediction = message.understanding.prediction(
                with: EntitySearch(recognizer, at: reading.reference))
            let turn = reading.turn(prediction, message.understanding, before) { text in
                self.understanding(of: text, scheduling)
            }
            let development = course.state.take(turn, in: matcher.book)
            let state = course.state
            let decision = decide(state, development, matcher.book)
            let question = question(for: decision, state, matcher.book)
            let data = question == found?.question ? found?.data : nil
            if let question, data == nil {
                wanted = question
                return nil
            }
            let learnt = development.lesson.flatMap {
                learn($0, state, message)
            }
            let reply = ReplyWording(matcher.book, phrases: configuration.phrases).reply(
                to: decision, after: development, state, found: data, isLearnt: learnt != nil)
            let episodes = course.follow(decision, development, since: before, in: matcher.book)
            let outcome = TurnOutcome(
                action: decision.move.action.rawValue, reply: reply,
                record: DialogueRecord(turn: turn, decision: decision).text,
                episodes: episodes.map { $0.stored(endedBy: turn.time) },
                episodesEnd: course.end(lifetime: configuration.dialogueLifetime))
            record(turn, outcome, learnt, message)
            // Then it is not recorded, and the dialogue that it was taken in was erased.
            try message.checkRemembered()
            if let end = outcome.episodesEnd { watchEpisodes(until: end) }
            return DialogueTurn(
                session: message.session, number: turn.number, prediction: prediction, decision: decision,
                reply: reply, learned: learnt.map { [$0] } ?? [],
                state: DialogueSummary(course.state, in: matcher.book))
        }
        if let turn { return .turn(turn) }
        guard let wanted else { preconditionFailure("neither a turn nor a question") }
        return .question(wanted)
    }

    /// One of the moves that the rules admit.
    private func decide(_ state: DialogueState, _ development: Development, _ book: TaskBook) -> Decision {
        policyLog.live(isKept: conversations.status.isKept).decide(
            state, after: development, in: book,
            draw: policyLog.chance.draw(session: state.session, turn: state.turns))
    }

    /// One text, with what was learnt until now.
    ///
    /// - Returns: nil if it cannot be read.
    private func understanding(of text: String, _ policy: SchedulingPolicy) -> Understanding? {
        try? pipeline(snapshot(), policy).understand([Utterance(text)])[0].get()
    }

    /// So many lessons of one text are told apart.
    private static let mostEquals = 32

    /// The lesson nearest to a text; nil where something else that was taught is nearer, or the log cannot be read.
    private func nearLesson(to understanding: Understanding) -> TaskMatcher.NearLesson? {
        let features = reading(nil).features(understanding.turn)
        let found = (try? examples.look { $0.nearest(Self.mostEquals, to: features) }) ?? []
        // What was said of the same text last counts.
        let equals = found.prefix { $0.similarity == found[0].similarity }
        guard let nearest = equals.max(by: { $0.source.event < $1.source.event }),
            nearest.source.example == nil
        else { return nil }
        return TaskMatcher.NearLesson(intent: nearest.intent.description, nearness: nearest.similarity)
    }

    /// Teaches what an earlier turn meant.
    ///
    /// - Returns: the lesson's event; nil when it is not in force, because it is held, a training is at work, or the
    ///   disk refuses.
    private func learn(
        _ correction: IntentCorrection, _ state: DialogueState, _ message: UnderstoodMessage
    ) -> Int64? {
        guard let said = state.previous, said.number == correction.turn, let meant = correction.meant.first,
            snapshot().lengthyChanges == 0
        else { return nil }
        let lesson = Lesson(
            Utterance(said.text), intent: meant, by: message.speaker, standing: message.said.standing,
            isSelfCorrection: true)
        switch teach([lesson], in: [message.speech])[0] {
        case .success(let outcome): return outcome.suspicion == nil ? outcome.event : nil
        case .failure(let error):
            logger.notice("a correction was not learnt", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// - Parameter learnt: the lesson that the turn taught.
    private func record(
        _ turn: UserTurn, _ outcome: TurnOutcome, _ learnt: Int64?, _ message: UnderstoodMessage
    ) {
        let content = TurnContent(
            session: message.session, uid: message.speaker.uid, time: turn.time, text: turn.text,
            context: nil, intent: turn.intent, confidence: turn.confidence, isOutOfScope: turn.isOutOfScope,
            event: learnt.map(EventID.init),
            outcome: outcome)
        conversations.record([(content, message.speech)])
    }
}

/// A message of a session, and how it is understood.
private struct UnderstoodMessage: Sendable {
    let said: UserMessage
    let understanding: Understanding
    let speaker: Contributor
    let session: String
    let speech: Speech

    /// - Throws: `badSession` when it is said in none.
    init(
        _ said: UserMessage, _ speech: Speech?, _ understanding: Understanding
    ) throws(AssistantError) {
        guard let speaker = said.utterance.speaker, let session = speaker.session, let speech else {
            throw .badSession("")
        }
        self.speech = speech
        self.said = said
        self.understanding = understanding
        self.speaker = speaker
        self.session = session
    }

    /// - Throws: `forgotten`.
    func checkRemembered() throws(AssistantError) {
        guard !speech.isForgotten else { throw .forgotten(session) }
    }
}
