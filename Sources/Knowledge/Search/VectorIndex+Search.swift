internal import Glibc
public import Tensors

/// A text that a search found.
public struct TextMatch: Sendable, Hashable {
    public let text: TextID
    /// Of the angle between its vector and the query's, from -1 to 1; 0 for a text that has no vector yet.
    public let cosine: Float
    /// How much of what the query's words tell it has, from 0 to 1.
    public let share: Float

    /// What texts are ordered by. It is of one scale for all queries.
    public var score: Float { cosine + share }

    public init(text: TextID, cosine: Float, share: Float) {
        self.text = text
        self.cosine = cosine
        self.share = share
    }
}

extension VectorIndex {
    /// The texts that are nearest to a query: by their vectors, plus the share that they have of the query's words, each word
    /// weighing as much as it is rare.
    ///
    /// A word in n of N texts weighs log(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson, Zaragoza 2009). How
    /// often a text says it and how long the text is do not matter: passages are short. n and N are counted over the texts
    /// that the audiences can find, so nobody's weights tell of others' texts.
    ///
    /// - Parameters:
    ///   - query: L2-normalised, as the texts' vectors.
    ///   - words: for each word of the query that was looked up, the texts that have it, in rising order.
    ///   - audiences: whose texts may be found.
    ///   - allowed: which of them may be found; nil for all.
    ///   - limit: of results.
    /// - Returns: the best first; of equals the one that was added first.
    /// - Complexity: O(texts · width) over the threads of the pool, plus O(texts that have the words).
    public func search(
        _ query: [Float], _ words: [[TextID]], for audiences: Set<Audience>,
        among allowed: Set<TextID>? = nil, limit: Int, on pool: ComputePool
    ) -> [TextMatch] {
        precondition(query.count == width, "a query of \(query.count) values, expected \(width)")
        guard limit > 0, !texts.isEmpty else { return [] }
        let visible = self.audiences.map { audiences.contains($0) }
        var shares = emptyShares(visible, allowed)
        add(words, to: &shares, visible)
        let scan = VectorScan(
            blocks: blocks, texts: textsOfSlots, shares: shares,
            query: VectorQuery(QuantisedVector(query), stride: stride),
            members: (0..<pool.threads).map { _ in ScanMember(limit: min(limit, texts.count)) })
        pool.run(scan)
        return scan.matches(limit: limit)
    }

    /// Of each slot: 0 for a text that may be found, and what no score can make up for where there is none.
    private func emptyShares(_ visible: [Bool], _ allowed: Set<TextID>?) -> [Float] {
        var shares = [Float](repeating: -.infinity, count: textsOfSlots.count)
        guard let allowed else {
            for slot in slots where isVisible(slot, visible) { shares[Int(slot)] = 0 }
            return shares
        }
        for text in allowed {
            let place = place(of: text)
            guard place < texts.count, texts[place] == text, isVisible(slots[place], visible) else {
                continue
            }
            shares[Int(slots[place])] = 0
        }
        return shares
    }

    private func isVisible(_ slot: Int32, _ visible: [Bool]) -> Bool {
        visible[Int(audiencesOfSlots[Int(slot)])]
    }

    private func add(_ words: [[TextID]], to shares: inout [Float], _ visible: [Bool]) {
        let found = words.map { visibleSlots($0, visible) }
        let weights = WordWeights(texts: zip(counts, visible).reduce(0) { $0 + ($1.1 ? $1.0 : 0) })
        let each = found.map { weights.weight(count: $0.count) }
        let whole = each.reduce(0, +)
        for (weight, slots) in zip(each, found) {
            for slot in slots { shares[Int(slot)] += weight / whole }
        }
    }

    /// The same as `place`, at once where no text between is missing.
    private func quickPlace(of text: TextID, from start: Int) -> Int {
        guard start < texts.count else { return start }
        let ahead = text.rawValue - texts[start].rawValue
        if ahead >= 0, ahead < texts.count - start, texts[start + Int(ahead)] == text {
            return start + Int(ahead)
        }
        return place(of: text, from: start)
    }

    private func visibleSlots(_ texts: [TextID], _ visible: [Bool]) -> [Int32] {
        var found: [Int32] = []
        found.reserveCapacity(texts.count)
        var place = 0
        for text in texts {
            place = quickPlace(of: text, from: place)
            guard place < self.texts.count else { break }
            if self.texts[place] == text, isVisible(slots[place], visible) { found.append(slots[place]) }
        }
        return found
    }
}

/// How much words tell.
struct WordWeights {
    let texts: Int

    /// - Parameter count: of texts that have the word; at most `texts`.
    /// - Returns: above 0.
    func weight(count: Int) -> Float {
        Float(log1p((Double(texts - count) + 0.5) / (Double(count) + 0.5)))
    }
}
