import Assistant
import Entities
import Generation
import Knowledge
import Synchronization
import Wire

extension Scheduler {
    /// Has the passages found away from the event loop, and the reply worded and checked in its turn.
    func ask(_ params: AskParams, for ticket: Ticket) -> Bool {
        prepare(for: ticket, work: 1) { [serving, replies, outbox] () throws(ErrorReply) in
            let question = try serving.service.question(params, for: ticket)
            let reply = AnswerReply(question, isStreamed: params.isStreamed)
            guard let prompt = question.prompt, let replies else {
                let (sentences, answer) = reply.finish(nil, for: ticket)
                for sentence in sentences { outbox.send(sentence, for: ticket) }
                return ticket.frame(answer)
            }
            let job = try GenerationJob(prompt, reply, replies.model, params, for: ticket)
            guard replies.submit(job) else { throw ErrorReply(.busy, "too many replies wait; try again") }
            return nil
        }
    }
}

extension Scheduler {
    /// What an administrator says counts for everybody.
    func judge(_ params: FeedbackParams, for ticket: Ticket) -> Bool {
        change(for: ticket) { service throws(AssistantError) in
            let (viewer, isForAll) = (Viewer(ticket.peer), ticket.role.mayAdminister)
            let query = KnowledgeQuery(
                params.text, limit: params.limit,
                filter: try service.sourceFilter(params.filter, for: viewer), mergesNeighbours: false)
            let feedback = AnswerFeedback(
                query, isRight: params.isRight, places: params.citations.map { AnswerFeedback.Place($0) },
                by: Contributor(ticket.peer, session: params.session),
                standing: Lesson.Standing(ticket.role), isForAll: isForAll)
            return FeedbackResult(
                judged: try service.judge(feedback, for: viewer).map { FeedbackResult.Judged($0) },
                isForAll: isForAll)
        }
    }
}

extension AnswerFeedback.Place {
    fileprivate init(_ place: CitedPlace) {
        self.init(passage: PassageID(rawValue: place.passage), span: place.span)
    }
}

extension FeedbackResult.Judged {
    fileprivate init(_ sentence: JudgedSentence) {
        self.init(
            event: sentence.event, isAnswer: sentence.isRight, citation: CitationEntry(sentence.citation))
    }
}

extension IntentService {
    fileprivate func question(_ params: AskParams, for ticket: Ticket) throws(ErrorReply) -> GroundedQuestion
    {
        let clock = try params.at.map { text throws(ErrorReply) in try ReferenceTime(at: text, in: timeZone) }
        do throws(AssistantError) {
            let viewer = Viewer(ticket.peer)
            let query = KnowledgeQuery(
                params.text, limit: params.limit, filter: try sourceFilter(params.filter, for: viewer),
                mergesNeighbours: false)
            return try question(query, for: viewer, at: clock ?? now) { () throws(AssistantError) in
                if ticket.givenUp != nil || ticket.isOver(after: params.timeoutMilliseconds) {
                    throw .cancelled
                }
            }
        } catch {
            guard error == .cancelled, let limit = params.timeoutMilliseconds, ticket.givenUp == nil else {
                throw ticket.explain(error)
            }
            throw ErrorReply(
                .timeout, "ask", expected: "passages found and compared within \(limit) ms",
                found: "not all of them")
        }
    }
}

extension Ticket {
    /// - Parameter limit: milliseconds since it was received; nil for none.
    fileprivate func isOver(after limit: Int?) -> Bool {
        limit.map { ContinuousClock.now >= received + .milliseconds($0) } ?? false
    }
}

/// A reply that is checked while it comes.
final class AnswerReply: Sendable {
    private let question: GroundedQuestion
    private let isStreamed: Bool
    private let draft: Mutex<AnswerDraft>
    /// Sentences that were sent ahead.
    private let sent = Atomic<Int>(0)

    init(_ question: GroundedQuestion, isStreamed: Bool) {
        self.question = question
        self.isStreamed = isStreamed
        draft = Mutex(question.draft())
    }

    /// Whether nothing more that the model says would be released.
    var isComplete: Bool { draft.withLock { $0.isComplete } }

    /// Checks what has come.
    ///
    /// - Returns: the sentences to send ahead, in order.
    func take(_ text: Substring, for ticket: Ticket) -> [Delta] {
        draft.withLock { draft in
            draft.take(text)
            return deltas(draft.released, for: ticket)
        }
    }

    /// Those of the sentences that were not sent yet.
    private func deltas(_ sentences: [AnswerSentence], for ticket: Ticket) -> [Delta] {
        let count = sent.exchange(sentences.count, ordering: .relaxed)
        guard isStreamed else { return [] }
        return sentences.enumerated().dropFirst(count).map { place, sentence in
            Delta(
                id: ticket.id, text: (place == 0 ? "" : " ") + sentence.text,
                mark: SentenceMark(
                    grounding: sentence.isQuoted ? .extractive : .supported,
                    citation: CitationEntry(sentence.citation)))
        }
    }

    /// The answer once nothing more comes, and the sentences to send ahead of it.
    ///
    /// - Parameter result: nil where no model was asked.
    func finish(
        _ result: GenerationResult?, for ticket: Ticket
    ) -> (sentences: [Delta], answer: Result<AskResult, ErrorReply>) {
        // A reply that is complete is given up, too.
        if result?.reason == .cancelled, !isComplete {
            let cancelled = ticket.givenUp ?? ErrorReply(.cancelled, "the request was cancelled")
            return ([], .failure(cancelled))
        }
        let answer = draft.withLock { $0.finish(isWhole: result?.reason == .end) }
        let usage = result.map { TokenUsage($0.usage) }
        return (
            deltas(answer.sentences, for: ticket), .success(AskResult(answer, to: question, usage: usage))
        )
    }
}

extension AskResult {
    fileprivate init(_ answer: GroundedAnswer, to question: GroundedQuestion, usage: TokenUsage?) {
        self.init(
            reply: answer.reply,
            grounding: answer.isDeclined ? .declined : answer.isExtractive ? .extractive : .supported,
            citations: answer.sentences.map { CitationEntry($0.citation) },
            passages: question.results.map {
                PassageEntry($0.found.passage, of: $0.found.source, score: $0.score)
            }, usage: usage)
    }
}

extension CitationEntry {
    fileprivate init(_ citation: AnswerCitation) {
        self.init(
            passage: citation.passage.rawValue, source: citation.source,
            sourceID: citation.sourceID.rawValue, owner: citation.owner, start: citation.span.lowerBound,
            end: citation.span.upperBound, text: citation.text)
    }
}
