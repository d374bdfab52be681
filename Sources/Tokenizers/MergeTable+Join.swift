internal import HeapModule

extension MergeTable {
    /// So many symbols are searched for the next merge again and again, more keep a heap.
    private static let shortPiece = 24

    /// Joins neighbours until none are left that can be: those of the lowest rank first, and of these the leftmost.
    ///
    /// - Complexity: O(n log n).
    func join(_ symbols: inout [Int32]) {
        if symbols.count <= Self.shortPiece { joinShort(&symbols) } else { joinLong(&symbols) }
    }

    private func joinShort(_ symbols: inout [Int32]) {
        while symbols.count > 1 {
            var best: (place: Int, merge: MergeTable.Merge)?
            for place in 0..<symbols.count - 1 {
                guard let merge = self[symbols[place], symbols[place + 1]] else { continue }
                if merge.rank < best?.merge.rank ?? .max { best = (place, merge) }
            }
            guard let best else { return }
            symbols[best.place] = best.merge.merged
            symbols.remove(at: best.place + 1)
        }
    }

    private func joinLong(_ symbols: inout [Int32]) {
        let count = symbols.count
        var previous = Array(-1..<count - 1)
        var next = Array(1...count)
        // Rank, then place: the lowest is the next merge, if its tokens still stand there.
        var waiting = Heap<UInt64>()
        func wait(_ place: Int) {
            guard place >= 0, next[place] < count, let merge = self[symbols[place], symbols[next[place]]]
            else {
                return
            }
            waiting.insert(UInt64(merge.rank) << 32 | UInt64(place))
        }
        for place in 0..<count - 1 { wait(place) }
        while let first = waiting.popMin() {
            let place = Int(first & 0xFFFF_FFFF)
            guard symbols[place] >= 0, next[place] < count,
                let merge = self[symbols[place], symbols[next[place]]], UInt64(merge.rank) == first >> 32
            else { continue }
            let gone = next[place]
            symbols[place] = merge.merged
            symbols[gone] = -1
            next[place] = next[gone]
            if next[gone] < count { previous[next[gone]] = place }
            wait(previous[place])
            wait(place)
        }
        symbols.removeAll { $0 < 0 }
    }
}
