internal import Tokenizers

/// Guesses what comes next where a text repeats itself: what came after the same tokens before.
///
/// A guess is checked in the pass that computes the next token anyway, so a right one saves passes and a wrong one costs rows. The
/// more tokens are the same, the likelier is what came after them, so a guess is as long as its match.
///
/// - Note: Saxena, *Prompt Lookup Decoding*, 2023.
enum PromptLookup {
    /// A longer match counts as one of so many.
    static let longest = 8

    /// The place of the tokens that came after what `tokens` ends with; of several, after the longest, then the latest match.
    ///
    /// - Parameter most: tokens of a guess.
    /// - Returns: an empty range for no guess.
    /// - Complexity: O(tokens); allocates nothing.
    static func guess(behind tokens: [TokenID], most: Int) -> Range<Int> {
        guard most > 0, let last = tokens.last else { return 0..<0 }
        var best = (end: 0, length: 0)
        var end = tokens.count - 1
        while end > 0, best.length < longest {
            if tokens[end - 1] == last {
                let length = matchLength(tokens, end)
                if length > best.length { best = (end, length) }
            }
            end -= 1
        }
        return best.end..<min(best.end + min(best.length, most), tokens.count)
    }

    /// How many tokens before `end` are those that all end with.
    private static func matchLength(_ tokens: [TokenID], _ end: Int) -> Int {
        var length = 1
        while length < longest, length < end, tokens[end - 1 - length] == tokens[tokens.count - 1 - length] {
            length += 1
        }
        return length
    }
}
