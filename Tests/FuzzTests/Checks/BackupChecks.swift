import Crypto
import Foundation

@testable import Storage

extension FuzzTarget {
    /// What was unpacked of a backup is what its manifest names, and nothing else.
    ///
    /// The first byte says what the others are: a file; or the lines of a manifest, whose last one is made right, up to a zero
    /// and then what follows it in the file, which few changes of bytes would get past the checksum.
    func checkBackup(_ bytes: [UInt8]) throws {
        let rest = Array(bytes.dropFirst())
        try checkArchiveOfState((bytes.first ?? 0).isMultiple(of: 2) ? rest : withManifest(rest))
    }

    private func withManifest(_ bytes: [UInt8]) -> [UInt8] {
        let lines = Array(bytes.prefix { $0 != 0 })
        let text = lines + Array("sha256 \(CheckpointFile.hex(SHA256.hash(data: lines)))\n".utf8)
        let entry = Tar.Entry(path: BackupManifest.path, size: text.count)
        let padding = [UInt8](repeating: 0, count: Tar.padding(after: text.count))
        return Tar.header(entry, time: 0) + text + padding + bytes.dropFirst(lines.count + 1)
    }

    private func checkArchiveOfState(_ bytes: [UInt8]) throws {
        let folder = try TemporaryState()
        let upload = try IncomingFile(size: bytes.count, in: folder.path)
        _ = try upload.append(bytes)
        var reader = BackupReader(upload)
        let manifest: BackupManifest
        do {
            manifest = try reader.unpack(to: folder.path)
        } catch StorageError.badBackup {
            return
        }
        try promise(try BackupManifest(decoding: manifest.encoded()) == manifest, "a manifest round-trips")
        try promise(try folder.files() == manifest.parts.map(\.path).sorted(), "the parts are the files")
        for part in manifest.parts {
            let content = try Data(contentsOf: URL(filePath: "\(folder.path)/\(part.path)"))
            try promise(content.count == part.bytes, "\(part.path) has the size that was named")
            try promise(CheckpointFile.hex(SHA256.hash(data: content)) == part.digest, "and the digest")
        }
    }
}

/// A state folder in memory, gone with the value.
private final class TemporaryState {
    let path: String

    init() throws {
        path = "/dev/shm/slmd-fuzz-\(UUID().uuidString)"
        for folder in StatePart.folders {
            try FileManager.default.createDirectory(
                atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).filter { !StatePart.folders.contains($0) }
            .sorted()
    }
}
