import Assistant
import Generation
import Glibc
internal import JSON
import NIOCore
import Synchronization
import Wire

/// Puts each request on the thread for its kind of work, so that nothing slow stands before a prediction.
///
/// - `predict`, `say` and `embed`: whatever waits is encoded in one batch, at most 32 short texts.
/// - what is said that asks for data of a task: where nobody else waits for those, see `LookupLane`.
/// - `teach`, `train`, `undo` and changes of intents: one after the other; waiting lessons are made durable together.
/// - `eval`, `snapshot.verify` and `snapshot.show` of what is learnt now: on their own, so that lessons need not wait for it.
/// - `generate`: its prompt is turned into tokens on its own, then its reply shares the passes of all others.
/// - what adds, removes or copies sources of the knowledge base: on its own, too.
/// - everything else, and the decoding of large frames: short questions.
final class Scheduler: Sendable {
    static let largestBatch = 32
    private static let mostLessons = 64
    /// Of what is sent ahead of its answers, in short texts: a batch of them is hardly faster than one by one.
    private static let bulkBatch = 4
    private static let bulkLessons = 8
    /// Of one sender in a batch when several ask, in short texts: a batch of them is hardly faster than one by one, but
    /// lessons share the milliseconds of a durable commit.
    private static let textShares = Shares(user: 2, connection: 1)
    private static let lessonShares = Shares(user: 16, connection: 8)

    /// The niceness of what no prediction and no lesson waits for.
    private static let patience: Int32 = 10

    /// Who answers; the same for all threads.
    let serving: Serving
    /// Who is there.
    let activity: Activity
    /// What words replies; nil: nothing does.
    let replies: GenerationLane?
    private let limit: Int
    let outbox: Outbox
    private let log: RequestLog
    private let predictions: Lane<PredictionJob>
    private let lookups: LookupLane
    private let lessons: Lane<LearningJob>
    private let evaluations: Lane<Errand>
    private let questions: Lane<Errand>
    private let sources: Lane<Errand>
    /// None of them stands back for others that wait: those do not wait for it either.
    private let prompts: Lane<Errand>

    /// - Parameters:
    ///   - queue: how many requests may wait on each thread.
    ///   - slm: what words replies, and how many of them may wait; nil: nothing does.
    init(
        _ service: any IntentService, slm: (model: LanguageModel, queue: Int)? = nil, queue: Int,
        outbox: Outbox, log: RequestLog, activity: Activity = Activity()
    ) {
        let serving = Serving(service)
        let repose = Repose { Self.releaseUnused(serving) }
        replies = slm.map {
            GenerationLane(
                $0.model, limit: $0.queue, activity: activity, repose: repose, outbox: outbox, log: log)
        }
        self.serving = serving
        limit = queue
        self.outbox = outbox
        self.log = log
        self.activity = activity
        let lookups = LookupLane(limit: queue, niceness: Self.patience) { ticket, turn in
            outbox.send([(ticket, ticket.frame(turn))], from: .normal)
        }
        self.lookups = lookups
        predictions = Lane(
            name: "predict",
            LaneTerms(
                limit: queue, batch: Self.largestBatch, batchWork: Self.largestBatch,
                shares: Self.textShares, bulk: .init(batch: Self.bulkBatch, isConcurrent: true)),
            activity: activity, repose: repose
        ) { batch in
            let answers = serving.service.answers(to: batch.jobs, batch.turn.policy) { turn, ticket in
                lookups.submit(turn, for: ticket)
            }
            batch.turn.settle()
            outbox.send(answers, from: batch.turn.policy)
        }
        lessons = Lane(
            name: "learn",
            LaneTerms(
                limit: queue, batch: Self.mostLessons, batchWork: Self.mostLessons,
                shares: Self.lessonShares, bulk: .init(batch: Self.bulkLessons, isConcurrent: false)),
            activity: activity, repose: repose
        ) { batch in
            serving.service.learn(batch, log) { answers in
                batch.turn.settle()
                outbox.send(answers, from: batch.turn.policy)
            }
        }
        evaluations = Lane(
            name: "evaluate", LaneTerms(limit: queue), activity: activity, niceness: Self.patience,
            repose: repose
        ) { batch in
            for job in batch.jobs { job(batch.turn) }
        }
        sources = Lane(
            name: "knowledge", LaneTerms(limit: queue), activity: activity, niceness: Self.patience,
            repose: repose
        ) { batch in
            for job in batch.jobs { job(batch.turn) }
        }
        prompts = Lane(
            name: "prompt", LaneTerms(limit: queue), activity: activity, niceness: Self.patience,
            repose: repose
        ) { batch in
            for job in batch.jobs { job(batch.turn) }
        }
        questions = Lane(
            name: "question", LaneTerms(limit: queue, bulk: .init(batch: 1, isConcurrent: true)),
            activity: activity, niceness: Self.patience,
            repose: repose
        ) { batch in
            for job in batch.jobs { job(batch.turn) }
        }
    }

    /// Gives back the memory that the last work took.
    private static func releaseUnused(_ serving: Serving) {
        serving.service.releaseBuffers()
        ProcessLimits.releaseUnused()
    }

    /// How many requests wait on all threads, and how many may on one.
    var queue: QueueStatus {
        let waiting =
            predictions.waiting + lookups.waiting + lessons.waiting + evaluations.waiting + questions.waiting
            + sources.waiting
            + prompts.waiting + (replies?.waiting ?? 0)
        return QueueStatus(waiting: waiting, limit: limit)
    }

    // MARK: Each returns false when its queue is full; the request is then not answered by the scheduler.

    func predict(_ question: PredictionJob.Question, for ticket: Ticket) -> Bool {
        predictions.submit(
            PredictionJob(ticket: ticket, question: question), work: question.utterance.work,
            from: ticket.sender)
    }

    func teach(_ lesson: Lesson, for ticket: Ticket) -> Bool {
        lessons.submit(.lesson(ticket, lesson), work: lesson.utterance.work, from: ticket.sender)
    }

    /// Does `work` between lessons, and answers with what it returns.
    func change<Body: JSONWritable & Sendable>(for ticket: Ticket, _ work: @escaping Work<Body>) -> Bool {
        change(errand(for: ticket, work), from: ticket.sender)
    }

    /// Like `change`, for work of seconds: what it took of memory is given back.
    func train<Body: JSONWritable & Sendable>(for ticket: Ticket, _ work: @escaping Work<Body>) -> Bool {
        change(errand(for: ticket, isLong: true, work), from: ticket.sender)
    }

    /// Like `change`, for work on the daemon itself, whose errors are the protocol's.
    func manage<Body: JSONWritable & Sendable>(
        for ticket: Ticket, _ work: @escaping @Sendable (any IntentService) throws(ErrorReply) -> Body
    ) -> Bool {
        change(errand(for: ticket, work, explain: { $0 }), from: ticket.sender)
    }

    /// Does `work` between lessons for nobody in particular.
    func maintain(_ work: @escaping @Sendable (any IntentService) -> Void) -> Bool {
        change(
            { [serving] _ in work(serving.service) },
            from: Sender(uid: geteuid(), connection: ObjectIdentifier(self)))
    }

    /// It counts as a whole batch, and ends one: nobody knows how long it takes.
    private func change(_ errand: @escaping Errand, from sender: Sender) -> Bool {
        lessons.submit(.errand(errand), work: Self.mostLessons, from: sender)
    }

    func evaluate<Body: JSONWritable & Sendable>(for ticket: Ticket, _ work: @escaping Work<Body>) -> Bool {
        evaluations.submit(errand(for: ticket, isLong: true, work), from: ticket.sender)
    }

    func ask<Body: JSONWritable & Sendable>(for ticket: Ticket, _ work: @escaping Work<Body>) -> Bool {
        questions.submit(errand(for: ticket, work), from: ticket.sender)
    }

    /// Like `ask`, for what is about the connection too, whose errors are the protocol's.
    func exchange<Body: JSONWritable & Sendable>(
        for ticket: Ticket, _ work: @escaping @Sendable (any IntentService) throws(ErrorReply) -> Body
    ) -> Bool {
        questions.submit(errand(for: ticket, work, explain: { $0 }), from: ticket.sender)
    }

    /// Like `exchange`, for work of seconds that does not meet learning.
    func prepare<Body: JSONWritable & Sendable>(
        for ticket: Ticket, _ work: @escaping @Sendable (any IntentService) throws(ErrorReply) -> Body
    ) -> Bool {
        evaluations.submit(errand(for: ticket, isLong: true, work, explain: { $0 }), from: ticket.sender)
    }

    /// Like `prepare`, for work on the sources of the knowledge base.
    func keep<Body: JSONWritable & Sendable>(
        for ticket: Ticket, _ work: @escaping @Sendable (any IntentService) throws(ErrorReply) -> Body
    ) -> Bool {
        sources.submit(errand(for: ticket, isLong: true, work, explain: { $0 }), from: ticket.sender)
    }

    /// Does `work` among prompts. It returns the framed answer, or nil where what follows it answers.
    func prepare(
        for ticket: Ticket, work size: Int, _ work: @escaping @Sendable () throws(ErrorReply) -> [UInt8]?
    ) -> Bool {
        let errand: Errand = { [outbox, log] turn in
            let result = Result { () throws(ErrorReply) in
                if let refusal = ticket.givenUp { throw refusal }
                return try work()
            }
            turn.settle()
            let frame: [UInt8]?
            switch result {
            case .success(let answer): frame = answer
            case .failure(let error): frame = ticket.frame(error)
            }
            guard let frame else { return }
            log.finished(ticket, result.failure)
            outbox.send([(ticket, frame)], from: turn.policy)
        }
        return prompts.submit(errand, work: size, from: ticket.sender)
    }

    /// For long work: of `train`, or else of `evaluate`.
    func reporter(for ticket: Ticket) -> ProgressReporter {
        let (lessons, evaluations) = (lessons, evaluations)
        let isLearning = ticket.method.changesWhatIsLearnt
        return ProgressReporter(ticket: ticket, outbox: outbox) {
            if isLearning { lessons.step() } else { evaluations.step() }
        }
    }

    /// How far each thread has come, by name.
    var pulses: [String: Pulse] {
        var pulses = [
            "predict": predictions.pulse, "learn": lessons.pulse, "evaluate": evaluations.pulse,
            "question": questions.pulse, "knowledge": sources.pulse, "prompt": prompts.pulse,
            "conversations": Pulse(serving.service.writerPulse),
        ]
        pulses["generate"] = replies?.pulse
        return pulses
    }

    /// Reads a large frame away from the event loop, then hands it to `receive` there, with the processor time that it took.
    func decode(
        _ body: [UInt8], from sender: Sender,
        receive: @escaping @Sendable (Result<Request, RequestFault>, Duration) -> Void
    ) -> Bool {
        let errand: Errand = { [outbox] turn in
            let begun = ThreadTime.now
            let request = Request.result(decoding: body)
            let time = ThreadTime.now - begun
            turn.settle()
            outbox.execute(from: turn.policy) { receive(request, time) }
        }
        return questions.submit(errand, work: 1 + body.count / (64 << 10), from: sender, isBulk: true)
    }

    /// Finishes what waits and ends the threads.
    ///
    /// - Parameter patience: how long messages that wait for data are waited for.
    func finish(patience: Duration) async {
        await predictions.finish()
        await lookups.finish(patience: patience)
        await lessons.finish()
        await evaluations.finish()
        await questions.finish()
        await sources.finish()
        await prompts.finish()
        await replies?.finish()
        outbox.finish()
    }

    private func errand<Body: JSONWritable & Sendable>(
        for ticket: Ticket, isLong: Bool = false, _ work: @escaping Work<Body>
    ) -> Errand {
        errand(for: ticket, isLong: isLong, work, explain: ticket.explain)
    }

    private func errand<Body: JSONWritable & Sendable, Failure: Error>(
        for ticket: Ticket, isLong: Bool = false,
        _ work: @escaping @Sendable (any IntentService) throws(Failure) -> Body,
        explain: @escaping @Sendable (Failure) -> ErrorReply
    ) -> Errand {
        { [serving, outbox, log] turn in
            let result: Result<Body, ErrorReply>
            if let refusal = ticket.givenUp {
                result = .failure(refusal)
            } else {
                result = Result { () throws(Failure) in try work(serving.service) }.mapError(explain)
            }
            log.finished(ticket, result.failure)
            if isLong { Self.releaseUnused(serving) }
            turn.settle()
            outbox.send([(ticket, ticket.frame(result))], from: turn.policy)
        }
    }
}

/// What a request wants of the assistant.
typealias Work<Body> = @Sendable (any IntentService) throws(AssistantError) -> Body

/// Work that answers for itself, and settles its turn before it does.
typealias Errand = @Sendable (_ turn: LaneTurn) -> Void

extension Utterance {
    /// How many short texts it takes as long as: one of 16 tokens is some 64 bytes. The encoder reads some 1,000 bytes;
    /// the others are only cut into tokens, 100 times as fast.
    var work: Int {
        let bytes = text.utf8.count + (context?.utf8.count ?? 0)
        return 1 + min(bytes, 1024) / 64 + bytes / 6400
    }
}

struct PredictionJob: Sendable {
    /// What is wanted of a text.
    enum Question: Sendable {
        case prediction(Utterance)
        case vector(Utterance)
        case turn(UserMessage)
    }

    let ticket: Ticket
    let question: Question
}

extension PredictionJob.Question {
    var utterance: Utterance {
        switch self {
        case .prediction(let utterance), .vector(let utterance): utterance
        case .turn(let message): message.utterance
        }
    }

    var prediction: Utterance? { if case .prediction(let utterance) = self { utterance } else { nil } }
    var vector: Utterance? { if case .vector(let utterance) = self { utterance } else { nil } }
    var turn: UserMessage? { if case .turn(let message) = self { message } else { nil } }
}

enum LearningJob: Sendable {
    case lesson(Ticket, Lesson)
    case errand(Errand)
}

extension Ticket {
    /// A request that was given up says why; that its work then stopped is only the consequence.
    func explain(_ error: AssistantError) -> ErrorReply {
        error == .cancelled ? givenUp ?? ErrorReply(error) : ErrorReply(error)
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
