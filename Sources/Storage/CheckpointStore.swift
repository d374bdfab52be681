public import Learning
public import Logging

/// The checkpoints of the head, in a directory of their own.
///
/// Automatic ones are `<event>.checkpoint`, the newest few of which are kept; named ones are
/// `<name>.snapshot` and are never removed. A file that cannot be used is renamed to `*.corrupt` and
/// reported, never deleted. Calls must not overlap: the caller's lock orders them.
public struct CheckpointStore: Sendable {
    /// Longer names are refused.
    public static let maximumNameLength = 64
    /// Enough of a file for everything before the head.
    private static let summaryBytes = 1024

    private let directory: String
    private let kept: Int
    private let logger: Logger

    /// - Parameters:
    ///   - directory: exists already.
    ///   - kept: how many automatic checkpoints stay, at least 1.
    public init(directory: String, kept: Int, logger: Logger) {
        self.directory = directory
        self.kept = max(1, kept)
        self.logger = logger
    }

    /// Writes an automatic checkpoint; when it returns, the file is durable. Then removes the oldest beyond
    /// `kept`.
    ///
    /// - Returns: the file's size in bytes.
    @discardableResult
    public func save(_ checkpoint: Checkpoint) throws(StorageError) -> Int {
        let bytes = CheckpointFile.encode(checkpoint)
        try Files.replace(Self.automaticName(checkpoint.event), in: directory, with: bytes, .saveCheckpoint)
        for name in try automaticNames().dropFirst(kept) {
            try Files.remove(name, in: directory, .saveCheckpoint)
        }
        return bytes.count
    }

    /// Writes a checkpoint under a name of its own.
    ///
    /// - Throws: `badSnapshotName`, `snapshotExists`, or what the disk says.
    public func save(_ checkpoint: Checkpoint, named name: String) throws(StorageError) -> NamedCheckpoint {
        guard Self.isValid(name) else { throw .badSnapshotName(name) }
        let file = "\(name).snapshot"
        guard try !Files.list(directory, .listCheckpoints).contains(file) else { throw .snapshotExists(name) }
        let bytes = CheckpointFile.encode(checkpoint)
        try Files.replace(file, in: directory, with: bytes, .saveCheckpoint)
        return NamedCheckpoint(
            name: name, event: checkpoint.event, digest: checkpoint.digest, bytes: bytes.count,
            createdAt: checkpoint.createdAt)
    }

    /// The named checkpoints, the oldest first. A file whose beginning makes no sense is reported and left
    /// out.
    public func named() throws(StorageError) -> [NamedCheckpoint] {
        var found: [NamedCheckpoint] = []
        for file in try Files.list(directory, .listCheckpoints) where file.hasSuffix(".snapshot") {
            let path = "\(directory)/\(file)"
            let beginning = try Files.read(path, limit: Self.summaryBytes, .readCheckpoint)
            do throws(CheckpointFileError) {
                let summary = try CheckpointFile.summary(beginning)
                found.append(
                    NamedCheckpoint(
                        name: String(file.dropLast(".snapshot".count)), event: summary.event,
                        digest: summary.digest,
                        bytes: Files.size(path), createdAt: summary.createdAt))
            } catch {
                logger.warning(
                    "snapshot cannot be read", metadata: ["path": "\(path)", "reason": "\(error)"])
            }
        }
        return found.sorted { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
    }

    /// The newest automatic checkpoint that is whole, was made with `encoder`'s features and stands at or
    /// before `position`; nil when there is none. Torn and corrupt ones are set aside on the way.
    ///
    /// - Parameter decode: turns the head's bytes into a head, or says why they are none.
    public func loadNewest<Head>(
        encoder: String, atMost position: EventID, decode: ([UInt8]) throws(CheckpointError) -> Head
    ) throws(StorageError) -> (checkpoint: Checkpoint, head: Head)? {
        for name in try automaticNames() {
            do {
                let checkpoint = try CheckpointFile.decode(
                    try Files.read("\(directory)/\(name)", limit: .max, .readCheckpoint))
                guard checkpoint.encoder == encoder, checkpoint.event <= position else { continue }
                return (checkpoint, try Self.head(of: checkpoint, decode))
            } catch let error as CheckpointFileError {
                try setAside(name, because: error)
            } catch {
                logger.error(
                    "checkpoint cannot be read; an older one takes its place",
                    metadata: ["reason": "\(error)"])
            }
        }
        return nil
    }

    private static func head<Head>(
        of checkpoint: Checkpoint, _ decode: ([UInt8]) throws(CheckpointError) -> Head
    ) throws(CheckpointFileError) -> Head {
        do {
            return try decode(checkpoint.head)
        } catch {
            throw .badHead(error.description)
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
            "corrupt checkpoint set aside; an older one and the event log take its place",
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
