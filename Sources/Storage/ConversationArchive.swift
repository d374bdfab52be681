public import Logging
internal import Synchronization

/// The copy of the turns that lies in `conversations/`: JSON lines, compressed.
///
/// The newest file, `DAY-FIRST.open.jsonl.zst`, is appended to, a frame a batch. When its day is over, or it holds
/// enough, it is closed: its turns are written anew from the database, as one frame, to `DAY-FIRST-LAST.jsonl.zst`.
/// FIRST and LAST are numbers of turns. The database is the truth: what is missing here is appended from it, and a file
/// of which something was erased is written again from it. Calls may come from any thread and are served one after
/// another.
public final class ConversationArchive: Sendable {
    /// JSON of a file after which it is closed, in bytes.
    public static let fullFile = 8 << 20
    /// Turns, and bytes of them, in a frame that is appended.
    private static let frame = (turns: 1024, bytes: 256 << 10)

    let directory: String
    private let log: EventLog
    private let logger: Logger
    private let fullFile: Int
    /// Nil until the files were looked through, and again after a failure.
    private let position = Mutex<ArchivePosition?>(nil)
    private let isStopping = Atomic<Bool>(false)

    /// - Parameters:
    ///   - directory: exists already.
    ///   - fullFile: JSON of a file after which it is closed, in bytes.
    public init(directory: String, log: EventLog, logger: Logger, fullFile: Int = fullFile) {
        self.directory = directory
        self.log = log
        self.logger = logger
        self.fullFile = fullFile
    }

    /// From now on no file is closed: that takes seconds, and the next start can do it.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    /// Appends the turns that it does not have yet, and closes files that are full or of an earlier day than `today`.
    public func catchUp(today: String) throws(StorageError) {
        try position.withLock { position throws(StorageError) in
            do throws(StorageError) {
                var now = if let position { position } else { try found() }
                var isBehind = true
                while isBehind { isBehind = try appendFrame(&now) }
                if let open = now.open, open.day < today || now.content >= fullFile { _ = try close(&now) }
                position = now
            } catch {
                position = nil
                throw error
            }
        }
    }

    /// Writes the files again that hold any of `turns`, which are in the database no more, and removes what was set
    /// aside, which may hold them.
    public func remove(_ turns: [Int64]) throws(StorageError) {
        guard !turns.isEmpty else { return }
        let turns = turns.sorted()
        try conform { range in
            // The first of them that is not before the range.
            var (low, high) = (0, turns.count)
            while low < high {
                let middle = (low + high) / 2
                if turns[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
            }
            return low < turns.count && turns[low] <= range.upperBound
        }
    }

    /// The same for all files with turns of a range.
    public func remove(_ turns: ClosedRange<Int64>) throws(StorageError) {
        try conform { $0.overlaps(turns) }
    }

    /// Removes the files of days before `day`.
    public func remove(daysBefore day: String) throws(StorageError) {
        try position.withLock { position throws(StorageError) in
            let old =
                try files().filter { $0.day < day }.map(\.name)
                + (try tornNames().filter { $0.prefix(10) < day })
            for name in old { try Files.remove(name, in: directory, .writeArchive) }
            if !old.isEmpty { position = nil }
        }
    }

    // MARK: Appending

    /// - Returns: whether there was something to append.
    private func appendFrame(_ now: inout ArchivePosition) throws(StorageError) -> Bool {
        let page = try log.turns(
            TurnQuery(after: now.last), limit: Self.frame.turns, bytes: Self.frame.bytes)
        guard let first = page.turns.first else { return false }
        let day = ArchivedTurn.day(first.content.time)
        if let open = now.open, open.day != day || now.content >= fullFile {
            guard try close(&now) else { return false }
        }
        let file = now.open ?? ArchiveFile(day: day, first: first.id, last: nil)
        let turns = page.turns.prefix { ArchivedTurn.day($0.content.time) == day }
        let path = "\(directory)/\(file.name)"
        let (frame, content) = try compressed(path) { () throws(ArchiveError) in
            let lines = try ArchiveLines().encode(Array(turns))
            let frame = try ZstdFrameWriter(.quick)
            try frame.append(lines)
            return (try frame.finish(), lines.count)
        }
        let size = Files.size(path)
        do throws(StorageError) {
            try Files.append(frame, to: path, .writeArchive)
        } catch {
            // A part of the frame may be there; should this fail too, the tail is cut before the next one.
            try? Files.truncate(path, to: size, .writeArchive)  // see above
            throw error
        }
        now.open = file
        now.last = turns.last?.id ?? now.last
        now.content += content
        return true
    }

    /// The closed file takes the open one's place.
    ///
    /// - Returns: false when the archive is stopping; then the file stays open.
    private func close(_ now: inout ArchivePosition) throws(StorageError) -> Bool {
        guard let open = now.open else { return true }
        let file = ArchiveFile(day: open.day, first: open.first, last: max(now.last, open.first))
        let path = "\(directory)/\(file.name)"
        let frame = try frame(of: file.first...max(now.last, open.first), .thorough, path) {
            isStopping.load(ordering: .relaxed)
        }
        guard case .whole(let bytes) = frame else { return false }
        try replace(file, with: bytes)
        try Files.remove(open.name, in: directory, .writeArchive)
        (now.open, now.content) = (nil, 0)
        return true
    }

    /// Writes a file from the database; one of which nothing is left is removed.
    private func replace(_ file: ArchiveFile, with frame: [UInt8]?) throws(StorageError) {
        if let frame {
            try Files.replace(file.name, in: directory, with: frame, .writeArchive)
        } else {
            try Files.remove(file.name, in: directory, .writeArchive)
        }
    }

    private enum ClosedFrame {
        /// Nil when there is no turn.
        case whole([UInt8]?)
        case givenUp
    }

    /// The turns of a range that the database has, in one frame.
    private func frame(
        of range: ClosedRange<Int64>, _ effort: ZstdEffort, _ path: String,
        unless isGivenUp: () -> Bool = { false }
    ) throws(StorageError) -> ClosedFrame {
        let frame = try compressed(path) { () throws(ArchiveError) in try ZstdFrameWriter(effort) }
        let lines = ArchiveLines()
        var (after, isEmpty) = (range.lowerBound - 1, true)
        while after < range.upperBound {
            if isGivenUp() { return .givenUp }
            let page = try log.turns(
                TurnQuery(after: after), limit: Self.frame.turns, bytes: Self.frame.bytes)
            let turns = page.turns.filter { $0.id <= range.upperBound }
            guard let newest = turns.last else { break }
            do throws(ArchiveError) {
                try frame.append(try lines.encode(turns))
            } catch {
                throw .badArchive(path: path, error)
            }
            (after, isEmpty) = (newest.id, false)
        }
        do throws(ArchiveError) {
            return .whole(isEmpty ? nil : try frame.finish())
        } catch {
            throw .badArchive(path: path, error)
        }
    }

    private func compressed<Value>(
        _ path: String, _ body: () throws(ArchiveError) -> Value
    ) throws(StorageError) -> Value {
        do {
            return try body()
        } catch {
            throw .badArchive(path: path, error)
        }
    }

    // MARK: Erasing

    private func conform(_ isConcerned: (ClosedRange<Int64>) -> Bool) throws(StorageError) {
        try position.withLock { position throws(StorageError) in
            let now = if let position { position } else { try found() }
            position = nil  // found again from what is written here
            for file in try files() {
                let last = file.last ?? max(now.last, file.first)
                let range = file.first...max(file.first, last)
                guard isConcerned(range) else { continue }
                // Who erases waits for it.
                if case .whole(let bytes) = try frame(of: range, .quick, "\(directory)/\(file.name)") {
                    try replace(file, with: bytes)
                }
            }
            for name in try tornNames() { try Files.remove(name, in: directory, .writeArchive) }
        }
    }

    // MARK: Looking through the files

    /// Finishes what a crash cut short, cuts a torn tail, and finds where the archive ends.
    private func found() throws(StorageError) -> ArchivePosition {
        let names = try Files.list(directory, .readArchive)
        for name in names where name.hasPrefix(".") && name.hasSuffix(".tmp") {
            try Files.remove(name, in: directory, .writeArchive)
        }
        // After an older copy of the database was brought back, what came after it is not its archive.
        let newest = try log.newestTurnEver()
        var files = names.compactMap(ArchiveFile.init(name:)).sorted { $0.first < $1.first }
        for file in files where file.last ?? file.first > newest {
            try Files.remove(file.name, in: directory, .writeArchive)
        }
        files.removeAll { $0.last ?? $0.first > newest }
        let closed = files.compactMap(\.last)
        var now = ArchivePosition(last: closed.max() ?? 0)
        for file in files where file.last == nil {
            // The closed file was written, and this one not yet removed.
            if closed.contains(where: { $0 >= file.first }) {
                try Files.remove(file.name, in: directory, .writeArchive)
                continue
            }
            guard try close(&now) else { break }
            let beginning = try wholeFrames(of: file)
            guard beginning.last.map({ $0.turn <= newest }) ?? true else {
                try Files.remove(file.name, in: directory, .writeArchive)
                continue
            }
            now = ArchivePosition(
                open: file, last: max(now.last, beginning.last?.turn ?? file.first - 1),
                content: beginning.content)
        }
        return now
    }

    /// The whole frames of a file; what follows them is set aside.
    private func wholeFrames(of file: ArchiveFile) throws(StorageError) -> ArchiveReader.Beginning {
        let path = "\(directory)/\(file.name)"
        let bytes = try Files.read(path, limit: .max, .readArchive)
        let beginning = ArchiveReader().beginning(of: bytes)
        guard let fault = beginning.fault else { return beginning }
        let aside = "\(file.name).torn"
        try Files.replace(aside, in: directory, with: Array(bytes[beginning.end...]), .writeArchive)
        try Files.truncate(path, to: beginning.end, .writeArchive)
        logger.error(
            "archive cut at its last whole frame; the database has what followed",
            metadata: [
                "path": "\(path)", "reason": "\(fault)", "kept": "\(beginning.end)",
                "aside": "\(directory)/\(aside)",
            ])
        return beginning
    }

    private func files() throws(StorageError) -> [ArchiveFile] {
        try Files.list(directory, .readArchive).compactMap(ArchiveFile.init(name:))
    }

    private func tornNames() throws(StorageError) -> [String] {
        try Files.list(directory, .readArchive).filter { $0.hasSuffix(".torn") }
    }
}

/// Where an archive ends.
struct ArchivePosition {
    /// The file that is appended to.
    var open: ArchiveFile?
    /// The last turn in any file.
    var last: Int64
    /// Bytes of JSON in the open file.
    var content = 0
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
