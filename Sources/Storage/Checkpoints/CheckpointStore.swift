internal import Glibc
public import Learning
public import Logging

/// Which automatic checkpoints stay.
public struct CheckpointRetention: Sendable, Hashable {
    /// How many beside the newest, at least 1.
    public let kept: Int
    /// How many events apart they are at least. What many short runs leave behind would otherwise lie close
    /// together, and nothing further back to replay from.
    public let distance: Int64

    public init(kept: Int, distance: Int) {
        self.kept = max(1, kept)
        self.distance = Int64(max(1, distance))
    }
}

/// The checkpoints of the head, in a directory of their own.
///
/// Automatic ones are `<event>.checkpoint`, the newest and a few at a distance are kept; named ones are
/// `<name>.snapshot` and are never removed. A file that cannot be used is renamed to `*.corrupt` and
/// reported, never deleted. Calls that write must not overlap: the caller orders them. Reading may go on
/// beside them.
public struct CheckpointStore: Sendable {
    /// Longer names are refused.
    public static let maximumNameLength = 64
    /// Enough of a file for everything before the head.
    static let summaryBytes = 1024

    private let directory: String
    private let logger: Logger

    /// - Parameter directory: exists already.
    public init(directory: String, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    /// Writes an automatic checkpoint; when it returns, the file is durable. Then removes those that need not
    /// be kept.
    ///
    /// - Returns: the file's size in bytes.
    @discardableResult
    public func save(
        _ checkpoint: Checkpoint, keeping retention: CheckpointRetention
    ) throws(StorageError) -> Int {
        let bytes = CheckpointFile.encode(checkpoint)
        try Files.replace(Self.automaticName(checkpoint.event), in: directory, with: bytes, .saveCheckpoint)
        let superfluous = try superfluousNames(keeping: retention)
        if !superfluous.isEmpty { try Files.remove(superfluous, in: directory, .saveCheckpoint) }
        return bytes.count
    }

    private func superfluousNames(
        keeping retention: CheckpointRetention
    ) throws(StorageError) -> [String] {
        let names = try automaticNames()
        var left = retention.kept
        guard var last = names.first.flatMap(Self.event) else { return [] }
        return names.dropFirst().filter { name in
            guard let event = Self.event(of: name), left > 0, last - event >= retention.distance else {
                return true
            }
            last = event
            left -= 1
            return false
        }
    }

    private static func event(of name: String) -> Int64? { Int64(name.prefix { $0 != "." }) }

    /// Writes a checkpoint under a name of its own.
    ///
    /// - Throws: `badSnapshotName`, `snapshotExists`, or what the disk says.
    public func save(_ checkpoint: Checkpoint, named name: String) throws(StorageError) -> NamedCheckpoint {
        try checkNew(name)
        let file = "\(name).snapshot"
        let bytes = CheckpointFile.encode(checkpoint)
        try Files.replace(file, in: directory, with: bytes, .saveCheckpoint)
        return NamedCheckpoint(checkpoint, name: name, bytes: bytes.count)
    }

    /// - Throws: `badSnapshotName`, `snapshotExists`.
    public func checkNew(_ name: String) throws(StorageError) {
        guard Self.isValid(name) else { throw .badSnapshotName(name) }
        let names = try Files.list(directory, .listCheckpoints)
        guard !names.contains("\(name).snapshot") else { throw .snapshotExists(name) }
    }

    /// Writes a named checkpoint in the place of the one of that name.
    public func replace(_ checkpoint: Checkpoint, named name: String) throws(StorageError) {
        try Files.replace(
            "\(name).snapshot", in: directory, with: CheckpointFile.encode(checkpoint), .saveCheckpoint)
    }

    /// The named checkpoints, the oldest first. A file whose beginning makes no sense is reported and left
    /// out.
    public func named() throws(StorageError) -> [NamedCheckpoint] {
        try summaries(suffix: ".snapshot").map { file, summary in
            NamedCheckpoint(
                summary, name: String(file.dropLast(".snapshot".count)),
                bytes: Files.size("\(directory)/\(file)"))
        }.sorted { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
    }

    /// A named checkpoint, whole.
    ///
    /// - Throws: `snapshotNotFound`, `badSnapshot`, or what the disk says.
    public func load(named name: String) throws(StorageError) -> Checkpoint {
        let file = "\(name).snapshot"
        guard Self.isValid(name), try Files.list(directory, .listCheckpoints).contains(file) else {
            throw .snapshotNotFound(name)
        }
        let bytes = try Files.read("\(directory)/\(file)", limit: .max, .readCheckpoint)
        do throws(CheckpointFileError) {
            return try CheckpointFile.decode(bytes)
        } catch {
            throw .badSnapshot(name, error)
        }
    }

    public func remove(named name: String) throws(StorageError) {
        try Files.remove("\(name).snapshot", in: directory, .saveCheckpoint)
    }

    /// The names of the named checkpoints that hold what `erasures` took out of the log.
    public func staleNames(after erasures: [Erasure]) throws(StorageError) -> [String] {
        guard !erasures.isEmpty else { return [] }
        return try summaries(suffix: ".snapshot").filter { $0.summary.isStale(after: erasures) }
            .map { String($0.file.dropLast(".snapshot".count)) }
    }

    /// Removes the automatic checkpoints that hold what `erasures` took out of the log, and those that were
    /// set aside, which may hold it.
    ///
    /// - Returns: how many they were.
    public func removeStale(after erasures: [Erasure]) throws(StorageError) -> Int {
        guard !erasures.isEmpty else { return 0 }
        let stale = try summaries(suffix: ".checkpoint").filter { $0.summary.isStale(after: erasures) }
        let aside = try Files.list(directory, .listCheckpoints).filter { $0.hasSuffix(".corrupt") }
        let files = stale.map(\.file) + aside
        try Files.remove(files, in: directory, .saveCheckpoint)
        return files.count
    }

    /// The beginnings of the files of one kind; one that makes no sense is reported and left out.
    private func summaries(suffix: String) throws(StorageError) -> [(file: String, summary: Checkpoint)] {
        var found: [(file: String, summary: Checkpoint)] = []
        for file in try Files.list(directory, .listCheckpoints)
        where file.hasSuffix(suffix) && !file.hasPrefix(".") {
            guard let beginning = try beginning(of: file) else { continue }
            do throws(CheckpointFileError) {
                found.append((file, try CheckpointFile.summary(beginning)))
            } catch {
                logger.warning(
                    "checkpoint cannot be read",
                    metadata: ["path": "\(directory)/\(file)", "reason": "\(error)"])
            }
        }
        return found
    }

    /// The newest checkpoint, automatic or named, that is whole and that `isUsable`; nil when there is none.
    /// Torn and corrupt automatic ones are set aside on the way.
    ///
    /// - Parameters:
    ///   - isUsable: asked with all but the head and the words.
    ///   - decode: makes something of it, or says why that cannot be.
    public func loadNewest<Value>(
        where isUsable: (Checkpoint) -> Bool, decode: (Checkpoint) throws(CheckpointError) -> Value
    ) throws(StorageError) -> Value? {
        for file in try newestFirst(isUsable) {
            do {
                let checkpoint = try CheckpointFile.decode(
                    try Files.read("\(directory)/\(file)", limit: .max, .readCheckpoint))
                do throws(CheckpointError) {
                    return try decode(checkpoint)
                } catch {
                    throw CheckpointFileError.badHead(error.description)
                }
            } catch let error as CheckpointFileError {
                if file.hasSuffix(".checkpoint") { try setAside(file, because: error) }
            } catch {
                logger.error(
                    "checkpoint cannot be read; an older one takes its place",
                    metadata: ["reason": "\(error)"])
            }
        }
        return nil
    }

    /// The files of the usable checkpoints, and those of automatic ones whose beginning makes no sense.
    private func newestFirst(_ isUsable: (Checkpoint) -> Bool) throws(StorageError) -> [String] {
        var files: [(event: EventID, file: String)] = []
        for file in try Files.list(directory, .listCheckpoints)
        where (file.hasSuffix(".checkpoint") || file.hasSuffix(".snapshot")) && !file.hasPrefix(".") {
            guard let beginning = try beginning(of: file) else { continue }
            do throws(CheckpointFileError) {
                let summary = try CheckpointFile.summary(beginning)
                if isUsable(summary) { files.append((summary.event, file)) }
            } catch {
                if file.hasSuffix(".checkpoint") { try setAside(file, because: error) }
            }
        }
        return files.sorted { ($0.event, $0.file) > ($1.event, $1.file) }.map(\.file)
    }

    /// Enough of a file for all before its head; nil when it has gone since it was listed: a checkpoint that
    /// is written meanwhile takes older ones away.
    private func beginning(of file: String) throws(StorageError) -> [UInt8]? {
        do throws(StorageError) {
            return try Files.read("\(directory)/\(file)", limit: Self.summaryBytes, .readCheckpoint)
        } catch .failed(_, _, ENOENT, _) {
            return nil
        }
    }

    /// Renames a named checkpoint whose beginning makes no sense: its name is free then. Any other stays.
    public func setAside(unreadable name: String) throws(StorageError) {
        let file = "\(name).snapshot"
        guard Self.isValid(name), try Files.list(directory, .listCheckpoints).contains(file),
            let beginning = try beginning(of: file)
        else { return }
        do throws(CheckpointFileError) {
            _ = try CheckpointFile.summary(beginning)
        } catch {
            try setAside(file, because: error)
        }
    }

    private func setAside(_ name: String, because error: CheckpointFileError) throws(StorageError) {
        let taken = Set(try Files.list(directory, .listCheckpoints))
        var newName = "\(name).corrupt"
        var number = 2
        while taken.contains(newName) {
            newName = "\(name).\(number).corrupt"
            number += 1
        }
        try Files.rename(name, to: newName, in: directory, .readCheckpoint)
        logger.error(
            "checkpoint set aside; an older one and the event log take its place",
            metadata: ["path": "\(directory)/\(newName)", "reason": "\(error)"])
    }

    /// Names of automatic checkpoints, the newest first.
    private func automaticNames() throws(StorageError) -> [String] {
        try Files.list(directory, .listCheckpoints).filter {
            $0.hasSuffix(".checkpoint") && !$0.hasPrefix(".")
        }
        .sorted(by: >)
    }

    /// Padded, so that names sort as positions do.
    private static func automaticName(_ event: EventID) -> String {
        let digits = event.description
        return String(repeating: "0", count: max(0, 19 - digits.count)) + digits + ".checkpoint"
    }

    private static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumNameLength else { return false }
        func isWordByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        return isWordByte(first) && name.utf8.allSatisfy { isWordByte($0) || "._-".utf8.contains($0) }
    }
}
