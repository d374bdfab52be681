/// Which two tokens become which third, and in what order: open addressing over one block of memory.
struct MergeTable: Sendable {
    struct Merge {
        /// The lowest is tried first.
        let rank: UInt32
        let merged: Int32
    }

    /// Left and right token, and rank and merged one; all ones are free.
    private var slots: [(pair: UInt64, merge: UInt64)]
    private static let free = UInt64.max

    /// - Parameter capacity: how many merges will be added at most.
    init(capacity: Int) {
        let bits = Int.bitWidth - (2 * max(capacity, 1)).leadingZeroBitCount
        slots = [(UInt64, UInt64)](repeating: (Self.free, 0), count: 1 << bits)
    }

    mutating func insert(_ left: Int32, _ right: Int32, rank: UInt32, merged: Int32) {
        let pair = Self.pair(left, right)
        var slot = firstSlot(pair)
        while slots[slot].pair != Self.free { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = (pair, UInt64(rank) << 32 | UInt64(UInt32(bitPattern: merged)))
    }

    subscript(left: Int32, right: Int32) -> Merge? {
        let pair = Self.pair(left, right)
        var slot = firstSlot(pair)
        while slots[slot].pair != Self.free {
            if slots[slot].pair == pair {
                let merge = slots[slot].merge
                return Merge(
                    rank: UInt32(merge >> 32), merged: Int32(bitPattern: UInt32(truncatingIfNeeded: merge)))
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func firstSlot(_ pair: UInt64) -> Int {
        Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
    }
}
