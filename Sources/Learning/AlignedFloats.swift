internal import Tensors

/// Floats that begin on a cache line, copied on write.
///
/// An array begins where it begins: where vectors of 64 bytes cross the processor's cache lines, a pass over a large
/// matrix takes half as long again.
struct AlignedFloats: Sendable {
    // Written only while it has one owner.
    private var storage: AlignedStorage<Float>

    init(_ values: [Float]) { storage = AlignedStorage(values) }

    var values: [Float] {
        unsafe Array(UnsafeBufferPointer(start: storage.start, count: storage.count))
    }

    func read(_ body: (UnsafePointer<Float>) -> Void) { unsafe body(storage.start) }

    mutating func change(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        if !isKnownUniquelyReferenced(&storage) { storage = AlignedStorage(values) }
        unsafe body(storage.start)
    }
}

extension AlignedFloats: Equatable {
    static func == (left: AlignedFloats, right: AlignedFloats) -> Bool {
        left.storage === right.storage || left.values == right.values
    }
}
