/// The blocks of a POSIX tar archive in its form ustar, regular files only: users can look into what slmd
/// wrote.
enum Tar {
    static let blockSize = 512
    /// What eleven octal digits tell.
    static let largestFile = (1 << 33) - 1
    /// Two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * blockSize)

    /// What a header says.
    struct Entry: Sendable, Hashable {
        let path: String
        let size: Int
    }

    /// - Parameter time: seconds since 1970, UTC.
    /// - Precondition: the path has at most 100 bytes, and the size at most `largestFile`.
    static func header(_ entry: Entry, time: Int64) -> [UInt8] {
        precondition(
            entry.path.utf8.count <= 100 && 0...largestFile ~= entry.size, "tar: \(entry) does not fit")
        var header = [UInt8](repeating: 0, count: blockSize)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(entry.path, at: 0)
        put(octal(0o600, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(entry.size, digits: 11), at: 124)
        put(octal(Int(max(0, time)), digits: 11), at: 136)
        put("0", at: 156)
        put("ustar\0" + "00", at: 257)
        put(octal(sum(of: header), digits: 6) + "\0 ", at: 148)
        return header
    }

    /// Reads a header.
    ///
    /// - Parameters:
    ///   - block: `blockSize` bytes.
    ///   - position: of the block, for the error.
    /// - Returns: nil for a block of zeros, which ends an archive.
    static func entry(_ block: [UInt8], at position: Int) throws(BackupError) -> Entry? {
        precondition(block.count == blockSize, "tar: a block of \(block.count) bytes")
        if block.allSatisfy({ $0 == 0 }) { return nil }
        let isPlain = block[345..<500].allSatisfy { $0 == 0 } && block[156] == UInt8(ascii: "0")
        guard block[257..<263].elementsEqual("ustar\0".utf8), isPlain,
            number(block[148..<154]) == sum(of: block), let size = number(block[124..<135])
        else { throw .badHeader(at: position) }
        return Entry(path: String(decoding: block[..<100].prefix { $0 != 0 }, as: UTF8.self), size: size)
    }

    /// How many zeros follow a file of that size.
    static func padding(after size: Int) -> Int { (blockSize - size % blockSize) % blockSize }

    /// Of all bytes, the sum's own counted as spaces.
    private static func sum(of header: [UInt8]) -> Int {
        header.indices.reduce(0) { $0 + (148..<156 ~= $1 ? 32 : Int(header[$1])) }
    }

    private static func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 & 7) }
    }
}
