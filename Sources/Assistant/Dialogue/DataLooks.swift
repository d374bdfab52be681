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
        /// Its thread's.
        let number: Int
        var waiting: [Look]
    }

    private struct State {
        var lines: [Question: Line] = [:]
        /// Threads at each path by number, and since when each has waited for the disk: 0 where it does not.
        var threads: [String: [Int: UInt64]] = [:]
        var begun = 0
    }

    private let patience: UInt64
    private let path: @Sendable (Question) -> String
    private let look: @Sendable (Question, Looking) -> Finding
    /// Never locked by who asks, for he may stand back for all others: they would wait for him.
    private let state = Mutex(State())

    /// - Parameters:
    ///   - patience: how long a disk is waited for.
    ///   - path: where a question looks.
    ///   - look: answers a question; called on a thread that stands back a little.
    init(
        patience: Duration = DataPatience.usual, path: @escaping @Sendable (Question) -> String,
        look: @escaping @Sendable (Question, Looking) -> Finding
    ) {
        self.patience = UInt64(patience / .nanoseconds(1))
        self.path = path
        self.look = look
    }

    /// Begins to look for who asks.
    func begin(_ question: Question) -> DataLook<Finding> {
        let look = Look(patience: patience)
        SteadyQueue.starter.run { [self] in admit(look, question) }
        return look
    }

    // MARK: On the thread that begins others

    private func admit(_ look: Look, _ question: Question) {
        let path = path(question)
        let (isRefused, thread): (Bool, Int?) = state.withLock { state in
            let threads = state.threads[path, default: [:]]
            let now = DispatchTime.now().uptimeNanoseconds
            let hanging = threads.values.filter { $0 > 0 && now >= $0 + patience }
            if let last = hanging.max() {
                let pause = DataPatience.respite << UInt64(min(hanging.count, 20) - 1)
                if now < last + pause { return (true, nil) }
            } else if let line = state.lines[question] {
                look.wait(since: threads[line.number] ?? 0)
                state.lines[question]?.waiting.append(look)
                return (false, nil)
            }
            guard threads.count - hanging.count < DataPatience.mostAtOnce else { return (true, nil) }
            state.begun += 1
            state.lines[question] = Line(number: state.begun, waiting: [look])
            state.threads[path, default: [:]][state.begun] = 0
            return (false, state.begun)
        }
        if isRefused { return look.end(with: nil) }
        guard let thread else { return }
        NamedThread.begin("data", niceness: DataPatience.niceness) { [self] in serve(question, path, thread) }
    }

    // MARK: On the threads that look

    private func serve(_ question: Question, _ path: String, _ thread: Int) {
        while let asked = takeAsked(question, path, thread) {
            let looking = Looking(
                isLeft: { asked.allSatisfy(\.isLeft) },
                answered: { [self] in answered(asked, question, path, thread) })
            let finding = look(question, looking)
            answered(asked, question, path, thread)
            for look in asked { look.end(with: finding) }
        }
    }

    /// Who waits for the next look; nil, and the thread is to end, when nobody does.
    private func takeAsked(_ question: Question, _ path: String, _ thread: Int) -> [Look]? {
        state.withLock { state in
            // Else another took over while this one was hanging.
            let isOwn = state.lines[question]?.number == thread
            if isOwn, let asked = state.lines[question]?.waiting.filter({ !$0.isLeft }), !asked.isEmpty {
                state.lines[question]?.waiting = []
                let now = DispatchTime.now().uptimeNanoseconds
                state.threads[path]?[thread] = now
                for look in asked { look.wait(since: now) }
                return asked
            }
            if isOwn { state.lines[question] = nil }
            state.threads[path]?[thread] = nil
            if state.threads[path]?.isEmpty == true { state.threads[path] = nil }
            return nil
        }
    }

    /// The disk has answered; who waits goes on waiting for what is made of it.
    private func answered(_ asked: [Look], _ question: Question, _ path: String, _ thread: Int) {
        state.withLock { state in
            state.threads[path]?[thread] = 0
            let line = state.lines[question]
            for look in asked + (line?.number == thread ? line?.waiting ?? [] : []) { look.wait(since: 0) }
        }
    }
}

enum DataPatience {
    /// Longer than a database takes to say that it is locked, see `RecordDatabase`.
    static let usual = Duration.milliseconds(700)
    /// How long after the first look that hangs another tries, in nanoseconds; twice as long after each.
    static let respite: UInt64 = 10_000_000_000
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
    /// Whether nobody waits for it any more.
    let isLeft: () -> Bool
    /// To be called once the disk has answered: what is done from then on takes its time.
    let answered: () -> Void
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
            let since = since.load(ordering: .relaxed)
            let isLate = since > 0 && DispatchTime.now().uptimeNanoseconds >= since + patience
            if isLate || isGivenUp() {
                hasLeft.store(true, ordering: .relaxed)
                return nil
            }
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
