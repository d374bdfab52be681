/// Pieces of a vocabulary by their bytes: open addressing over one block of text, no object a piece.
struct PieceTable: Sendable {
    /// Of the longest piece.
    private(set) var maximumBytes = 0
    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// The upper half of the hash, and the entry's index + 1; 0 is free.
    private var slots: [UInt64]

    private struct Entry {
        let start: UInt32
        let count: UInt32
        let id: TokenID
    }

    static let emptyHash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a: the hash of a text and one byte more.
    @inline(__always)
    static func hash(_ hash: UInt64, adding byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// - Parameter capacity: how many pieces will be added at most.
    init(capacity: Int) {
        let bits = Int.bitWidth - (2 * max(capacity, 1)).leadingZeroBitCount
        slots = [UInt64](repeating: 0, count: 1 << bits)
        entries.reserveCapacity(capacity)
        text.reserveCapacity(capacity * 8)
    }

    /// - Returns: whether the piece was new.
    mutating func insert(_ piece: some Collection<UInt8>, id: TokenID) -> Bool {
        let hash = piece.reduce(Self.emptyHash) { Self.hash($0, adding: $1) }
        let bytes = Array(piece)
        guard find(hash, bytes, 0, bytes.count) == nil else { return false }
        entries.append(Entry(start: UInt32(text.count), count: UInt32(bytes.count), id: id))
        text.append(contentsOf: bytes)
        maximumBytes = max(maximumBytes, bytes.count)
        var slot = firstSlot(hash)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = (hash >> 32) << 32 | UInt64(entries.count)
        return true
    }

    /// The piece that is exactly `count` bytes of `word` from `start`, whose hash the caller has.
    func find(_ hash: UInt64, _ word: [UInt8], _ start: Int, _ count: Int) -> TokenID? {
        var slot = firstSlot(hash)
        while slots[slot] != 0 {
            if slots[slot] >> 32 == hash >> 32 {
                let entry = entries[Int(truncatingIfNeeded: slots[slot] & 0xFFFF_FFFF) - 1]
                if Int(entry.count) == count, equal(Int(entry.start), word, start, count) { return entry.id }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func firstSlot(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash ^ hash >> 29) & (slots.count - 1)
    }

    private func equal(_ entryStart: Int, _ word: [UInt8], _ start: Int, _ count: Int) -> Bool {
        for offset in 0..<count where text[entryStart + offset] != word[start + offset] { return false }
        return true
    }
}
