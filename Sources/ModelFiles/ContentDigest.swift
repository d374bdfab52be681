import Crypto

/// SHA-256 over files and words, in the order they are given.
public struct ContentDigest: Sendable {
    private var hash = SHA256()

    public init() {}

    /// - Complexity: O(bytes of the file), about 1 ms a megabyte at worst.
    public mutating func update(file path: String) throws(FileError) {
        let file = try MappedFile(path: path)
        let bytes = file.byteCount
        update("\(bytes) bytes")
        file.withBytes { contents in
            unsafe contents.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        }
    }

    /// Words are told apart from their neighbours: "a", "bc" and "ab", "c" differ.
    public mutating func update(_ word: String) {
        hash.update(data: Array("\(word.utf8.count):\(word)".utf8))
    }

    /// 64 lower-case hex digits.
    public var hex: String {
        hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
