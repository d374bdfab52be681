internal import Dispatch
internal import Logging
internal import Storage
internal import Synchronization

/// Keeps what is said in sessions, without anybody waiting for it.
///
/// Turns wait in a bounded queue. A second after the first of them, or when there are many, all are written
/// in one commit; a kill loses those of that second at most. The archive follows the database: when a frame's
/// worth waits, or after a minute.
final class Conversations: Sendable {
    /// How long a turn waits for others.
    static let interval = DispatchTimeInterval.seconds(1)
    /// How long the database is ahead of the archive.
    private static let archiveInterval = DispatchTimeInterval.seconds(60)
    /// After a failure.
    private static let pause = DispatchTimeInterval.seconds(5)
    private static let house = DispatchTimeInterval.seconds(3600)
    /// After the start, which has better to do.
    private static let quiet = DispatchTimeInterval.seconds(10)
    /// For the archive at the end; the next start has the rest.
    private static let patience = Duration.milliseconds(500)
    private static let batch = 256
    private static let archiveBytes = 64 << 10
    private static let mostWaiting = (turns: 8192, bytes: 8 << 20)

    /// What is to be done about turns that were noted.
    private enum Due {
        case nothing
        case writing(isFirst: Bool, isFull: Bool)
        case handing(to: Conversations)
    }

    let owners: SessionOwners
    let speeches = Speeches()
    let archive: ConversationArchive
    private let log: EventLog
    private let policy: LearnedPolicy
    private let clock: WallClock
    private let logger: Logger
    private let queue: Mutex<TurnQueue>
    private let steps = Atomic<Int>(0)
    private let writer = SteadyQueue(label: "conversations")
    private let archivist = SteadyQueue(label: "archive")
    /// Ten times less of a busy processor than others get is still more than it needs.
    private let appending: ArchiveChore
    /// Seconds of a processor for a file.
    private let closing: ArchiveChore

    init(
        _ settings: ConversationSettings, directory: StateDirectory, log: EventLog, policy: LearnedPolicy,
        clock: WallClock, logger: Logger
    ) throws(StorageError) {
        owners = SessionOwners(try SessionDirectory(beside: log))
        archive = ConversationArchive(directory: directory.conversations, log: log, logger: logger)
        appending = ArchiveChore("append archive", niceness: 10, on: archivist)
        closing = ArchiveChore("close archive", niceness: 19, on: archivist)
        self.log = log
        self.policy = policy
        self.clock = clock
        self.logger = logger
        queue = Mutex(TurnQueue(settings))
        archivist.asyncAfter(Self.quiet) { [weak self] in self?.keepHouse() }
    }

    /// Notes turns to be written, but for those that were forgotten. Those for which there is no room are lost, and counted.
    ///
    /// - Complexity: O(turns); nothing is waited for.
    func record(_ turns: [SpokenTurnContent]) {
        guard !turns.isEmpty else { return }
        switch queue.withLock({ note(turns, in: &$0) }) {
        case .nothing: break
        case .writing(let isFirst, let isFull):
            if isFirst { write(in: Self.interval) }
            if isFull { writer.async { [weak self] in self?.write() } }
        case .handing(let successor): successor.inherit(turns.map(\.turn))
        }
    }

    private func note(_ spoken: [SpokenTurnContent], in queue: inout TurnQueue) -> Due {
        switch queue.phase {
        case .succeeded(let successor): return .handing(to: successor)
        case .closed: return .nothing
        case .open, .holding: guard queue.settings.isKept else { return .nothing }
        }
        // Looked at under the lock: whoever forgets something has what waits written after that, and erased.
        let turns = spoken.filter { $0.speech?.isForgotten != true }.map(\.turn)
        guard !turns.isEmpty else { return .nothing }
        owners.hold(queue.add(turns, most: Self.mostWaiting))
        guard queue.isOpen else { return .nothing }
        let isFull = queue.turns.count >= Self.batch && queue.fault == nil
        defer { queue.isFlushAsked = true }
        return .writing(
            isFirst: !queue.isFlushAsked, isFull: isFull && queue.turns.count - turns.count < Self.batch)
    }

    /// Writes what waits; when it returns, it is in the database, or the reason why not in the status.
    ///
    /// - Returns: that reason; nil when all is well.
    @discardableResult
    func flush() -> String? {
        writer.sync {
            write()
            return queue.withLock { $0.turns.isEmpty ? nil : $0.fault }
        }
    }

    /// Opens a session with turns that were said elsewhere; when it returns, they are in the database.
    ///
    /// - Returns: false, and nothing is kept, when the session is there.
    func open(_ session: String, with turns: [TurnContent]) throws(StorageError) -> Bool {
        let result = writer.sync {
            Result { () throws(StorageError) in
                guard try log.open(session, with: turns) else { return false }
                archiveSoon(turns)
                return true
            }
        }
        return try result.get()
    }

    /// Writes what waits, if turns of this session are among it.
    func flushTurns(of session: String) {
        if owners.isWaiting(session) { flush() }
    }

    /// Writes what waits, to the archive too. Nothing is noted any more.
    func close() {
        queue.withLock { $0.phase = .closed }
        flush()
        stopArchiving()
    }

    /// Like `close`, but that turns which are noted from now on wait for `handOver`.
    func hold() {
        flush()
        queue.withLock { $0.phase = .holding }
        writer.sync {}
        stopArchiving()
    }

    /// What waits, and what will still be noted, is for `successor` to keep.
    func handOver(to successor: Conversations) {
        let (turns, lost) = queue.withLock { queue in
            queue.phase = .succeeded(by: successor)
            defer { queue.lost = 0 }
            return (queue.takeAll(), queue.lost)
        }
        successor.queue.withLock { $0.lost += lost }
        successor.inherit(turns)
    }

    /// Notes turns that were said before its own time; what was another's session then, or is now, is lost.
    private func inherit(_ turns: [TurnContent]) {
        let mine = turns.filter { turn in
            // Whatever the reason, the turn is counted as lost.
            (try? owners.admit(Contributor(uid: turn.uid, pid: 0, session: turn.session))) != nil
        }
        queue.withLock { $0.lost += turns.count - mine.count }
        record(mine.map { ($0, nil) })
    }

    private func stopArchiving() {
        archive.stop()
        archivist.sync {
            keepingFault(of: .appending) { () throws(StorageError) in
                try archive.catchUp(today: today, within: Self.patience)
            }
        }
        appending.wait()
        closing.wait()
    }

    func use(_ settings: ConversationSettings) {
        queue.withLock { $0.settings = settings }
        archivist.async { [weak self] in
            guard let self, queue.withLock({ $0.isOpen }) else { return }
            removeOld()
        }
    }

    var status: ConversationStatus {
        queue.withLock { queue in
            ConversationStatus(
                isKept: queue.settings.isKept, waiting: queue.turns.count, lost: queue.lost,
                fault: queue.worst)
        }
    }

    /// Something is due when it has waited for twice the time it should.
    var pulse: WriterPulse {
        let isBusy = queue.withLock { queue in
            queue.isWriting
                || !queue.turns.isEmpty && !queue.isHolding
                    && ContinuousClock.now - queue.since > .seconds(2)
        }
        return WriterPulse(isBusy: isBusy, steps: steps.load(ordering: .relaxed))
    }

    /// Does what must not meet the writing of the archive.
    func withArchive<Value>(
        _ work: (ConversationArchive) throws(StorageError) -> Value
    ) throws(AssistantError) -> Value {
        let result = archivist.sync { Result { () throws(StorageError) in try work(archive) } }
        return try storing { () throws(StorageError) in try result.get() }
    }

    // MARK: On the writer's queue

    private func write(in time: DispatchTimeInterval) {
        writer.asyncAfter(time) { [weak self] in
            guard let self else { return }
            queue.withLock { $0.isFlushAsked = false }
            write()
        }
    }

    private func write() {
        let turns = queue.withLock { queue in
            guard !queue.isHolding else { return [TurnContent]() }
            queue.isWriting = !queue.turns.isEmpty
            return queue.turns
        }
        defer { steps.add(1, ordering: .relaxed) }
        guard !turns.isEmpty else { return }
        do throws(StorageError) {
            written(turns, kept: try log.append(turns))
        } catch {
            failed(error)
        }
    }

    private func written(_ turns: [TurnContent], kept: Int) {
        if turns.contains(where: { $0.outcome?.episodes.isEmpty == false }) { policy.follow() }
        queue.withLock { queue in
            owners.release(queue.takeFirst(turns.count))
            queue.lost += turns.count - kept
            (queue.since, queue.isWriting, queue.fault) = (.now, false, nil)
        }
        archiveSoon(turns)
    }

    /// - Parameter turns: which the database has from now on.
    private func archiveSoon(_ turns: [TurnContent]) {
        let (isDue, isFirst) = queue.withLock { queue in
            queue.unarchived += turns.reduce(0) { $0 + $1.bytes }
            defer { queue.isArchiveAsked = true }
            return (queue.unarchived >= Self.archiveBytes, !queue.isArchiveAsked)
        }
        if isDue {
            archivist.async { [weak self] in self?.catchUpIfOpen() }
        } else if isFirst {
            archivist.asyncAfter(Self.archiveInterval) { [weak self] in
                self?.catchUpIfOpen()
            }
        }
    }

    /// The turns wait for a better time, as many as there is room for.
    private func failed(_ error: StorageError) {
        let (isNew, isFirst) = queue.withLock { queue in
            defer { queue.fault = error.description }
            (queue.isWriting, queue.since) = (false, .now)
            if !error.isRetryable || !queue.isOpen {
                let turns = queue.takeAll()
                queue.lost += turns.count
                owners.release(turns)
            }
            let isFirst = !queue.isFlushAsked && !queue.turns.isEmpty
            if isFirst { queue.isFlushAsked = true }
            return (queue.fault != error.description, isFirst)
        }
        if isNew { logger.error("conversations not written", metadata: ["reason": "\(error)"]) }
        if isFirst { write(in: Self.pause) }
    }

    // MARK: The archive

    private var today: String { ArchivedTurn.day(clock.microseconds()) }

    /// Has the archive follow the database, and files that are over closed.
    private func catchUp() {
        appending.begin { [weak self] elsewhere in
            guard let self else { return }
            elsewhere { [self] in queue.withLock { ($0.unarchived, $0.isArchiveAsked) = (0, false) } }
            keepingFault(of: .appending, elsewhere) { () throws(StorageError) in
                try archive.catchUp(today: today, elsewhere: elsewhere)
            }
            elsewhere { [self] in
                steps.add(1, ordering: .relaxed)
                closeFiles()
            }
        }
    }

    private func closeFiles() {
        guard archive.hasFilesToClose else { return note(nil, of: .closing) }
        closing.begin { [weak self] elsewhere in
            guard let self else { return }
            keepingFault(of: .closing, elsewhere) { () throws(StorageError) in
                try archive.closeFiles(elsewhere: elsewhere)
            }
        }
    }

    /// Once an hour: removes what is too old, and has the file of yesterday closed.
    private func keepHouse() {
        guard queue.withLock({ $0.isOpen }) else { return }
        removeOld()
        catchUp()
        archivist.asyncAfter(Self.house) { [weak self] in self?.keepHouse() }
    }

    /// What was put off may come when the files are another state's.
    private func catchUpIfOpen() {
        guard queue.withLock({ $0.isOpen }) else { return }
        catchUp()
    }

    private func removeOld() {
        let oldest = Self.oldestKept(clock.microseconds(), days: queue.withLock { $0.settings.days })
        keepingFault(of: .removing) { () throws(StorageError) in
            let count = try log.removeTurns(before: oldest)
            try archive.remove(daysBefore: ArchivedTurn.day(oldest))
            if count > 0 { logger.info("old conversations removed", metadata: ["turns": "\(count)"]) }
        }
    }

    /// From when on turns are kept: whole days in UTC.
    ///
    /// - Parameter now: as the result in microseconds since 1970, UTC.
    static func oldestKept(_ now: Int64, days: Int) -> Int64 {
        let day: Int64 = 86_400 * 1_000_000
        return (now / day - Int64(days)) * day
    }

    /// - Parameter elsewhere: takes the lock that others wait for.
    private func keepingFault(
        of chore: TurnQueue.Chore, _ elsewhere: ConversationArchive.Elsewhere = { $0() },
        _ work: () throws(StorageError) -> Void
    ) {
        var fault: StorageError?
        do throws(StorageError) { try work() } catch { fault = error }
        elsewhere { [self, fault] in note(fault, of: chore) }
    }

    private func note(_ fault: StorageError?, of chore: TurnQueue.Chore) {
        let isNew = queue.withLock { queue in
            defer { queue.archiveFaults[chore] = fault?.description }
            return queue.archiveFaults[chore] != fault?.description
        }
        guard let fault, isNew else { return }
        logger.error("\(chore.failure)", metadata: ["reason": "\(fault)"])
    }
}
