public import Tokenizers

/// Tokens of one or several sequences that go through a decoder together: one row of activations a token.
public struct DecoderPass: Sendable {
    /// Whose logits are wanted.
    public enum Wanted: Sendable {
        case none, last, all
    }

    /// The rows of one sequence.
    struct Sequence {
        let cache: KVCache
        let rows: Range<Int>

        func position(of row: Int) -> Int { cache.count + row - rows.lowerBound }
    }

    private(set) var ids: [Int32] = []
    private(set) var sequences: [Sequence] = []
    /// The rows whose logits are wanted, in order.
    private(set) var wanted: [Int] = []

    /// - Parameters:
    ///   - rows: how many it will hold without allocating.
    ///   - sequences: the same for sequences.
    public init(rows: Int = 0, sequences: Int = 0) {
        ids.reserveCapacity(rows)
        wanted.reserveCapacity(rows)
        self.sequences.reserveCapacity(sequences)
    }

    public var rows: Int { ids.count }

    /// Lays tokens behind those that are there, to follow what `cache` holds; a cache once in a pass.
    ///
    /// - Precondition: the cache's pool has room for them.
    /// - Complexity: O(tokens); allocates nothing where as much was laid before.
    public mutating func append(
        _ tokens: ArraySlice<TokenID>, to cache: KVCache, logits: Wanted
    ) {
        precondition(
            tokens.count <= cache.capacity - cache.count,
            "pass: \(tokens.count) tokens behind \(cache.count) of \(cache.capacity) positions")
        precondition(!sequences.contains { $0.cache === cache }, "pass: a sequence twice")
        guard cache.prepare(tokens.count) else { preconditionFailure("pass: the pool has no page left") }
        let first = ids.count
        for token in tokens { ids.append(token.rawValue) }
        sequences.append(Sequence(cache: cache, rows: first..<ids.count))
        switch logits {
        case .none: break
        case .last: if ids.count > first { wanted.append(ids.count - 1) }
        case .all: wanted.append(contentsOf: first..<ids.count)
        }
    }

    public mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        sequences.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
    }
}
