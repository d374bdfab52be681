/// In how many texts words are, remembered: to count a common word takes as long as to read where it is.
///
/// They are counts of when the word was last counted. All are forgotten when the texts have become an eighth more or
/// fewer since the first of them.
public struct WordCounts: Sendable {
    /// Words remembered.
    static let capacity = 4096

    private var counts: [String: Int] = [:]
    private var texts = 0

    public init() {}

    /// - Parameters:
    ///   - texts: that there are now.
    ///   - count: asked for a word that is not remembered.
    public mutating func count<Failure: Error>(
        of word: String, inTexts texts: Int, _ count: (String) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        if counts.count >= Self.capacity || abs(texts - self.texts) > self.texts / 8 { counts = [:] }
        if counts.isEmpty { self.texts = texts }
        if let known = counts[word] { return known }
        let found = try count(word)
        counts[word] = found
        return found
    }
}

/// Which words of a query are looked up: the rare ones, and common ones as far as time allows. Those tell little, and the
/// most common ones of a language are in nearly every text.
public enum QueryWords {
    /// Places that are read of a small collection.
    static let fewestPlaces = 20_000

    /// The indices of the words to be read, the rarest first: while together they are in at most 20,000 texts or 30 in 100 of
    /// all, whichever is more. Words that are nowhere are among them, and a first one that is somewhere is.
    ///
    /// - Parameters:
    ///   - counts: in how many texts each word is.
    ///   - texts: that there are.
    public static func read(_ counts: [Int], texts: Int) -> [Int] {
        let most = max(fewestPlaces, texts / 10 * 3)
        var places = 0
        var read: [Int] = []
        for index in counts.indices.sorted(by: { (counts[$0], $0) < (counts[$1], $1) }) {
            let isFirst = places == 0
            places += counts[index]
            if places > most, !isFirst { break }
            read.append(index)
        }
        return read
    }
}
