public import Logging
internal import Synchronization

/// The copy of the turns that lies in `conversations/`: JSON lines, compressed.
///
/// The newest file, `DAY-FIRST.open.jsonl.zst`, is appended to, a frame a batch. When its day is over, or it
/// holds enough, the next is begun, and it can be closed: its turns are written anew from the database, as
/// one frame, to `DAY-FIRST-LAST.jsonl.zst`. FIRST and LAST are numbers of turns. The database is the truth:
/// what is missing here is appended from it, and a file of which something was erased is written again from
/// it. Calls may come from any thread and are served one after another, but for the closing of files, which
/// goes on beside all others.
public final class ConversationArchive: Sendable {
    /// JSON of a file after which it is closed, in bytes.
    public static let fullFile = 8 << 20
    /// Turns, and bytes of them, in a frame that is appended.
    static let frame = (turns: 1024, bytes: 256 << 10)

    struct State {
        /// Nil until the files were looked through, and again after a failure.
        var position: ArchivePosition?
        /// How often files were written again or removed because of what is in the database no more.
        var erasures = 0
    }

    let directory: String
    let log: EventLog
    private let logger: Logger
    let fullFile: Int
    let state = Mutex(State())
    private let stopping = Atomic<Bool>(false)

    /// - Parameters:
    ///   - directory: exists already.
    ///   - fullFile: JSON of a file after which it is closed, in bytes.
    public init(directory: String, log: EventLog, logger: Logger, fullFile: Int = fullFile) {
        self.directory = directory
        self.log = log
        self.logger = logger
        self.fullFile = fullFile
    }

    /// From now on no file is closed, and nothing appended but by who waits for it: the next start can do it.
    public func stop() {
        stopping.store(true, ordering: .relaxed)
    }

    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func position(_ state: State) throws(StorageError) -> ArchivePosition {
        if let position = state.position { position } else { try found() }
    }

    /// Writes the files again that hold any of `turns`, which are in the database no more, and removes what
    /// was set aside, which may hold them.
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
        try state.withLock { state throws(StorageError) in
            let old =
                try files().filter { $0.day < day }.map(\.name)
                + (try tornNames().filter { $0.prefix(10) < day })
            // What others are at may be of those days, too.
            state.erasures += 1
            guard !old.isEmpty else { return }
            state.position = nil
            try Files.remove(old, in: directory, .writeArchive)
        }
    }

    /// Writes a file from the database; one of which nothing is left is removed.
    func replace(_ file: ArchiveFile, with frame: [UInt8]?) throws(StorageError) {
        if let frame {
            try Files.replace(file.name, in: directory, with: frame, .writeArchive)
        } else {
            try Files.remove(file.name, in: directory, .writeArchive)
        }
    }

    /// The turns of a range that the database has, in one frame; nil when there is none.
    ///
    /// - Parameter page: reads turns of the database.
    func frame(
        of range: ClosedRange<Int64>, _ effort: ZstdEffort, _ path: String,
        page: (TurnQuery) throws(StorageError) -> [Turn]
    ) throws(StorageError) -> [UInt8]? {
        let frame = try compressed(path) { () throws(ArchiveError) in try ZstdFrameWriter(effort) }
        var (after, isEmpty) = (range.lowerBound - 1, true)
        while after < range.upperBound {
            let turns = try page(TurnQuery(after: after)).filter { $0.id <= range.upperBound }
            guard let newest = turns.last else { break }
            try compressed(path) { () throws(ArchiveError) in try frame.append(ArchivedTurn.lines(turns)) }
            (after, isEmpty) = (newest.id, false)
        }
        return isEmpty ? nil : try compressed(path) { () throws(ArchiveError) in try frame.finish() }
    }

    /// Turns for one append to a frame.
    func page(_ query: TurnQuery) throws(StorageError) -> [Turn] {
        try log.turns(query, limit: Self.frame.turns, bytes: Self.frame.bytes).turns
    }

    func compressed<Value>(
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
        try state.withLock { state throws(StorageError) in
            let now = try position(state)
            state.position = nil  // found again from what is written here
            state.erasures += 1
            for (file, range) in try ranges(through: now.last) where isConcerned(range) {
                // Who erases waits for it.
                let frame = try frame(of: range, .quick, "\(directory)/\(file.name)", page: page)
                try replace(file, with: frame)
            }
            try Files.remove(try tornNames(), in: directory, .writeArchive)
        }
    }

    /// All files with the turns that each may hold: one without an end those before the next one's.
    private func ranges(
        through last: Int64
    ) throws(StorageError) -> [(file: ArchiveFile, range: ClosedRange<Int64>)] {
        let files = try files().sorted { $0.first < $1.first }
        let ends = files.dropFirst().map { $0.first - 1 } + [last]
        return zip(files, ends).map { file, end in (file, file.first...max(file.first, file.last ?? end)) }
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
        let closed = files.filter { $0.last != nil }
        var now = ArchivePosition(last: closed.compactMap(\.last).max() ?? 0)
        for file in files where file.last == nil {
            // The closed file was written, and this one not yet removed.
            if closed.contains(where: { $0.opened == file }) {
                try Files.remove(file.name, in: directory, .writeArchive)
                continue
            }
            // What a torn tail lacks lies in no other file.
            now.last = max(now.last, file.first - 1)
            now.endOpenFile()
            let beginning = try wholeFrames(of: file)
            guard beginning.last.map({ $0.turn <= newest }) ?? true else {
                try Files.remove(file.name, in: directory, .writeArchive)
                continue
            }
            (now.open, now.content) = (file, beginning.content)
            now.last = max(now.last, beginning.last?.turn ?? file.first - 1)
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
