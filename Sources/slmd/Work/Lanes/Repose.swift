import Synchronization

/// What is done once no thread has had work for a moment: then nobody waits for it, and nothing needs what the work took.
final class Repose: Sendable {
    private let working = Atomic<Int>(0)
    /// Whether any has worked since it was last done.
    private let isDue = Atomic<Bool>(false)
    private let act: @Sendable () -> Void

    init(_ act: @escaping @Sendable () -> Void) {
        self.act = act
    }

    /// A thread begins to work.
    func begin() {
        working.add(1, ordering: .sequentiallyConsistent)
        isDue.store(true, ordering: .sequentiallyConsistent)
    }

    /// A thread has no more work for now.
    func end() {
        working.subtract(1, ordering: .sequentiallyConsistent)
    }

    /// Called by a thread that has had no work for a moment. Of several that come to rest the last one acts: while another
    /// works that one will.
    func rest() {
        guard working.load(ordering: .sequentiallyConsistent) == 0,
            isDue.exchange(false, ordering: .sequentiallyConsistent)
        else { return }
        act()
    }
}
