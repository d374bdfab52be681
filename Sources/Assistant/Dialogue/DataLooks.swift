internal import Dispatch
internal import Synchronization

/// Looks at data that somebody else keeps, on threads of their own, and waits for a disk only so long: it may never answer.
///
/// One thread looks at a time for all who ask the same. Who asks while it does shares what the next look finds, which is as
/// new as his question. Where a disk does not answer, who asks later is told so at once; now and then, and ever more seldom, one
/// look tries again.
final class DataLooks<Question: Hashable & Sendable, Finding: Sendable>: Sendable {
    private typealias Look = DataLook<Finding>

    /// Of those who ask one thing.
    private struct Line {
        let thread: Int
        var waiting: [Look]
    }

    private struct State {
        var lines: [Question: Line] = [:]
        /// Threads at each path by number, and since when each has waited for the disk: 0 while it does not, and until it has
        /// begun, when it should have.
        var threads: [String: [Int: UInt64]] = [:]
        var begun = 0
    }

    private enum Admission {
        case joined, refused
        case begins(thread: Int)
    }

    private let patience: UInt64
    private let respite: UInt64
    private let path: @Sendable (Question) -> String
    private let look: @Sendable (Question, Looking) -> Finding
    /// Locked by the starter alone: who asks, and who looks, may stand back for others.
    private let state = Mutex(State())

    /// - Parameters:
    ///   - patience: how long a disk is waited for.
    ///   - respite: how long after the first look that hangs another tries; twice as long after each.
    ///   - path: where a question looks.
    ///   - look: answers a question; called on a thread that stands back a little.
    init(
        patience: Duration = DataPatience.usual, respite: Duration = DataPatience.respite,
        path: @escaping @Sendable (Question) -> String,
        look: @escaping @Sendable (Question, Looking) -> Finding
    ) {
        self.patience = UInt64(patience / .nanoseconds(1))
        self.respite = UInt64(respite / .nanoseconds(1))
        self.path = path
        self.look = look
    }

    /// Begins to look for who asks.
    func begin(_ question: Question) -> DataLook<Finding> {
        let look = Look(patience: patience)
        SteadyQueue.starter.run { [self] in
            let path = path(question)
            switch state.withLock({ admit(look, question, path, &$0) }) {
            case .joined: break
            case .refused: look.end(with: nil)
            case .begins(let thread):
                NamedThread.begin("data", niceness: DataPatience.niceness) { [self] in
                    serve(question, path, thread)
                }
            }
        }
        return look
    }

    private func hangs(_ since: UInt64, _ now: UInt64) -> Bool { since > 0 && now >= since + patience }

    // MARK: On the thread that begins others

    private func admit(
        _ look: Look, _ question: Question, _ path: String, _ state: inout State
    ) -> Admission {
        let now = DispatchTime.now().uptimeNanoseconds
        let threads = state.threads[path, default: [:]]
        if let line = state.lines[question], let since = threads[line.thread], !hangs(since, now) {
            look.wait(since: since)
            state.lines[question]?.waiting.append(look)
            return .joined
        }
        let hanging = threads.values.filter { hangs($0, now) }
        if let last = hanging.max() {
            let pause = respite << UInt64(min(hanging.count, 20) - 1)
            // One at a time tries again.
            guard hanging.count == threads.count, now >= last + pause else { return .refused }
        }
        guard threads.count - hanging.count < DataPatience.mostAtOnce else { return .refused }
        state.begun += 1
        let beginning = now + DataPatience.beginning
        look.wait(since: beginning)
        state.threads[path, default: [:]][state.begun] = beginning
        // Who waited for one that hangs knows by the time.
        state.lines[question] = Line(thread: state.begun, waiting: [look])
        return .begins(thread: state.begun)
    }

    /// Who waits for the next look; nil, and the thread is to end, when nobody does.
    private func takeAsked(
        _ question: Question, _ path: String, _ thread: Int, _ state: inout State
    ) -> [Look]? {
        // Else another took over while this one was hanging.
        let isOwn = state.lines[question]?.thread == thread
        let asked = isOwn ? state.lines[question]?.waiting.filter { !$0.isLeft } : nil
        guard let asked, !asked.isEmpty else {
            if isOwn { state.lines[question] = nil }
            state.threads[path]?[thread] = nil
            if state.threads[path]?.isEmpty == true { state.threads[path] = nil }
            return nil
        }
        state.lines[question]?.waiting = []
        let now = DispatchTime.now().uptimeNanoseconds
        state.threads[path]?[thread] = now
        for look in asked { look.wait(since: now) }
        return asked
    }

    private func note(
        _ step: Looking.Step, of asked: [Look], _ question: Question, _ path: String, _ thread: Int,
        _ state: inout State
    ) {
        let now = DispatchTime.now().uptimeNanoseconds
        let since = step == .isDone ? 0 : now
        let line = state.lines[question]
        for look in asked + (line?.thread == thread ? line?.waiting ?? [] : []) { look.wait(since: since) }
        guard state.threads[path]?[thread] != nil else { return }
        state.threads[path]?[thread] = since
        // What hangs from before may hang for ever, though the disk, or another in its place, answers.
        state.threads[path] = state.threads[path]?.filter { $0.key >= thread || !hangs($0.value, now) }
    }

    // MARK: On the threads that look

    private func serve(_ question: Question, _ path: String, _ thread: Int) {
        while let asked = next(question, path, thread) {
            let looking = Looking(
                isLeft: { asked.allSatisfy(\.isLeft) },
                disk: { [self] step in
                    SteadyQueue.starter.run { [self] in
                        state.withLock { note(step, of: asked, question, path, thread, &$0) }
                    }
                })
            let finding = look(question, looking)
            SteadyQueue.starter.run { [self] in
                state.withLock { note(.isDone, of: asked, question, path, thread, &$0) }
                for look in asked { look.end(with: finding) }
            }
        }
    }

    private func next(_ question: Question, _ path: String, _ thread: Int) -> [Look]? {
        let asked = Mutex<[Look]?>(nil)
        let isTaken = DispatchSemaphore(value: 0)
        SteadyQueue.starter.run { [self] in
            let taken = state.withLock { takeAsked(question, path, thread, &$0) }
            asked.withLock { $0 = taken }
            isTaken.signal()
        }
        isTaken.wait()
        return asked.withLock { $0 }
    }
}

enum DataPatience {
    /// Longer than a database takes to say that it is locked, see `RecordDatabase`.
    static let usual = Duration.milliseconds(700)
    /// How long after the first look that hangs another tries.
    static let respite = Duration.seconds(10)
    /// A thread should have begun after so many nanoseconds, on the busiest machine.
    static let beginning: UInt64 = 10_000_000_000
    /// Threads at one path that do not hang: more than all queries of a task file, which a status asks at once.
    static let mostAtOnce = 256
    /// Of the threads that look, see sched(7): a large file may take them a while.
    static let niceness: Int32 = 10

    /// What is at a path does not answer.
    struct NoAnswer: Error, CustomStringConvertible {
        let path: String

        var description: String { "\(path): no answer within \(usual / .milliseconds(1)) ms" }
    }
}

/// What a look tells of itself, and is told.
struct Looking {
    enum Step {
        /// The disk has answered, and is asked again.
        case goesOn
        /// It is asked no more: what is done from then on takes its time.
        case isDone
    }

    /// Whether nobody waits for it any more.
    let isLeft: () -> Bool
    /// To be called as the disk gets on.
    let disk: (Step) -> Void
}

/// What one who asks waits for.
final class DataLook<Finding: Sendable>: Sendable {
    /// How often he sees whether it is to go on.
    private static var step: DispatchTimeInterval { .milliseconds(10) }

    private let patience: UInt64
    private let finding = Mutex<Finding?>(nil)
    private let isOver = DispatchSemaphore(value: 0)
    private let hasLeft = Atomic<Bool>(false)
    /// Since when the disk has been waited for, 0 while it is not.
    private let since = Atomic<UInt64>(0)

    fileprivate init(patience: UInt64) { self.patience = patience }

    /// Waits for what it finds; to be called once.
    ///
    /// - Parameter isGivenUp: asked now and then; once it is true nobody waits any more.
    /// - Returns: nil when the disk does not answer, or it is given up.
    func value(isGivenUp: () -> Bool = { false }) -> Finding? {
        while isOver.wait(timeout: .now() + Self.step) == .timedOut {
            // The time first: who is stopped in between must not find the disk late.
            let now = DispatchTime.now().uptimeNanoseconds
            let since = since.load(ordering: .relaxed)
            guard since > 0 && now >= since + patience || isGivenUp() else { continue }
            hasLeft.store(true, ordering: .relaxed)
            return nil
        }
        return finding.withLock { $0 }
    }

    fileprivate var isLeft: Bool { hasLeft.load(ordering: .relaxed) }

    fileprivate func wait(since time: UInt64) { since.store(time, ordering: .relaxed) }

    fileprivate func end(with finding: Finding?) {
        self.finding.withLock { $0 = finding }
        isOver.signal()
    }
}
