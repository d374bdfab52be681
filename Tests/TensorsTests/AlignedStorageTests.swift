import Glibc
import Testing

@testable import Tensors

@Suite struct AlignedStorageTests {
    /// Below and above the size from which the heap maps a block for itself.
    @Test(arguments: [0, 1, 100, 4096, 10_000, 1_000_000])
    func `what is discarded is as it was or zero, and can be written again`(count: Int) {
        let storage = AlignedStorage<Float>(count: count)
        let neighbour = AlignedStorage<Float>([Float](repeating: 3, count: 64))
        let values = unsafe UnsafeMutableBufferPointer(start: storage.start, count: count)
        unsafe values.update(repeating: 7)
        storage.discard()
        #expect(unsafe values.allSatisfy { $0 == 7 || $0 == 0 })
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let kept = unsafe values.count { $0 == 7 } * MemoryLayout<Float>.size
        #expect(kept < 2 * page, "whole pages are given back")
        #expect(
            neighbour.withBytes { bytes in unsafe bytes.bindMemory(to: Float.self).allSatisfy { $0 == 3 } })
        unsafe values.update(repeating: 5)
        #expect(unsafe values.allSatisfy { $0 == 5 })
    }
}
