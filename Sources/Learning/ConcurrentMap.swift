internal import Dispatch
internal import Glibc
internal import Synchronization

/// What `body` returns for each of `elements`, in their order.
///
/// It runs on as many threads as there are processors, this one among them, the first elements first; or on this one alone.
/// One that stands back for all others works alone: threads that it began would stand back, too, and stay.
func concurrentMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], onThreads: Bool = true, _ body: @Sendable (Element) -> Result
) -> [Result] {
    guard onThreads, elements.count > 1, sched_getscheduler(0) == SCHED_OTHER else {
        return elements.map(body)
    }
    let results = Mutex<[Result?]>([Result?](repeating: nil, count: elements.count))
    DispatchQueue.concurrentPerform(iterations: elements.count) { place in
        let result = body(elements[place])
        results.withLock { $0[place] = result }
    }
    return results.withLock { $0 }.compactMap(\.self)
}
