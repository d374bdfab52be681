internal import Dispatch
internal import Storage
internal import Synchronization

/// Something about the archive that takes a processor for a while, done on a thread of its own that stands back for others:
/// nobody waits for it. What reads turns and writes files is done on the archive's queue: others wait for that.
/// At the end nobody waits for long either: once the archive is stopped it neither reads nor writes, and what it was at is
/// left as it was, for the next start.
final class ArchiveChore: Sendable {
    private let name: String
    private let niceness: Int32
    private let queue: SteadyQueue
    /// How often it was asked for since it rested. No lock: others would wait for a thread that stands back.
    private let asked = Atomic<Int>(0)
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
        guard asked.add(1, ordering: .acquiringAndReleasing).oldValue == 0 else { return }
        work.enter()
        NamedThread.begin(name, niceness: niceness) { [self] in
            var seen = 0
            repeat {
                seen = asked.load(ordering: .acquiring)
                body(onQueue)
            } while !asked.compareExchange(expected: seen, desired: 0, ordering: .acquiringAndReleasing)
                .exchanged
            work.leave()
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
