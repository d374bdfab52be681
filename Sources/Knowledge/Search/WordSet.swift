/// The words of a text, to compare it with another: as numbers, for a search does so with many.
struct WordSet {
    /// Of all words of two texts, so many are in both when one says what the other says.
    private static let likeness = 0.9

    /// FNV-1a of each word, in rising order. That two words are one by chance is likely in none of 10^17 pairs.
    private let words: [UInt64]
    /// Of those that have digits.
    private let numbers: [UInt64]

    /// - Complexity: O(n log n) of the text's length.
    init(_ text: String) {
        var (words, numbers): (Set<UInt64>, Set<UInt64>) = ([], [])
        var (hash, hasDigit, isOpen) = (Self.offset, false, false)
        func close() {
            guard isOpen else { return }
            words.insert(hash)
            if hasDigit { numbers.insert(hash) }
            (hash, hasDigit, isOpen) = (Self.offset, false, false)
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                hasDigit = true
                hash = (hash ^ UInt64(byte)) &* Self.prime
                isOpen = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
                // Letters of ASCII are the same large and small.
                hash = (hash ^ UInt64(byte < 0x80 ? byte | 0x20 : byte)) &* Self.prime
                isOpen = true
            default: close()
            }
        }
        close()
        self.words = words.sorted()
        self.numbers = numbers.sorted()
    }

    private static let offset: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01b3

    /// Records that differ in a number are not alike, however many columns they have.
    func isAlike(_ other: WordSet) -> Bool {
        guard numbers == other.numbers else { return false }
        let (few, many) = (min(words.count, other.words.count), max(words.count, other.words.count))
        guard Double(few) >= Self.likeness * Double(many) else { return false }
        var (both, a, b) = (0, 0, 0)
        while a < words.count, b < other.words.count {
            if words[a] == other.words[b] { both += 1 }
            let (left, right) = (words[a], other.words[b])
            if left <= right { a += 1 }
            if right <= left { b += 1 }
        }
        let either = words.count + other.words.count - both
        return Double(both) >= Self.likeness * Double(either)
    }
}
