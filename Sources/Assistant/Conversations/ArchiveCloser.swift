internal import Dispatch
internal import Storage
internal import Synchronization

/// Closes files of the archive on a thread of its own that stands back for all others: each takes seconds of
/// a processor, and nobody waits for it. What reads turns and writes files is done on the archive's queue:
/// others wait for that. At the end nobody waits for long either: once the archive is stopped it neither
/// reads nor writes, and what it was at is left as it was, for the next start to close.
final class ArchiveCloser: Sendable {
    private let archive: ConversationArchive
    private let queue: SteadyQueue
    private let isAtWork = Atomic<Bool>(false)
    private let work = DispatchGroup()
    /// For the piece of a file that it is at; on a busy machine that may take seconds.
    private static let patience = DispatchTimeInterval.milliseconds(200)

    init(_ archive: ConversationArchive, on queue: SteadyQueue) {
        self.archive = archive
        self.queue = queue
    }

    /// Begins to close files, if there are any and it is not at work already. To be called on the archive's
    /// queue.
    ///
    /// - Parameter done: called at the end, or at once where there is none, with what failed, on that queue.
    func begin(done: @escaping @Sendable (StorageError?) -> Void) {
        guard archive.hasFilesToClose else { return done(nil) }
        guard !isAtWork.exchange(true, ordering: .relaxed) else { return }
        work.enter()
        NamedThread.begin("close archive", niceness: 19) { [self] in
            let result = Result { () throws(StorageError) in try archive.closeFiles(elsewhere: onQueue) }
            isAtWork.store(false, ordering: .relaxed)
            queue.async { done(result.failure) }
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

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
