import CKernels
import Synchronization

/// What the members of a yielding run do together.
public protocol Teamwork {
    /// Does the share of a member, on its own thread.
    func work(_ member: Int)
}

/// What an urgent run does, step by step: each begins when the one before is done.
public protocol StepWork {
    var steps: Int { get }

    /// Does a share of a step. A thread may have several.
    ///
    /// - Parameters:
    ///   - share: from 0 to below the pool's threads; the same one is on the same thread in all steps.
    ///   - step: from 0 to below `steps`.
    func work(_ share: Int, step: Int)
}

/// The threads all arithmetic runs on. They spin for some tens of microseconds between runs, then sleep, so
/// an idle pool uses no processor time.
///
/// Urgent runs come before yielding ones. Where one is under way, its members take part in the urgent run as soon as each of
/// them yields, and go on with theirs afterwards; so no thread need be woken, and results are the same.
@safe public final class ComputePool: @unchecked Sendable {
    // @unchecked: the pool is only entered under the lock of a kind of run, or from inside a run by its own members.
    private let pool: OpaquePointer
    private let urgent = Mutex(())
    private let yielding = Mutex(())

    /// Members of a run, the caller included.
    public let threads: Int

    /// Starts `threads - 1` threads; fewer when the system refuses more.
    ///
    /// - Parameters:
    ///   - threads: from 1 to 64.
    ///   - standsBack: whether they offer their processors to others of the machine between two steps.
    public init(threads: Int, standsBack: Bool = false) {
        precondition((1...64).contains(threads), "a pool has 1 to 64 threads, not \(threads)")
        unsafe pool = slmd_pool_create(Int32(threads), standsBack ? 1 : 0)
        self.threads = unsafe Int(slmd_pool_threads(pool))
    }

    deinit {
        unsafe slmd_pool_destroy(pool)
    }

    /// Has every share of every step done, and returns then: an urgent run. Concurrent callers take turns. Not from inside a run.
    /// Allocates nothing.
    ///
    /// A thread that does not come, because something else holds its processor, is not waited for longer than the first step
    /// takes: the caller does its shares. So a busy machine makes a run slower, and not by the milliseconds of its scheduler.
    public func run<Work: StepWork>(_ work: Work) {
        urgent.withLock { _ in
            unsafe Lent<any StepWork.Type>.lend(work, as: Work.self) {
                unsafe slmd_pool_run(pool, Int32(work.steps), stepLent, $0)
            }
        }
    }

    /// Has each member in `0..<threads` do its share, each on its own thread, and returns when all have returned: a yielding
    /// run, for work that takes long, whose members meet and yield by the calls below. Concurrent callers take turns. Not from
    /// inside a run. Allocates nothing.
    public func runYielding<Work: Teamwork>(_ work: Work) {
        yielding.withLock { _ in
            unsafe Lent<any Teamwork.Type>.lend(work, as: Work.self) {
                unsafe slmd_pool_run_yielding(pool, workLent, $0)
            }
        }
    }

    /// Inside a yielding run, by each member at least every millisecond: takes part in the urgent run that waits, if there is
    /// one.
    ///
    /// - Complexity: a load and a comparison where none waits.
    public func yield(_ member: Int) {
        unsafe slmd_pool_yield(pool, Int32(member))
    }

    /// Inside a yielding run: yields, and waits until every member is here.
    public func barrierYielding(_ member: Int) {
        unsafe slmd_pool_barrier_yielding(pool, Int32(member))
    }
}

/// Work as threads see it, with the kind that reads it. A closure that escapes to them would have to be allocated.
@unsafe private struct Lent<Kind> {
    let work: UnsafeRawPointer
    let kind: Kind

    static func lend<Work>(_ work: Work, as kind: Kind, to body: (UnsafeMutableRawPointer) -> Void) {
        unsafe withUnsafePointer(to: work) { work in
            var lent = unsafe Lent(work: work, kind: kind)
            unsafe withUnsafeMutablePointer(to: &lent) { unsafe body($0) }
        }
    }
}

private func workLent(_ context: UnsafeMutableRawPointer?, _ member: Int32) {
    guard let lent = unsafe context?.assumingMemoryBound(to: Lent<any Teamwork.Type>.self) else { return }
    unsafe lent.pointee.kind.work(lent.pointee.work, Int(member))
}

extension Teamwork {
    @unsafe fileprivate static func work(_ lent: UnsafeRawPointer, _ member: Int) {
        unsafe lent.assumingMemoryBound(to: Self.self).pointee.work(member)
    }
}

private func stepLent(_ context: UnsafeMutableRawPointer?, _ share: Int32, _ step: Int32) {
    guard let lent = unsafe context?.assumingMemoryBound(to: Lent<any StepWork.Type>.self) else { return }
    unsafe lent.pointee.kind.work(lent.pointee.work, Int(share), step: Int(step))
}

extension StepWork {
    @unsafe fileprivate static func work(_ lent: UnsafeRawPointer, _ share: Int, step: Int) {
        unsafe lent.assumingMemoryBound(to: Self.self).pointee.work(share, step: step)
    }
}
