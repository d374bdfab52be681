internal import Tensors
internal import Tokenizers
internal import Transformers

/// What is kept of conversations that are over: the tokens that were computed, with their keys and values.
struct KeptPrefixes {
    private struct Entry {
        let owner: UInt32
        let tokens: [TokenID]
        let cache: KVCache
    }

    /// The least recently used first.
    private var entries: [Entry] = []

    /// Where the longest beginning of some tokens is kept, of what may be used for the request that they are of; what is found
    /// counts as used.
    ///
    /// - Returns: the cache, and how many of the tokens it begins with.
    /// - Complexity: O(entries · tokens).
    mutating func longest(
        of tokens: [TokenID], for request: GenerationRequest
    ) -> (cache: KVCache, count: Int)? {
        var best = (place: -1, count: 0)
        for (place, entry) in entries.enumerated() {
            let count = request.usable(entry.tokens[...], of: entry.owner, for: tokens)
            if count > best.count { best = (place, count) }
        }
        guard best.count > 0 else { return nil }
        let entry = entries.remove(at: best.place)
        entries.append(entry)
        return (entry.cache, best.count)
    }

    /// Keeps what a conversation has computed, instead of what it went on from.
    ///
    /// - Parameter tokens: as many as the cache holds.
    mutating func keep(_ tokens: [TokenID], _ cache: KVCache, of owner: UInt32) {
        guard !tokens.isEmpty,
            !entries.contains(where: { $0.owner == owner && $0.tokens.starts(with: tokens) })
        else { return }
        entries.removeAll { $0.owner == owner && tokens.starts(with: $0.tokens) }
        entries.append(Entry(owner: owner, tokens: tokens, cache: cache))
    }

    /// Lets go of what was not used for the longest time; false when there is nothing.
    mutating func dropOldest() -> Bool {
        guard !entries.isEmpty else { return false }
        entries.removeFirst()
        return true
    }
}

extension GenerationRequest {
    /// How many of its tokens need not be computed where a cache of `owner` holds some. The last token's logits are not kept, so
    /// it is computed in any case. Of another owner's only whole pages of what the system says count: a part of one would tell
    /// what the other said.
    ///
    /// - Parameters:
    ///   - held: the tokens that the cache holds.
    ///   - tokens: the prompt's, and those of its reply so far.
    func usable(_ held: ArraySlice<TokenID>, of owner: UInt32, for tokens: [TokenID]) -> Int {
        let count = commonPrefix(held, tokens.dropLast())
        guard owner != self.owner else { return count }
        let shared = min(count, prompt.systemCount)
        return shared - shared % KeyValuePool.pageWidth
    }
}

/// How many tokens two sequences have in common from their beginning on.
func commonPrefix(_ one: ArraySlice<TokenID>, _ other: ArraySlice<TokenID>) -> Int {
    var count = 0
    for (a, b) in zip(one, other) {
        guard a == b else { break }
        count += 1
    }
    return count
}
