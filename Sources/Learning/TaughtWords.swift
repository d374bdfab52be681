/// How often each word was taught: what a speller needs of all texts so far.
public struct TaughtWords: Sendable, Hashable {
    static let magic = Array("slmdword".utf8)
    private static let longestWord = 1 << 16

    private(set) var counts: [String: Int] = [:]

    public init() {}

    /// - Complexity: some µs for a short sentence.
    public mutating func learn(_ text: String) {
        for word in SpellingCorrector.words(of: text) { counts[word, default: 0] += 1 }
    }

    /// The bytes of a checkpoint: magic, number of words, then each in their order with its count; little-endian.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(contentsOf: Self.magic)
        writer.append(UInt32(counts.count))
        for (word, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.append(word)
            writer.append(UInt64(count))
        }
        return writer.bytes
    }

    /// Reads what `encoded()` wrote.
    public init(decoding bytes: [UInt8]) throws(CheckpointError) {
        var reader = ByteReader(bytes)
        let magic = Array(try reader.take(Self.magic.count))
        guard magic == Self.magic else { throw .notACheckpoint(found: magic) }
        // A word takes its length, a byte and its count.
        let count = try reader.count("number of taught words", limit: reader.left / 13)
        counts.reserveCapacity(count)
        for _ in 0..<count {
            let length = try reader.count("length of a taught word", limit: Self.longestWord)
            let word = String(decoding: try reader.take(length), as: UTF8.self)
            counts[word] = try reader.largeCount("count of a taught word")
        }
        try reader.finish()
    }
}
