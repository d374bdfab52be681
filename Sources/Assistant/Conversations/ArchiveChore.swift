internal import Dispatch
internal import Storage
internal import Synchronization

/// Something about the archive that takes a processor for a while, done on a thread of its own that stands back for others:
/// nobody waits for it. What reads turns and writes files is done on the archive's queue: others wait for that.
/// At the end nobody waits for long either: once the archive is stopped it neither reads nor writes, and what it was at is
/// left as it was, for the next start.
final class ArchiveChore: Sendable {
    private enum Phase {
        case resting, atWork
        /// And asked for once more meanwhile.
        case atWorkAndAsked
    }

    private let name: String
    private let niceness: Int32
    private let queue: SteadyQueue
    private let phase = Mutex(Phase.resting)
    private let work = DispatchGroup()
    /// For the piece that it is at; on a busy machine that may take seconds.
    private static let patience = DispatchTimeInterval.milliseconds(200)

    /// - Parameters:
    ///   - name: of its thread, see `NamedThread`.
    ///   - niceness: how far it stands back, see sched(7).
    ///   - queue: the archive's.
    init(_ name: String, niceness: Int32, on queue: SteadyQueue) {
        (self.name, self.niceness, self.queue) = (name, niceness, queue)
    }

    /// Has it done; where it is being done, once more after that.
    ///
    /// - Parameter body: always the same.
    func begin(_ body: @escaping @Sendable (@escaping ConversationArchive.Elsewhere) -> Void) {
        let isResting = phase.withLock { phase in
            defer { phase = phase == .resting ? .atWork : .atWorkAndAsked }
            return phase == .resting
        }
        guard isResting else { return }
        work.enter()
        NamedThread.begin(name, niceness: niceness) { [self] in
            repeat { body(onQueue) } while isAskedAgain()
            work.leave()
        }
    }

    private func isAskedAgain() -> Bool {
        phase.withLock { phase in
            let isAsked = phase == .atWorkAndAsked
            phase = isAsked ? .atWork : .resting
            return isAsked
        }
    }

    /// Gives it a moment to end; the archive must have been stopped.
    func wait() {
        _ = work.wait(timeout: .now() + Self.patience)
    }

    /// Not `sync`: that would do the work on this thread.
    private func onQueue(_ body: @escaping @Sendable () -> Void) {
        let isDone = DispatchSemaphore(value: 0)
        queue.async {
            body()
            isDone.signal()
        }
        isDone.wait()
    }
}
