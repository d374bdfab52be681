internal import Dispatch
internal import Synchronization

/// Looks at data that somebody else keeps, each on a thread of its own, and waits only so long: a disk may never answer.
///
/// Where one has not ended in time, no other is begun until it has: a disk that does not answer keeps as many threads as
/// were looking when it stopped.
final class DataLooks: Sendable {
    /// What is at a path does not answer.
    struct NoAnswer: Error, CustomStringConvertible {
        let path: String

        var description: String { "\(path): no answer within \(DataLooks.patience / .milliseconds(1)) ms" }
    }

    /// How long who asks waits: longer than a database takes to say that it is locked, see `RecordDatabase`, and less than a
    /// stop waits for who asked.
    static let patience = Duration.milliseconds(700)
    /// So many looks at one path may be under way for which nobody waits any more.
    private static let mostLeft = 8

    fileprivate struct Running {
        let begun: ContinuousClock.Instant
        var isLeft = false
    }

    /// Those under way at each path, by number.
    private let running = Mutex<[String: [Int: Running]]>([:])
    private let numbers = Atomic<Int>(0)

    /// Begins to look at the data at a path.
    ///
    /// - Parameter look: called on a thread of its own; it may end early when what it is handed says that nobody waits any more.
    /// - Returns: nil when what is there does not answer.
    func begin<Finding: Sendable>(
        at path: String, _ look: @escaping @Sendable (_ isLeft: () -> Bool) -> Finding
    ) -> DataLook<Finding>? {
        let number = numbers.add(1, ordering: .relaxed).newValue
        let now = ContinuousClock.now
        let stands = running.withLock { running in
            let others = running[path, default: [:]].values
            let stands =
                others.contains { now - $0.begun > Self.patience }
                || others.count { $0.isLeft } >= Self.mostLeft
            if !stands { running[path, default: [:]][number] = Running(begun: now) }
            return stands
        }
        guard !stands else { return nil }
        let begun = DataLook<Finding>(until: now + Self.patience) { [self] in leave(number, path) }
        NamedThread.begin("data") { [self] in
            begun.end(with: look { begun.isLeft })
            running.withLock { running in
                running[path]?[number] = nil
                if running[path]?.isEmpty == true { running[path] = nil }
            }
        }
        return begun
    }

    private func leave(_ number: Int, _ path: String) {
        running.withLock { $0[path]?[number]?.isLeft = true }
    }
}

/// A look that is under way, or over.
final class DataLook<Finding: Sendable>: Sendable {
    /// How often who waits looks whether it is to go on.
    private static var step: Duration { .milliseconds(10) }

    private let end: ContinuousClock.Instant
    private let leave: @Sendable () -> Void
    private let finding = Mutex<Finding?>(nil)
    private let isOver = DispatchSemaphore(value: 0)
    private let hasLeft = Atomic<Bool>(false)

    fileprivate init(until end: ContinuousClock.Instant, leave: @escaping @Sendable () -> Void) {
        self.end = end
        self.leave = leave
    }

    fileprivate var isLeft: Bool { hasLeft.load(ordering: .relaxed) }

    fileprivate func end(with finding: Finding) {
        self.finding.withLock { $0 = finding }
        isOver.signal()
    }

    /// Waits for what it finds; to be called once.
    ///
    /// - Parameter isGivenUp: asked now and then; once it is true nobody waits any more.
    /// - Returns: nil when it takes too long or is given up.
    func value(isGivenUp: () -> Bool = { false }) -> Finding? {
        while true {
            let left = max(end - .now, .zero)
            let next = DispatchTime.now() + .microseconds(Int(min(left, Self.step) / .microseconds(1)))
            if isOver.wait(timeout: next) == .success { return finding.withLock { $0 } }
            guard left > .zero, !isGivenUp() else { break }
        }
        hasLeft.store(true, ordering: .relaxed)
        leave()
        return nil
    }
}
