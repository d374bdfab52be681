internal import Tokenizers
internal import Transformers

/// What is kept of conversations that are over: the tokens that were computed, with their keys and values.
struct KeptPrefixes {
    private struct Entry {
        let tokens: [TokenID]
        let cache: KVCache
    }

    /// The least recently used first.
    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// Where the longest beginning of `tokens` is kept; what is found counts as used.
    ///
    /// - Returns: the cache, and how many of the tokens it begins with.
    /// - Complexity: O(entries · tokens).
    mutating func longest(of tokens: ArraySlice<TokenID>) -> (cache: KVCache, count: Int)? {
        var best = (place: -1, count: 0)
        for (place, entry) in entries.enumerated() {
            let count = commonPrefix(entry.tokens[...], tokens)
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
    mutating func keep(_ tokens: [TokenID], _ cache: KVCache) {
        guard !tokens.isEmpty else { return }
        entries.removeAll { $0.tokens.count <= tokens.count && tokens.starts(with: $0.tokens) }
        entries.append(Entry(tokens: tokens, cache: cache))
    }

    /// Lets go of what was not used for the longest time; false when there is nothing.
    mutating func dropOldest() -> Bool {
        guard !entries.isEmpty else { return false }
        entries.removeFirst()
        return true
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
