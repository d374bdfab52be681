internal import Dispatch
internal import Foundation
internal import Storage
internal import Synchronization

/// Closes files of the archive on a thread of its own that stands back for all others: each takes seconds of
/// a processor, and nobody waits for it. What reads turns and writes files is done on the archive's queue:
/// others wait for that.
final class ArchiveCloser: Sendable {
    private let archive: ConversationArchive
    private let queue: DispatchQueue
    private let isAtWork = Atomic<Bool>(false)
    private let work = DispatchGroup()

    init(_ archive: ConversationArchive, on queue: DispatchQueue) {
        self.archive = archive
        self.queue = queue
    }

    /// Begins to close files, if there are any and it is not at work already.
    ///
    /// - Parameter done: called at the end with what failed, on the archive's queue.
    func begin(done: @escaping @Sendable (StorageError?) -> Void) {
        guard archive.hasFilesToClose, !isAtWork.exchange(true, ordering: .relaxed) else { return }
        work.enter()
        let thread = Thread { [self] in
            Niceness.raise(to: 19)
            let result = Result { () throws(StorageError) in try archive.closeFiles(elsewhere: onQueue) }
            isAtWork.store(false, ordering: .relaxed)
            queue.async { done(result.failure) }
            work.leave()
        }
        thread.name = "close archive"
        thread.start()
    }

    /// Returns when it is no more at work; the archive must have been stopped.
    func wait() {
        work.wait()
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
