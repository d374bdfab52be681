import Assistant
import Dispatch
import Generation
import Synchronization
import Tokenizers
import Wire

/// The thread that words replies: those that are under way share each pass of the model, and clients share the places there.
/// Sleeps when there is nothing to do.
final class GenerationLane: Sendable {
    fileprivate struct State {
        var queue: LaneQueue<GenerationJob>
        var isSleeping = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var standing = Standing()
    }

    /// How the generator stands.
    fileprivate struct Standing {
        var running = 0
        var standingBack = 0
        var cachedTokens = 0
        var cachedBytes = 0
        var totals = GenerationTotals()
    }

    let model: LanguageModel
    private let repose: Repose
    private let outbox: Outbox
    private let log: RequestLog
    private let state: Mutex<State>
    /// Rung when the thread sleeps and has something to do.
    private let bell = DispatchSemaphore(value: 0)
    private let steps = Atomic<Int>(0)

    /// - Parameters:
    ///   - limit: how many replies may wait.
    ///   - repose: shared by all lanes.
    init(
        _ model: LanguageModel, limit: Int, activity: Activity, repose: Repose, outbox: Outbox,
        log: RequestLog
    ) {
        self.model = model
        self.repose = repose
        self.outbox = outbox
        self.log = log
        state = Mutex(State(queue: LaneQueue(LaneTerms(limit: limit), activity)))
        NamedThread.begin("generate") { [self] in serve() }
    }

    /// Puts a reply behind the others of its sender.
    ///
    /// - Returns: false when the queue is full or the lane is closed.
    func submit(_ job: GenerationJob) -> Bool {
        let (isAccepted, isSleeping) = state.withLock { state in
            let isAccepted = state.queue.submit(
                job, work: job.work, from: job.ticket.sender, isBulk: false)
            return (isAccepted, isAccepted && state.wake())
        }
        if isSleeping { bell.signal() }
        return isAccepted
    }

    var waiting: Int { state.withLock { $0.waiting } }

    var pulse: Pulse {
        let isBusy = state.withLock { $0.standing.running + $0.waiting > 0 }
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
        repose.begin()
        defer { repose.end() }
        var admission = ReplyAdmission(Generator(model))
        while hasWork(admission.generator) {
            for job in takeOver() { refuse(job) }
            admit(&admission)
            note(admission.generator)
            admission.cancelUnwanted()
            admission.generator.step { event in
                switch event {
                case .text(let id, let text): pass(text, to: admission.jobs[id])
                case .finished(let id, let result):
                    if let job = admission.finish(id) { answer(job, result) }
                }
            }
            steps.add(1, ordering: .relaxed)
            note(admission.generator)
        }
        end()
    }

    /// Sleeps while there is nothing to do; false when there is not and the lane is closed.
    private func hasWork(_ generator: Generator) -> Bool {
        guard generator.isIdle else { return true }
        repose.end()
        defer { repose.begin() }
        var hasRested = false
        while true {
            let (hasWork, isAtEnd) = state.withLock { state in
                let hasWork = state.queue.count > 0
                if !hasWork { state.queue.forgetDebts() }
                state.isSleeping = !hasWork && state.queue.isOpen
                return (hasWork, !hasWork && !state.queue.isOpen)
            }
            if hasWork || isAtEnd { return hasWork }
            // Whoever finds it asleep rings once, and later than that.
            if !hasRested, bell.wait(timeout: .now() + Lane<GenerationJob>.pause) == .timedOut {
                repose.rest()
                hasRested = true
            }
            if hasRested { bell.wait() }
        }
    }

    private func admit(_ admission: inout ReplyAdmission) {
        while let next = admission.next(of: state.withLock { $0.queue.heads }) {
            switch next {
            case .standingBack(let id, _): admission.generator.goOn(id)
            case .new(let job):
                let taken = state.withLock { $0.queue.take(of: job.ticket.sender) }
                if let taken { admission.begin(taken) }
            }
        }
    }

    /// Those that wait and are over before they begin: they would keep others from waiting.
    private func takeOver() -> [GenerationJob] {
        state.withLock { state in state.queue.count == 0 ? [] : state.queue.removeAll(where: \.isOver) }
    }

    private func refuse(_ job: GenerationJob) {
        answer(job, .expired(job.request))
    }

    private func note(_ generator: Generator) {
        let standing = Standing(
            running: generator.count, standingBack: generator.waiting.count,
            cachedTokens: generator.cachedTokens,
            cachedBytes: generator.cachedBytes, totals: generator.totals)
        state.withLock { $0.standing = standing }
    }

    private func pass(_ text: Substring, to job: GenerationJob?) {
        guard let job else { return }
        switch job.use {
        case .text(let isStreamed, _):
            if isStreamed, job.ticket.addUnsent(text) { outbox.stream(job.ticket) }
        case .answer(let reply):
            for delta in reply.take(text, for: job.ticket) { outbox.send(delta, for: job.ticket) }
        }
    }

    private func answer(_ job: GenerationJob, _ result: GenerationResult) {
        let (sentences, frame, failure) =
            job.ticket.givenUp.map { ([], job.ticket.frame($0), $0) } ?? job.finish(result)
        for sentence in sentences { outbox.send(sentence, for: job.ticket) }
        log.finished(job.ticket, failure)
        outbox.send([(job.ticket, frame)], from: .normal)
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
    var waiting: Int { queue.count + standing.standingBack }

    /// Whether the thread sleeps, which it does no more.
    fileprivate mutating func wake() -> Bool {
        defer { isSleeping = false }
        return isSleeping
    }
}
