import Synchronization

/// Room for a model's weights, in pages of 2 MiB where the system offers them. A decoder reads all its weights for each
/// token; in pages of 4 KiB two threads read them a fifth more slowly.
public final class WeightArena: Sendable {
    private struct Chunk {
        var storage: AlignedStorage<UInt8>
        var used: Int
    }

    private static let chunkBytes = 32 << 20
    private let current = Mutex<Chunk?>(nil)

    public init() {}

    /// Room for `count` bytes, all zero, on a cache line of their own.
    func take(_ count: Int) -> WeightStorage {
        current.withLock { chunk in
            let whole = roundedUp(count, to: 64)
            var from =
                chunk.flatMap { whole <= $0.storage.count - $0.used ? $0 : nil }
                ?? Chunk(storage: AlignedStorage(pagesFor: max(whole, Self.chunkBytes)), used: 0)
            let storage = WeightStorage(chunk: from.storage, offset: from.used, count: count)
            from.used += whole
            chunk = from
            return storage
        }
    }
}

/// Bytes of an arena, which they keep alive.
struct WeightStorage: Sendable {
    private let chunk: AlignedStorage<UInt8>
    private let offset: Int
    let count: Int

    init(chunk: AlignedStorage<UInt8>, offset: Int, count: Int) {
        self.chunk = chunk
        self.offset = offset
        self.count = count
    }

    @unsafe var start: UnsafeMutablePointer<UInt8> { unsafe chunk.start + offset }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }
}
