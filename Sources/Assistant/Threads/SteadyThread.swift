internal import Dispatch
internal import Synchronization

/// Does what threads that stand back hand it, and does not stand back itself: begins a thread for them, or takes a lock that
/// others wait for.
///
/// No queue can: where it needs a thread, whoever is calling begins it, and hands on how he stands to others. All that
/// the process does on queues would from then on wait for a machine at rest. Handing over takes no lock of ours: one that
/// stands back may be stopped at any place, and others hand over meanwhile.
@safe
public final class SteadyThread: Sendable {
    /// A job that waits. Whoever hands it over alone has it until it is in the list, and then who takes it out.
    @safe
    private final class Link: @unchecked Sendable {
        let job: @Sendable () -> Void
        /// What was handed over before it.
        var earlier: Unmanaged<Link>?

        init(_ job: @escaping @Sendable () -> Void) { self.job = job }
    }

    /// What was handed over last; each of the list is held once.
    private let newest = unsafe Atomic<Unmanaged<Link>?>(nil)
    private let isOpen = Atomic<Bool>(true)
    private let bell = DispatchSemaphore(value: 0)

    /// It stands to others as the caller does.
    ///
    /// - Parameter name: at most 15 bytes.
    public init(name: String) {
        NamedThread.begin(name) { [self] in
            while let jobs = next() {
                for job in jobs { job() }
            }
        }
    }

    deinit { _ = takeAll() }

    /// Has `job` called by the thread, after those before it.
    public func run(_ job: @escaping @Sendable () -> Void) {
        let link = Link(job)
        let held = unsafe Unmanaged.passRetained(link)
        var isNewest = false
        var earlier = unsafe newest.load(ordering: .relaxed)
        while !isNewest {
            unsafe link.earlier = earlier
            unsafe (isNewest, earlier) = newest.weakCompareExchange(
                expected: earlier, desired: held, successOrdering: .releasing, failureOrdering: .relaxed)
        }
        bell.signal()
    }

    /// Ends the thread when what it has is done.
    public func end() {
        isOpen.store(false, ordering: .releasing)
        bell.signal()
    }

    /// Sleeps until there are some; nil when it is to end.
    private func next() -> [@Sendable () -> Void]? {
        while true {
            let isLast = !isOpen.load(ordering: .acquiring)
            let jobs = takeAll()
            if !jobs.isEmpty { return jobs }
            if isLast { return nil }
            bell.wait()
        }
    }

    /// The first first.
    private func takeAll() -> [@Sendable () -> Void] {
        var jobs: [@Sendable () -> Void] = []
        var last = unsafe newest.exchange(nil, ordering: .acquiring)
        while let link = unsafe last?.takeRetainedValue() {
            jobs.append(link.job)
            unsafe last = link.earlier
        }
        return jobs.reversed()
    }
}
