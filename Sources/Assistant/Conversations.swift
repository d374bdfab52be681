internal import Dispatch
internal import Logging
internal import Storage
internal import Synchronization

/// Keeps what is said in sessions, without anybody waiting for it.
///
/// Turns wait in a bounded queue. A second after the first of them, or when there are many, all are written in one
/// commit; a kill loses those of that second at most. The archive follows the database: when a frame's worth waits, or
/// after a minute.
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
    private static let batch = 256
    private static let archiveBytes = 64 << 10
    private static let mostWaiting = (turns: 8192, bytes: 8 << 20)

    private struct Queue {
        var settings: ConversationSettings
        var turns: [TurnContent] = []
        var bytes = 0
        /// Since when the oldest has waited.
        var since = ContinuousClock.now
        var isFlushAsked = false
        var isWriting = false
        var lost = 0
        var fault: String?
        /// What the archive does not have yet.
        var unarchived = 0
        var isArchiveAsked = false
        var archiveFault: String?
        var isClosed = false

        mutating func add(_ turn: TurnContent, most: (turns: Int, bytes: Int)) {
            guard turns.count < most.turns, bytes + turn.bytes <= most.bytes else {
                lost += 1
                return
            }
            turns.append(turn)
            bytes += turn.bytes
        }
    }

    let owners: SessionOwners
    let archive: ConversationArchive
    private let log: EventLog
    private let clock: WallClock
    private let logger: Logger
    private let queue: Mutex<Queue>
    private let steps = Atomic<Int>(0)
    private let writer = DispatchQueue(label: "conversations")
    private let archivist = DispatchQueue(label: "archive")

    init(
        _ settings: ConversationSettings, directory: StateDirectory, log: EventLog, clock: WallClock,
        logger: Logger
    ) throws(StorageError) {
        owners = SessionOwners(try SessionDirectory(beside: log))
        archive = ConversationArchive(directory: directory.conversations, log: log, logger: logger)
        self.log = log
        self.clock = clock
        self.logger = logger
        queue = Mutex(Queue(settings: settings))
        archivist.asyncAfter(deadline: .now() + Self.quiet) { [weak self] in self?.keepHouse() }
    }

    /// Notes turns to be written. Those for which there is no room are lost, and counted.
    ///
    /// - Complexity: O(turns); nothing is waited for.
    func record(_ turns: [TurnContent]) {
        guard !turns.isEmpty else { return }
        let (isFirst, isFull) = queue.withLock { queue in
            guard queue.settings.isKept, !queue.isClosed else { return (false, false) }
            if queue.turns.isEmpty { queue.since = .now }
            for turn in turns { queue.add(turn, most: Self.mostWaiting) }
            let isFull = queue.turns.count >= Self.batch && queue.fault == nil
            defer { queue.isFlushAsked = true }
            return (!queue.isFlushAsked, isFull && queue.turns.count - turns.count < Self.batch)
        }
        if isFirst { write(in: Self.interval) }
        if isFull { writer.async { [weak self] in self?.write() } }
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

    /// Writes what waits, to the archive too. Nothing is noted any more.
    func close() {
        queue.withLock { $0.isClosed = true }
        flush()
        archive.stop()
        archivist.sync { catchUp() }
    }

    func use(_ settings: ConversationSettings) {
        queue.withLock { $0.settings = settings }
        archivist.async { [weak self] in
            guard let self, !queue.withLock({ $0.isClosed }) else { return }
            removeOld()
        }
    }

    var status: ConversationStatus {
        queue.withLock { queue in
            ConversationStatus(
                isKept: queue.settings.isKept, waiting: queue.turns.count, lost: queue.lost,
                fault: queue.fault ?? queue.archiveFault)
        }
    }

    /// Something is due when it has waited for twice the time it should.
    var pulse: WriterPulse {
        let isBusy = queue.withLock { queue in
            queue.isWriting || !queue.turns.isEmpty && ContinuousClock.now - queue.since > .seconds(2)
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
        writer.asyncAfter(deadline: .now() + time) { [weak self] in
            guard let self else { return }
            queue.withLock { $0.isFlushAsked = false }
            write()
        }
    }

    private func write() {
        let turns = queue.withLock { queue in
            queue.isWriting = !queue.turns.isEmpty
            return queue.turns
        }
        defer { steps.add(1, ordering: .relaxed) }
        guard !turns.isEmpty else { return }
        do throws(StorageError) {
            try log.append(turns)
            written(turns)
        } catch {
            failed(error)
        }
    }

    private func written(_ turns: [TurnContent]) {
        let (isDue, isFirst) = queue.withLock { queue in
            queue.turns.removeFirst(turns.count)
            queue.bytes -= turns.reduce(0) { $0 + $1.bytes }
            (queue.since, queue.isWriting, queue.fault) = (.now, false, nil)
            queue.unarchived += turns.reduce(0) { $0 + $1.bytes }
            defer { queue.isArchiveAsked = true }
            return (queue.unarchived >= Self.archiveBytes, !queue.isArchiveAsked)
        }
        if isDue {
            archivist.async { [weak self] in self?.catchUpIfOpen() }
        } else if isFirst {
            archivist.asyncAfter(deadline: .now() + Self.archiveInterval) { [weak self] in
                self?.catchUpIfOpen()
            }
        }
    }

    /// The turns wait for a better time, as many as there is room for.
    private func failed(_ error: StorageError) {
        let (isNew, isFirst) = queue.withLock { queue in
            defer { queue.fault = error.description }
            (queue.isWriting, queue.since) = (false, .now)
            if !error.isRetryable || queue.isClosed {
                queue.lost += queue.turns.count
                (queue.turns, queue.bytes) = ([], 0)
            }
            let isFirst = !queue.isFlushAsked && !queue.turns.isEmpty
            if isFirst { queue.isFlushAsked = true }
            return (queue.fault != error.description, isFirst)
        }
        if isNew { logger.error("conversations not written", metadata: ["reason": "\(error)"]) }
        if isFirst { write(in: Self.pause) }
    }

    // MARK: On the archive's queue

    private func catchUp() {
        queue.withLock { queue in (queue.unarchived, queue.isArchiveAsked) = (0, false) }
        keepingFault("archive of conversations not written") { () throws(StorageError) in
            try archive.catchUp(today: ArchivedTurn.day(clock.microseconds()))
        }
        steps.add(1, ordering: .relaxed)
    }

    /// Once an hour: removes what is too old, and closes the file of yesterday.
    private func keepHouse() {
        guard !queue.withLock({ $0.isClosed }) else { return }
        removeOld()
        catchUp()
        archivist.asyncAfter(deadline: .now() + Self.house) { [weak self] in self?.keepHouse() }
    }

    /// What was put off may come when the files are another state's.
    private func catchUpIfOpen() {
        guard !queue.withLock({ $0.isClosed }) else { return }
        catchUp()
    }

    private func removeOld() {
        let day: Int64 = 86_400 * 1_000_000
        let days = Int64(queue.withLock { $0.settings.days })
        let oldest = (clock.microseconds() / day - days) * day
        keepingFault("old conversations not removed") { () throws(StorageError) in
            let count = try log.removeTurns(before: oldest)
            try archive.remove(daysBefore: ArchivedTurn.day(oldest))
            if count > 0 { logger.info("old conversations removed", metadata: ["turns": "\(count)"]) }
        }
    }

    private func keepingFault(_ message: Logger.Message, _ work: () throws(StorageError) -> Void) {
        do throws(StorageError) {
            try work()
            queue.withLock { $0.archiveFault = nil }
        } catch {
            let isNew = queue.withLock { queue in
                defer { queue.archiveFault = error.description }
                return queue.archiveFault != error.description
            }
            if isNew { logger.error(message, metadata: ["reason": "\(error)"]) }
        }
    }
}
