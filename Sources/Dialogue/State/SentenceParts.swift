/// Where one sentence may say two things that are wanted: "my blood test from Monday, and book me an appointment".
public enum SentenceParts {
    private static let joining: Set<String> = ["and", "then", "also", "plus"]
    private static let joiningTogether = ["as", "well", "as"]
    private static let wishing = RequestWords.orders.union([
        "need", "want", "like", "see", "have", "can", "could", "i'd", "my",
    ])
    /// A part has at least so many words.
    private static let fewestWords = 3
    /// More are not looked at.
    private static let most = 3

    /// The places, in bytes of UTF-8, from which on a text may say something else that is wanted: after a conjunction, a
    /// stop or a semicolon, where a word of wishing or one of `names` follows.
    ///
    /// - Parameter names: what can be wanted, such as `book_appointment`.
    /// - Returns: three at most, in the order of the text.
    /// - Complexity: O(bytes + words · names).
    public static func splits(_ text: String, naming names: [String]) -> [Int] {
        let words = Words.of(text)
        let named = Set(names.flatMap { Words.of($0.replacing("_", with: " ")).map(\.folded) })
        let bytes = Array(text.utf8)
        let starts = words.indices.filter { index in
            guard index >= fewestWords, words.count - index >= fewestWords else { return false }
            let (last, word) = (words[index - 1], words[index])
            let isParted = bytes[last.bytes.upperBound..<word.bytes.lowerBound].contains {
                ".;!?".utf8.contains($0)
            }
            let isJoined =
                joining.contains(last.folded) && !joining.contains(word.folded)
                || words[..<index].suffix(joiningTogether.count).map(\.folded) == joiningTogether
            return isParted && !joining.contains(word.folded) || isJoined
        }
        let wanting = starts.filter { start in
            let next = starts.first { $0 > start } ?? words.count
            let part = words[start..<next]
            return part.contains { wishing.contains($0.folded) || named.contains($0.folded) }
                && !Cues(String(decoding: bytes[words[start].bytes.lowerBound...], as: UTF8.self)).deniesWish
        }
        return wanting.prefix(most).map { words[$0].bytes.lowerBound }
    }

    /// What a part says by itself: without the conjunctions that lead to the next, and without the question mark of the
    /// whole, unless it begins as a question does.
    ///
    /// - Parameter bytes: of UTF-8, on whole characters.
    public static func part(_ bytes: Range<Int>, of text: String) -> String {
        let part = String(decoding: Array(text.utf8)[bytes], as: UTF8.self)
        let words = Words.of(part)
        var own = words[...]
        while let last = own.last {
            let isJoinedTogether = own.suffix(joiningTogether.count).map(\.folded) == joiningTogether
            guard isJoinedTogether || joining.contains(last.folded) else { break }
            own = own.dropLast(isJoinedTogether ? joiningTogether.count : 1)
        }
        guard let last = own.last, own.count < words.count || !RequestWords.ask(words) else { return part }
        return String(decoding: Array(part.utf8)[..<last.bytes.upperBound], as: UTF8.self)
    }
}
