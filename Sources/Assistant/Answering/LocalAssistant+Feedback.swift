internal import Grounding
public import Knowledge
internal import Learning
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Learns what somebody says of the answer to a question: durable and in force for the next question when it returns, and
    /// taken back or forgotten like a lesson.
    ///
    /// An ordinary user's counts for that user's answers alone. Whatever is said, a reply has only facts of the passages, and
    /// is released only where one of them supports it: what is learnt is which sentences answer a question.
    ///
    /// - Returns: each sentence that it is about; those of `places`, or else one.
    /// - Throws: `tooManyLessons`, `sessionForbidden`, `noSupportHead`, `passageNotFound`, `sentenceNotFound`,
    ///   `nothingToJudge`, `storage`, and as `search` does; then nothing is learnt.
    public func judge(
        _ feedback: AnswerFeedback, for viewer: Viewer
    ) throws(AssistantError) -> [JudgedSentence] {
        guard !snapshot().isClosed else { throw .closed }
        // One lesson for each sentence.
        for _ in 0..<max(1, feedback.places.count) { try admit(feedback.contributor, feedback.standing) }
        try conversations.owners.admit(feedback.contributor)
        let told = try sentences(of: feedback, for: viewer, try supportHead(for: viewer))
        let (time, uid) = (clock.microseconds(), feedback.contributor.uid)
        let accounts =
            isGuarded(feedback.standing) ? [lessonGuard.withLock { $0.account(of: uid, at: time) }] : []
        let events = told.map { sentence in
            NewEvent(
                .judged(feedback.judgement(of: sentence)), origin: Origin(feedback.contributor), time: time)
        }
        let learnt = try learner.withLock { learner throws(AssistantError) in
            let learnt = try storing { () throws(StorageError) in
                try learner.learn(events, names: [:], accounts: accounts)
            }
            publish(learner, after: [])
            return learnt
        }
        writeCheckpointIfDue()
        return zip(told, learnt).map { sentence, learnt in
            JudgedSentence(
                event: learnt.event.rawValue, citation: sentence.citation, isRight: sentence.isRight)
        }
    }

    /// A sentence, and whether it answers the question.
    fileprivate struct Told {
        let sentence: SupportingSentence
        let source: CitedSource
        let isRight: Bool

        var citation: AnswerCitation {
            AnswerCitation(
                passage: PassageID(rawValue: sentence.passage), source: source.name, sourceID: source.id,
                owner: source.owner, span: sentence.sentence.span, text: sentence.sentence.text)
        }
    }

    fileprivate struct CitedSource {
        let name: String
        let id: SourceID
        let owner: UInt32
    }

    private func sentences(
        of feedback: AnswerFeedback, for viewer: Viewer, _ head: SupportHead
    ) throws(AssistantError) -> [Told] {
        guard !feedback.places.isEmpty else {
            let found = try search(feedback.query, for: viewer).results.map(\.found)
            return [try answer(of: feedback, among: found, head)]
        }
        try KnowledgeBase.check(feedback.query)
        let places = try feedback.places.map { place throws(AssistantError) in
            (place, try passage(place.passage, for: viewer))
        }
        let question = GroundingCheck.asked(of: feedback.query.text)
        let (vector, context) = try read(question, places.map(\.1.passage))
        let asked = AskedText(question, vector: vector, weights: head.terms)
        return try zip(places, context).map { place, passage throws(AssistantError) in
            guard let sentence = head.answer(at: place.0.span, of: passage, for: asked) else {
                throw .sentenceNotFound(passage: place.0.passage.rawValue, place.0.span)
            }
            let source = place.1.source
            return Told(
                sentence: sentence,
                source: CitedSource(name: source.labels.name, id: source.id, owner: source.labels.owner),
                isRight: feedback.isRight)
        }
    }

    /// What the question gets now. Where that is no answer and is said to be wrong, the sentence that comes nearest to one
    /// should have been it.
    private func answer(
        of feedback: AnswerFeedback, among found: [FoundPassage], _ head: SupportHead
    ) throws(AssistantError) -> Told {
        let question = GroundingCheck.asked(of: feedback.query.text)
        let (vector, context) = try read(question, found.map(\.passage))
        let asked = AskedText(question, vector: vector, weights: head.terms)
        let evidence = QuestionEvidence(asked, passages: context, head: head)
        guard let nearest = evidence.nearest,
            let cited = found.first(where: { $0.passage.id.rawValue == nearest.passage })
        else { throw .nothingToJudge }
        return Told(
            sentence: nearest,
            source: CitedSource(name: cited.passage.source, id: cited.source, owner: cited.owner),
            isRight: feedback.isRight == evidence.isAnswerable)
    }
}

extension AnswerFeedback {
    fileprivate func judgement(of told: LocalAssistant.Told) -> StoredJudgement {
        StoredJudgement(
            question: query.text,
            verdict: StoredJudgement.Verdict(isRight: told.isRight, isForAll: isForAll),
            lesson: AnswerLesson(told.sentence, of: query.text, isRight: told.isRight).bytes)
    }
}
