internal import Crypto
internal import Glibc
internal import SystemPackage

/// Reads a backup from its beginning to its end.
struct BackupReader {
    private static let pieceBytes = 1 << 20

    private let upload: IncomingFile
    private let end: Int
    private var position = 0

    init(_ upload: IncomingFile) {
        self.upload = upload
        end = upload.count
    }

    /// Writes each part as a file, durably.
    ///
    /// - Parameters:
    ///   - kind: what it has to be; nil for either.
    ///   - progress: called with the bytes done and in all; what it throws ends it.
    mutating func unpack(
        to directory: String, expecting kind: BackupManifest.Kind? = nil,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> BackupManifest {
        let manifest = try manifest()
        if let kind, kind != manifest.kind {
            throw StorageError.badBackup(.otherKind(expected: kind, found: manifest.kind))
        }
        var left = manifest.parts[...]
        while let entry = try next() {
            guard let part = left.popFirst() else {
                throw StorageError.badBackup(.unexpectedPart(Self.shown(entry.path)))
            }
            guard part.path == entry.path else {
                throw StorageError.badBackup(
                    manifest.parts.contains { $0.path == entry.path }
                        ? .missingPart(part.path) : .unexpectedPart(Self.shown(entry.path)))
            }
            guard part.bytes == entry.size else {
                throw StorageError.badBackup(.size(part: part.path, expected: part.bytes, found: entry.size))
            }
            try write(part, to: directory, progress)
        }
        if let missing = left.first { throw StorageError.badBackup(.missingPart(missing.path)) }
        guard position == end else { throw StorageError.badBackup(.trailingBytes(end - position)) }
        guard manifest.parts.contains(where: { $0.path == StatePart.log }) else {
            throw StorageError.badBackup(.missingPart(StatePart.log))
        }
        return manifest
    }

    private mutating func manifest() throws(StorageError) -> BackupManifest {
        guard end >= Tar.blockSize, let entry = try? next(), entry.path == BackupManifest.path,
            entry.size <= BackupManifest.largest
        else { throw .badBackup(.notABackup) }
        let bytes = try take(entry.size)
        try skip(Tar.padding(after: entry.size))
        do throws(BackupError) {
            return try BackupManifest(decoding: bytes)
        } catch {
            throw .badBackup(error)
        }
    }

    /// The next file's header; nil after the last, with the two blocks of zeros behind it.
    private mutating func next() throws(StorageError) -> Tar.Entry? {
        let start = position
        let block = try take(Tar.blockSize)
        do throws(BackupError) {
            if let entry = try Tar.entry(block, at: start) { return entry }
        } catch {
            throw .badBackup(error)
        }
        guard try take(Tar.blockSize).allSatisfy({ $0 == 0 }) else { throw .badBackup(.badHeader(at: start)) }
        return nil
    }

    private mutating func write(
        _ part: BackupManifest.Part, to directory: String, _ progress: (Int, Int) throws -> Void
    ) throws {
        let path = "\(directory)/\(part.path)"
        var hash = SHA256()
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite])
            try file.closeAfter {
                var left = part.bytes
                while left > 0 {
                    let piece = try take(min(left, Self.pieceBytes))
                    hash.update(data: piece)
                    _ = try file.writeAll(piece)
                    left -= piece.count
                    try progress(position, end)
                }
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch {
            throw error is StorageError || error is CancellationError
                ? error : Files.failure(path, .restore, error)
        }
        let found = CheckpointFile.hex(hash.finalize())
        guard found == part.digest else {
            throw StorageError.badBackup(.checksum(part: part.path, expected: part.digest, found: found))
        }
        try skip(Tar.padding(after: part.bytes))
    }

    private mutating func take(_ count: Int) throws(StorageError) -> [UInt8] {
        guard count <= end - position else {
            throw .badBackup(.truncated(at: position, wanted: count, left: end - position))
        }
        defer { position += count }
        return try upload.read(at: position, count: count)
    }

    private mutating func skip(_ count: Int) throws(StorageError) { _ = try take(count) }

    /// A name from a file that may be anything.
    static func shown(_ name: String) -> String {
        name.unicodeScalars.prefix(100).map { $0.escaped(asASCII: true) }.joined()
    }
}
