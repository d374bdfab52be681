/// Floats that begin at a multiple of 64 bytes, copied on write.
///
/// An array begins where it begins: where vectors of 64 bytes cross the processor's cache lines, a large matrix takes
/// half as long again.
struct AlignedFloats: Sendable {
    private var storage: Storage

    // Written only while it has one owner.
    @safe private final class Storage: @unchecked Sendable {
        let base: UnsafeMutableBufferPointer<Float>

        init(_ values: UnsafeBufferPointer<Float>) {
            let memory = UnsafeMutableRawBufferPointer.allocate(
                byteCount: values.count * MemoryLayout<Float>.stride, alignment: 64)
            unsafe base = unsafe memory.bindMemory(to: Float.self)
            _ = unsafe base.initialize(from: values)
        }

        deinit { unsafe base.deallocate() }
    }

    init(_ values: [Float]) {
        storage = unsafe values.withUnsafeBufferPointer { unsafe Storage($0) }
    }

    var values: [Float] { unsafe Array(storage.base) }

    /// - Precondition: there is one.
    func read(_ body: (UnsafePointer<Float>) -> Void) {
        guard let start = unsafe storage.base.baseAddress else { preconditionFailure("no floats to read") }
        unsafe body(start)
    }

    /// - Precondition: there is one.
    mutating func change(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        if !isKnownUniquelyReferenced(&storage) {
            storage = unsafe Storage(UnsafeBufferPointer(storage.base))
        }
        guard let start = unsafe storage.base.baseAddress else { preconditionFailure("no floats to change") }
        unsafe body(start)
    }
}

extension AlignedFloats: Equatable {
    static func == (left: AlignedFloats, right: AlignedFloats) -> Bool {
        unsafe (left.storage === right.storage || left.storage.base.elementsEqual(right.storage.base))
    }
}
