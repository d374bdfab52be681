/// Where an archive ends.
struct ArchivePosition {
    /// The file that is appended to.
    var open: ArchiveFile?
    /// The last turn in any file.
    var last: Int64
    /// Bytes of JSON in the open file.
    var content = 0
    /// Files that are appended to no more and wait to be closed, by the names they will have then; the oldest
    /// first.
    var over: [ArchiveFile] = []

    /// Nothing more is appended to the open file.
    mutating func endOpenFile() {
        guard let open else { return }
        over.append(ArchiveFile(day: open.day, first: open.first, last: max(last, open.first)))
        (self.open, content) = (nil, 0)
    }
}

/// A file of an archive, by what its name says.
struct ArchiveFile: Hashable {
    private static let ending = ".jsonl.zst"

    /// Of all its turns, in UTC: `2026-11-25`.
    let day: String
    let first: Int64
    /// Nil while it is appended to.
    let last: Int64?

    init(day: String, first: Int64, last: Int64?) {
        self.day = day
        self.first = first
        self.last = last
    }

    /// - Returns: nil for the name of something else.
    init?(name: String) {
        guard name.hasSuffix(Self.ending) else { return nil }
        let stem = name.dropLast(Self.ending.count)
        let isOpen = stem.hasSuffix(".open")
        let parts = (isOpen ? stem.dropLast(".open".count) : stem)
            .split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == (isOpen ? 4 : 5), parts[..<3].map(\.count) == [4, 2, 2],
            let first = Int64(parts[3])
        else { return nil }
        let last = isOpen ? nil : Int64(parts[4])
        guard isOpen || last != nil else { return nil }
        self.init(day: parts[..<3].joined(separator: "-"), first: first, last: last)
    }

    /// The same file while it was appended to.
    var opened: ArchiveFile { ArchiveFile(day: day, first: first, last: nil) }

    var name: String {
        let range = last.map { "\(Self.padded(first))-\(Self.padded($0))" } ?? "\(Self.padded(first)).open"
        return "\(day)-\(range)\(Self.ending)"
    }

    /// So that names sort as turns do.
    private static func padded(_ turn: Int64) -> String {
        let digits = String(turn)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
