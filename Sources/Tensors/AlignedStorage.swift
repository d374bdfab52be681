import Glibc

/// Numbers at a fixed address on a cache line, which kernels read and write in place.
@safe public final class AlignedStorage<Element: BitwiseCopyable>: @unchecked Sendable {
    // @unchecked: weights are written before they are shared; a workspace is used under its owner's lock.
    private let allocation: UnsafeMutableRawPointer
    @unsafe public let start: UnsafeMutablePointer<Element>
    public let count: Int

    /// Room for `count` elements, all zero. Large storage takes no memory until its pages are written.
    public convenience init(count: Int) {
        self.init(count: count, alignment: 64)
    }

    /// The same, in whole pages of 2 MiB where the system has them to give.
    convenience init(pagesFor count: Int) {
        let page = 2 << 20
        self.init(count: roundedUp(count, to: page), alignment: page)
        // A wish: without it, or refused, pages are small.
        _ = unsafe madvise(start, self.count * MemoryLayout<Element>.stride, MADV_HUGEPAGE)
    }

    private init(count: Int, alignment: Int) {
        precondition(count >= 0, "storage of \(count) elements")
        guard let allocation = unsafe calloc(1, count * MemoryLayout<Element>.stride + alignment) else {
            preconditionFailure("no memory for \(count) elements")
        }
        unsafe self.allocation = allocation
        unsafe start = allocation.alignedUp(toMultipleOf: alignment).assumingMemoryBound(to: Element.self)
        self.count = count
    }

    public convenience init(_ values: [Element]) {
        self.init(count: values.count)
        _ = unsafe UnsafeMutableBufferPointer(start: start, count: count).update(fromContentsOf: values)
    }

    deinit {
        unsafe free(allocation)
    }

    /// Gives the storage's whole pages back to the system until they are written again. The elements there are zero then;
    /// those of its first and last page may stay what they were.
    public func discard() {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = unsafe UnsafeMutableRawPointer(start).alignedUp(toMultipleOf: page)
        let end = unsafe UnsafeMutableRawPointer(start + count).alignedDown(toMultipleOf: page)
        guard unsafe first < end else { return }
        // Private memory of the heap's: refused, it stays what it was.
        _ = unsafe madvise(first, end - first, MADV_DONTNEED)
    }

    /// Lends the elements' bytes, in memory order.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe body(UnsafeRawBufferPointer(UnsafeBufferPointer(start: start, count: count)))
    }
}

/// The least multiple of `step` that is at least `count`.
public func roundedUp(_ count: Int, to step: Int) -> Int {
    (count + step - 1) / step * step
}
