import Assistant
import Foundation
import Generation
import Synchronization
import Tokenizers
import Wire

/// The thread that words replies: those that are under way share each pass of the model, those that wait come in as there is
/// room, users in turn. Sleeps when there is nothing to do.
final class GenerationLane: Sendable {
    fileprivate struct State {
        var queue: LaneQueue<GenerationJob>
        /// One is taken from the queue, and there is no room for it yet.
        var isFirstWaiting = false
        var isSleeping = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var standing = Standing()
    }

    /// How the generator stands.
    fileprivate struct Standing {
        var running = 0
        var cachedTokens = 0
        var cachedBytes = 0
        var totals = GenerationTotals()
    }

    let model: LanguageModel
    private let limit: Int
    private let outbox: Outbox
    private let log: RequestLog
    private let state: Mutex<State>
    /// Rung when the thread sleeps and has something to do.
    private let bell = DispatchSemaphore(value: 0)
    private let steps = Atomic<Int>(0)

    /// - Parameter limit: how many replies may wait.
    init(_ model: LanguageModel, limit: Int, activity: Activity, outbox: Outbox, log: RequestLog) {
        self.model = model
        self.limit = limit
        self.outbox = outbox
        self.log = log
        state = Mutex(State(queue: LaneQueue(LaneTerms(limit: limit), activity)))
        let thread = Thread { [self] in serve() }
        thread.name = "generate"
        thread.start()
    }

    /// Puts a reply behind the others of its sender.
    ///
    /// - Returns: false when the queue is full or the lane is closed.
    func submit(_ job: GenerationJob) -> Bool {
        let (isAccepted, isSleeping) = state.withLock { state in
            let isAccepted =
                state.waiting < limit
                && state.queue.submit(job, work: job.work, from: job.ticket.sender, isBulk: false)
            return (isAccepted, isAccepted && state.wake())
        }
        if isSleeping { bell.signal() }
        return isAccepted
    }

    var waiting: Int { state.withLock { $0.waiting } }

    var pulse: Pulse {
        let isBusy = state.withLock { $0.queue.isBusy || $0.standing.running > 0 }
        return Pulse(isBusy: isBusy, steps: steps.load(ordering: .relaxed))
    }

    var status: SLMStatus {
        let (standing, waiting) = (state.withLock { $0.standing }, waiting)
        let totals = standing.totals
        return SLMStatus(
            model: SLMStatus.Model(
                name: model.name, architecture: model.architecture, precision: model.weightFormat,
                template: model.template?.rawValue, digest: nil, context: model.context),
            cache: SLMStatus.Cache(
                tokens: standing.cachedTokens, limitTokens: model.cacheTokens, bytes: standing.cachedBytes,
                limitBytes: model.cacheBytes),
            work: SLMStatus.Work(
                running: standing.running, waiting: waiting, generations: totals.finished,
                promptTokens: totals.promptTokens, cachedTokens: totals.cachedTokens,
                generatedTokens: totals.generatedTokens,
                promptTokensPerSecond: totals.promptTokensPerSecond,
                tokensPerSecond: totals.tokensPerSecond))
    }

    /// Takes no more, finishes what is under way and what waits, and returns when the thread has ended.
    func finish() async {
        if state.withLock({ state in
            state.queue.isOpen = false
            return state.wake()
        }) {
            bell.signal()
        }
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: On the thread

    private func serve() {
        let generator = Generator(model)
        var running: [GenerationID: GenerationJob] = [:]
        var first: GenerationJob?
        while true {
            while let job = first ?? next(isIdle: generator.isIdle) {
                first = nil
                if job.isOver {
                    refuse(job)
                } else if generator.hasRoom(for: job.request) {
                    running[generator.begin(job.request)] = job
                } else {
                    first = job
                    state.withLock { $0.isFirstWaiting = true }
                    break
                }
            }
            if generator.isIdle && first == nil { break }
            for job in takeOver() { refuse(job) }
            note(generator, isFirstWaiting: first != nil)
            for (id, job) in running where job.ticket.givenUp != nil { generator.cancel(id) }
            generator.step { event in
                switch event {
                case .text(let id, let text): stream(text, of: running[id])
                case .finished(let id, let result):
                    guard let job = running.removeValue(forKey: id) else { break }
                    answer(job, job.answer(result))
                }
            }
            steps.add(1, ordering: .relaxed)
            note(generator, isFirstWaiting: first != nil)
        }
        end()
    }

    /// The next job; nil when there is none and others are under way, or when the lane is closed. Sleeps while there is nothing
    /// to do.
    private func next(isIdle: Bool) -> GenerationJob? {
        while true {
            let (job, isAtEnd) = state.withLock { state in
                let job = state.queue.take(.front).first
                state.queue.finish(.front)
                let isAtEnd = job == nil && state.queue.isAtEnd(.front)
                if job == nil, isIdle, !isAtEnd { state.isSleeping = true }
                return (job, isAtEnd)
            }
            if job != nil || !isIdle || isAtEnd { return job }
            bell.wait()
        }
    }

    /// Those that wait and are over before they begin: they would keep others from waiting.
    private func takeOver() -> [GenerationJob] {
        state.withLock { state in state.queue.count == 0 ? [] : state.queue.removeAll(where: \.isOver) }
    }

    private func refuse(_ job: GenerationJob) {
        answer(job, job.ticket.givenUp.map { .failure($0) } ?? job.answer(.expired(job.request)))
    }

    private func note(_ generator: Generator, isFirstWaiting: Bool) {
        let standing = Standing(
            running: generator.count, cachedTokens: generator.cachedTokens,
            cachedBytes: generator.cachedBytes, totals: generator.totals)
        state.withLock { state in
            state.standing = standing
            state.isFirstWaiting = isFirstWaiting
        }
    }

    private func stream(_ text: Substring, of job: GenerationJob?) {
        guard let job, job.isStreamed, job.ticket.addUnsent(text) else { return }
        outbox.stream(job.ticket)
    }

    private func answer(_ job: GenerationJob, _ result: Result<GenerateResult, ErrorReply>) {
        log.finished(job.ticket, result.failure)
        outbox.send([(job.ticket, job.ticket.frame(result))], from: .normal)
    }

    private func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

extension GenerationLane.State {
    var waiting: Int { queue.count + (isFirstWaiting ? 1 : 0) }

    /// Whether the thread sleeps, which it does no more.
    fileprivate mutating func wake() -> Bool {
        defer { isSleeping = false }
        return isSleeping
    }
}
