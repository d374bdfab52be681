internal import Dispatch
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

/// The examples that count now by their nearness: read from the log before they are wanted, or when they are,
/// and kept up with what is taught.
final class TaughtExamples: Sendable {
    private struct State {
        var index: ExampleIndex?
        /// How often what was read held no more.
        var changes = 0
    }

    private let log: EventLog
    private let state = Mutex(State())
    /// Held while they are read, by one at a time; lessons go on.
    private let reading = Mutex(())

    init(log: EventLog) { self.log = log }

    /// Looks at them. Soon after a start, and after a change of the past or of the intents, they are read
    /// from the log first: some 10 µs each.
    func look<Value>(_ body: (ExampleIndex) -> Value) throws(StorageError) -> Value {
        if state.withLock({ $0.index == nil }) { _ = try prepare() }
        return try state.withLock { state throws(StorageError) in
            if let index = state.index { return body(index) }
            // Changed on the way: this time nobody can.
            let read = try log.examples(in: try log.plan())
            state.index = read
            return body(read)
        }
    }

    /// Adds a lesson, unless they are to be read from the log anyway.
    func follow(_ example: Example, from source: ExampleIndex.Source) {
        state.withLock { $0.index?.follow(example.features, intent: example.intent, from: source) }
    }

    /// Has them read anew when they are wanted next.
    func drop() {
        state.withLock { state in
            state.index = nil
            state.changes += 1
        }
    }

    /// Reads them unless that was done. Nobody waits meanwhile but who wants them, and who reads the log too,
    /// for a page of it.
    ///
    /// - Returns: how many there are; nil when they were read by another, or changed on the way.
    /// - Complexity: some 10 µs each; never more than the index holds, 7 MB, in memory.
    func prepare() throws(StorageError) -> Int? {
        try reading.withLock { _ throws(StorageError) in
            let changes = state.withLock { $0.index == nil ? $0.changes : nil }
            guard let changes else { return nil }
            let plan = try log.plan()
            return try install(try log.examples(in: plan), of: plan, ifStill: changes)
        }
    }

    /// Puts what was read in force, with what was taught since then.
    private func install(
        _ index: ExampleIndex, of plan: ReplayPlan, ifStill changes: Int
    ) throws(StorageError) -> Int? {
        try state.withLock { state throws(StorageError) in
            guard state.changes == changes else { return nil }
            let now = try log.plan()
            guard now.passes(plan.end) else { return nil }
            let whole = try log.examples(in: now.after(plan.end), after: index)
            state.index = whole
            return whole.count
        }
    }
}

extension LocalAssistant {
    /// Fewer are read when they are wanted: that takes less than 20 ms.
    private static let fewExamples = 2000

    /// Returns when the examples that a guarded lesson is compared with are there. Soon after a start that
    /// takes as long as they are read; whoever asks for the status or an explanation meanwhile waits for the
    /// learner, which is not held here.
    func awaitExamples() {
        _ = try? examples.prepare()  // who looks at them tries again, and is told
    }

    /// Has many examples read after a start, off the way of replies: the first look at them need not wait for
    /// that.
    func prepareExamples(beyond few: Int = fewExamples) {
        guard snapshot().intents.reduce(0, { $0 + $1.examples }) > few else { return }
        // The assistant may go meanwhile.
        examplesQueue.async { [examples, logger] in
            let start = ContinuousClock.now
            do throws(StorageError) {
                guard let count = try examples.prepare() else { return }
                let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
                logger.info(
                    "nearest examples read",
                    metadata: ["examples": "\(count)", "milliseconds": "\(Int(milliseconds))"])
            } catch .stateExchanged {
                return
            } catch {
                logger.warning("nearest examples not read yet", metadata: ["reason": "\(error)"])
            }
        }
    }
}
