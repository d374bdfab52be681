import CKernels
import Synchronization

/// The threads all arithmetic runs on. They spin for some tens of microseconds between runs, then sleep, so
/// an idle pool uses no processor time.
@safe public final class ComputePool: @unchecked Sendable {
    // @unchecked: the pool is only entered under `running`, or from inside a run by its own members.
    private let pool: OpaquePointer
    private let running = Mutex(())

    /// Members of a run, the caller included.
    public let threads: Int

    /// Starts `threads - 1` threads; fewer when the system refuses more.
    ///
    /// - Parameter threads: from 1 to 64.
    public init(threads: Int) {
        precondition((1...64).contains(threads), "a pool has 1 to 64 threads, not \(threads)")
        unsafe pool = slmd_pool_create(Int32(threads))
        self.threads = unsafe Int(slmd_pool_threads(pool))
    }

    deinit {
        unsafe slmd_pool_destroy(pool)
    }

    /// Calls `body` once for each member in `0..<threads`, each on its own thread, and returns when all have
    /// returned. Concurrent callers take turns. Allocates 32 bytes, for the closure that threads see.
    public func run(_ body: (_ member: Int) -> Void) {
        running.withLock { _ in
            withoutActuallyEscaping(body) { body in
                var body = body
                unsafe withUnsafeMutablePointer(to: &body) { context in
                    unsafe slmd_pool_run(pool, callBody, context)
                }
            }
        }
    }

    /// Inside a run: waits until every member is here.
    public func barrier() {
        unsafe slmd_pool_barrier(pool)
    }
}

private func callBody(_ context: UnsafeMutableRawPointer?, _ member: Int32) {
    unsafe context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(member))
}
