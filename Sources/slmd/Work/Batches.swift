import Assistant
internal import JSON
import Wire

typealias FramedAnswer = (ticket: Ticket, frame: [UInt8])

extension IntentService {
    /// The answers to a batch, in its order: all texts to predict in one pass, all that is said in dialogues in
    /// another, all to embed in a third.
    ///
    /// - Parameters:
    ///   - policy: of the calling thread.
    ///   - wait: takes over what waits for data and is answered later; false when it cannot.
    func answers(
        to jobs: [PredictionJob], _ policy: SchedulingPolicy, wait: (WaitingTurn, Ticket) -> Bool
    ) -> [FramedAnswer] {
        var frames = jobs.map { job in job.ticket.givenUp.map { job.ticket.frame($0) } }
        func answer<Asked, Found>(
            _ asked: (PredictionJob.Question) -> Asked?,
            by work: ([Asked], SchedulingPolicy) -> [Found],
            _ frame: (Found, Ticket) -> [UInt8]?
        ) {
            let waiting = jobs.indices.compactMap { index in
                frames[index] == nil ? asked(jobs[index].question).map { (index, $0) } : nil
            }
            guard !waiting.isEmpty else { return }
            for ((index, _), found) in zip(waiting, work(waiting.map(\.1), policy)) {
                frames[index] = frame(found, jobs[index].ticket)
            }
        }
        answer(\.prediction, by: predict) { found, ticket in
            ticket.frame(found.map { PredictResult($0) })
        }
        answer(\.turn, by: say) { step, ticket in
            switch step {
            case .taken(let turn): ticket.frame(turn)
            case .waiting(let turn): wait(turn, ticket) ? nil : ticket.frame(ErrorReply.tooManyWait)
            }
        }
        answer(\.vector, by: embed) { found, ticket in ticket.frame(found.map { EmbedResult($0) }) }
        return zip(jobs, frames).compactMap { job, frame in frame.map { (job.ticket, $0) } }
    }

    /// Does learning jobs in their order; lessons that follow each other share one durable commit.
    func learn(_ batch: LaneBatch<LearningJob>, _ log: RequestLog, send: ([FramedAnswer]) -> Void) {
        var lessons: [(ticket: Ticket, lesson: Lesson)] = []
        for job in batch.jobs {
            switch job {
            case .lesson(let ticket, let lesson):
                lessons.append((ticket, lesson))
            case .errand(let errand):
                teach(&lessons, batch.turn.policy, log, send: send)
                errand(batch.turn)
            }
        }
        teach(&lessons, batch.turn.policy, log, send: send)
    }

    private func teach(
        _ waiting: inout [(ticket: Ticket, lesson: Lesson)], _ policy: SchedulingPolicy, _ log: RequestLog,
        send: ([FramedAnswer]) -> Void
    ) {
        defer { waiting.removeAll() }
        let refused = waiting.compactMap { entry in
            entry.ticket.givenUp.map { (ticket: entry.ticket, frame: entry.ticket.frame($0)) }
        }
        if !refused.isEmpty { send(refused) }
        let asked = waiting.filter { entry in !refused.contains { $0.ticket === entry.ticket } }
        guard !asked.isEmpty else { return }
        let outcomes = teach(asked.map(\.lesson), policy)
        send(zip(asked, outcomes).map { ($0.ticket, $0.ticket.frame($1.map { TeachResult($0) })) })
        for (asked, outcome) in zip(asked, outcomes) { log.taught(asked.ticket, asked.lesson, outcome) }
    }
}

extension Ticket {
    /// A request that was given up says why.
    func frame(_ turn: Result<DialogueTurn, AssistantError>) -> [UInt8] {
        frame(turn.map { SayResult($0) }.mapError(explain))
    }

    fileprivate func frame(_ result: Result<some JSONWritable, AssistantError>) -> [UInt8] {
        frame(result.mapError { ErrorReply($0) })
    }
}
