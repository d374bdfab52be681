import Foundation
import GRDB
import Glibc
import Learning
import Testing

@testable import Storage

@Suite struct BackupTests {
    let directory: TemporaryDirectory
    let state: StateDirectory
    let log: EventLog
    let knowledge: KnowledgeStore

    init() throws {
        directory = try TemporaryDirectory()
        state = try StateDirectory(path: "\(directory.path)/state")
        log = try EventLog(path: state.log)
        knowledge = try KnowledgeStore(path: state.knowledge)
        _ = try log.append(["x", "y"].map { try taught($0, as: "a") }, encoder: encoder)
        let store = CheckpointStore(directory: state.heads, logger: quiet)
        for event in [2, 9] as [Int64] { _ = try store.save(checkpoint(event), named: "at-\(event)") }
    }

    private func checkpoint(_ event: Int64) -> Checkpoint {
        Checkpoint(
            event: EventID(rawValue: event), revision: 0, encoder: encoder, digest: "d", createdAt: 0,
            head: [UInt8](repeating: 7, count: 3000), words: [1])
    }

    private func backup() throws -> [UInt8] {
        let file = try make(time: 5_000_000, digest: "d1").file
        let bytes = try file.read(at: 0, limit: .max)
        #expect(bytes.count == file.count)
        return bytes
    }

    private func make(
        time: Int64 = 0, digest: String = "d",
        progress: (Int, Int) throws(CancellationError) -> Void = { _, _ in }
    ) throws -> (file: OutgoingFile, manifest: BackupManifest) {
        try state.backup(
            of: log, madeWith: origin, time: time, conversations: { try state.conversationParts() },
            knowledge: knowledge,
            progress: progress, digest: { _ in digest })
    }

    private var origin: BackupManifest.Origin { .init(encoder: encoder, seed: 7) }

    private func upload(_ bytes: [UInt8]) throws -> IncomingFile {
        let upload = try IncomingFile(size: bytes.count, in: directory.path)
        #expect(try upload.append(bytes) == bytes.count)
        return upload
    }

    private func unpack(_ bytes: [UInt8]) throws -> BackupManifest {
        try state.unpack(try upload(bytes))
    }

    @Test func `what is unpacked is what was backed up, and no checkpoint of a later event`() throws {
        let bytes = try backup()
        let manifest = try unpack(bytes)
        #expect(
            manifest.event == EventID(rawValue: 2) && manifest.digest == "d1" && manifest.origin == origin)
        #expect(manifest.parts.map(\.path) == ["slmd.db", "knowledge.db", "heads/at-2.snapshot"])
        let copy = try EventLog(path: "\(state.incoming)/slmd.db")
        #expect(try texts(of: copy) == ["x", "y"])
        try copy.checkIntegrity()
        let head = try Files.read("\(state.incoming)/heads/at-2.snapshot", limit: .max, .read)
        #expect(head == CheckpointFile.encode(checkpoint(2)))
        #expect(!Files.exists("\(state.path)/.backup.db"))
    }

    @Test func `a backup is a tar archive that others can read`() throws {
        let file = "\(directory.path)/b.tar"
        try Data(try backup()).write(to: URL(fileURLWithPath: file))
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-tf", file]
        let pipe = Pipe()
        tar.standardOutput = pipe
        try tar.run()
        let listed = try pipe.fileHandleForReading.readToEnd() ?? Data()
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        #expect(
            String(decoding: listed, as: UTF8.self)
                == "MANIFEST\nslmd.db\nknowledge.db\nheads/at-2.snapshot\n")
    }

    @Test func `pieces of any size make the whole`() throws {
        let file = try make().file
        let whole = try file.read(at: 0, limit: .max)
        for size in [513, 4096, 99_991] {
            var bytes: [UInt8] = []
            while case let piece = try file.read(at: bytes.count, limit: size), !piece.isEmpty {
                bytes += piece
            }
            #expect(bytes == whole)
        }
    }

    @Test func `a backup cut at any length is refused, and nothing of it stays`() throws {
        let whole = try backup()
        for length in stride(from: 0, to: whole.count, by: 1777) {
            #expect(throws: StorageError.self, "cut at \(length)") { try unpack([UInt8](whole[..<length])) }
            #expect(!Files.exists(state.incoming))
        }
        #expect(throws: StorageError.badBackup(.trailingBytes(1))) { try unpack(whole + [0]) }
    }

    @Test func `a changed byte in any part or header is found`() throws {
        let whole = try backup()
        let manifest = try unpack(whole)
        let log = 512 + 512 * ((manifest.encoded().count + 511) / 512)
        // A byte of the manifest, of the log's header and content, and of the snapshot at the end.
        for position in [600, log + 3, log + 130, log + 512 + 5000, whole.count - 1024 - 1100] {
            var bytes = whole
            bytes[position] ^= 0x11
            #expect(throws: StorageError.self, "byte \(position)") { try unpack(bytes) }
        }
    }

    /// An archive of files, with a manifest of its own.
    private func archive(
        _ files: [(String, [UInt8])], format: Int = EventLogSchema.format, listing: [String]? = nil
    ) throws -> [UInt8] {
        let parts = try files.map { path, bytes in
            BackupManifest.Part(
                path: path, bytes: bytes.count, digest: try OutgoingFile.digest(of: .bytes(bytes)) { _ in })
        }
        let manifest = BackupManifest(
            kind: .backup, format: format, event: .none, digest: "d", origin: origin, createdAt: 0, name: nil,
            parts: listing.map { names in parts.filter { names.contains($0.path) } } ?? parts)
        var bytes: [UInt8] = []
        for (path, content) in [(BackupManifest.path, manifest.encoded())] + files {
            bytes += Tar.header(Tar.Entry(path: path, size: content.count), time: 0) + content
            bytes += [UInt8](repeating: 0, count: Tar.padding(after: content.count))
        }
        return bytes + Tar.end
    }

    @Test func `each lie has its error`() throws {
        let db: (String, [UInt8]) = ("slmd.db", [1, 2, 3])
        #expect(try unpack(try archive([db])).parts.count == 1)
        let newer = EventLogSchema.format + 1
        let lies: [([UInt8], BackupError)] = [
            ([UInt8](repeating: 65, count: 2048), .notABackup),
            (try archive([]), .missingPart("slmd.db")),
            (
                try archive([db], format: newer),
                .newerFormat(supported: EventLogSchema.format, found: newer)
            ),
            (try archive([db, ("heads/x", [1])], listing: ["slmd.db"]), .unexpectedPart("heads/x")),
        ]
        for (bytes, error) in lies {
            #expect(throws: StorageError.badBackup(error)) { try unpack(bytes) }
        }
    }

    @Test(arguments: [
        "../slmd.db", "/etc/passwd", "heads/../x", "heads/.x", "heads/", "heads/a/b", "lock", "slmd.db-wal",
        "adapters/x", "heads/a b", "heads/\u{1B}[2J",
    ])
    func `a file that no backup has is refused`(path: String) throws {
        let bytes = try archive([("slmd.db", [1]), (path, [1])])
        #expect(throws: StorageError.self) { try unpack(bytes) }
        #expect(!StatePart.isValid(path))
    }

    @Test func `more than was announced is not kept`() throws {
        let upload = try IncomingFile(size: 3, in: directory.path)
        #expect(try upload.append([1, 2]) == 2)
        #expect(try upload.append([3, 4]) == nil)
        #expect(try upload.append([3]) == 3)
        #expect(try upload.bytes() == [1, 2, 3])
        // FIPS 180-4 applied to 01 02 03, by sha256sum.
        #expect(upload.digest == "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")
    }

    @Test func `of a piece that could not be written whole nothing stays, and it may come again`() throws {
        let upload = try IncomingFile(size: 5, in: directory.path)
        #expect(try upload.append([1, 2]) == 2)
        let descriptor = try #require(openDescriptors(of: "\(directory.path)/.incoming (deleted)").first)
        // As a write that a full disk cuts short leaves it: a byte more, and the place behind that.
        var half: UInt8 = 9
        #expect(lseek(descriptor, 2, SEEK_SET) == 2 && write(descriptor, &half, 1) == 1)
        let kept = dup(descriptor)
        // From here on the kernel refuses writes (EBADF).
        let readOnly = open("/dev/null", O_RDONLY)
        #expect(dup2(readOnly, descriptor) == descriptor)
        #expect(throws: StorageError.self) { try upload.append([3, 4, 5]) }
        #expect(upload.count == 2)
        #expect(dup2(kept, descriptor) == descriptor)
        for number in [readOnly, kept] { close(number) }
        #expect(try upload.append([3, 4, 5]) == 5)
        #expect(try upload.bytes() == [1, 2, 3, 4, 5])
        // FIPS 180-4 applied to 01 02 03 04 05, by sha256sum.
        #expect(upload.digest == "74f81fe167d99b4cb41d6d0ccda82278caee9f3e2f25d5e5a3936ff3dcec60d0")
    }
}

@Test func `a log that is closed says so, to whoever asks`() throws {
    let directory = try TemporaryDirectory()
    let log = try EventLog(path: "\(directory.path)/slmd.db")
    let sessions = try SessionDirectory(beside: log)
    try sessions.close()
    try log.close()
    try log.close()
    #expect(throws: StorageError.stateExchanged) { try log.count() }
    #expect(throws: StorageError.stateExchanged) { try log.settle(rewriting: false) }
    #expect(throws: StorageError.stateExchanged) {
        try log.append([try taught("a", as: "b")], encoder: encoder)
    }
    #expect(throws: StorageError.stateExchanged) { try sessions.owner(of: "s") }
    #expect(log.refusal == nil, "nothing is wrong with the disk")
}

/// What a crash may leave of an exchange of states.
@Suite struct RestorationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ path: String, _ text: String, in state: String) throws {
        let url = URL(fileURLWithPath: "\(state)/\(path)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func content(_ path: String, in state: String) -> String? {
        try? String(contentsOfFile: "\(state)/\(path)", encoding: .utf8)
    }

    private func makeState(at state: String) throws {
        for path in ["slmd.db", "slmd.db-wal", "heads/1.checkpoint"] { try write(path, "old", in: state) }
    }

    private func expectNew(_ state: String) {
        #expect(content("slmd.db", in: state) == "new")
        #expect(content("heads/2.checkpoint", in: state) == "new")
        #expect(content("heads/1.checkpoint", in: state) == nil)
        #expect(content("slmd.db-wal", in: state) == nil)
        for path in ["slmd.db", "slmd.db-wal", "heads/1.checkpoint"] {
            #expect(content("restore.previous/\(path)", in: state) == "old")
        }
        #expect(!Files.exists("\(state)/restore.committed") && !Files.exists("\(state)/restore.incoming"))
    }

    @Test func `before the decision a start leaves the old state, and after it the new one`() throws {
        let state = "\(directory.path)/a"
        try makeState(at: state)
        let restoration = Restoration(state: state)
        try restoration.begin()
        try write("restore.incoming/slmd.db", "new", in: state)
        try restoration.finish()
        #expect(content("slmd.db", in: state) == "old" && !Files.exists("\(state)/restore.incoming"))
        try restoration.begin()
        try write("restore.incoming/slmd.db", "new", in: state)
        try write("restore.incoming/heads/2.checkpoint", "new", in: state)
        try restoration.commit(keepsPrevious: false)
        expectNew(state)
    }

    @Test func `what fails before the decision changes nothing, and after it only a start goes on`() throws {
        let state = "\(directory.path)/d"
        try makeState(at: state)
        let restoration = Restoration(state: state)
        try restoration.begin()
        try write("restore.incoming/slmd.db", "new", in: state)
        try write("restore.incoming/slmd.db-wal", "not in the log yet", in: state)
        #expect(throws: StorageError.self) { try restoration.commit(keepsPrevious: true) }
        try restoration.finish()
        #expect(content("slmd.db", in: state) == "old" && content("heads/1.checkpoint", in: state) == "old")

        try restoration.begin()
        try write("restore.incoming/slmd.db", "new", in: state)
        // Nothing can be moved out of a folder that has the name of the old log.
        try FileManager.default.removeItem(atPath: "\(state)/slmd.db")
        try write("slmd.db/file", "in the way", in: state)
        try Files.rename("restore.incoming", to: "restore.committed", in: state, .restore)
        try write("restore.previous/slmd.db", "the old log", in: state)
        let error = #expect(throws: StorageError.self) { try restoration.finish() }
        #expect(error?.description.contains("is there, and so are") == true)
        #expect(content("restore.previous/slmd.db", in: state) == "the old log")
    }

    /// The moves of an exchange, in their order.
    private static let moves = [
        ("slmd.db-wal", "", "restore.previous"), ("heads", "", "restore.previous"),
        ("heads", "restore.committed", ""), ("conversations", "restore.committed", ""),
        ("slmd.db", "", "restore.previous"), ("slmd.db", "restore.committed", ""),
    ]

    @Test(arguments: 0...moves.count)
    func `a start goes on after any of the moves`(done: Int) throws {
        let state = "\(directory.path)/b"
        try makeState(at: state)
        for path in ["slmd.db", "heads/2.checkpoint", "conversations/c"] {
            try write("restore.committed/\(path)", "new", in: state)
        }
        try Files.makeDirectory("\(state)/restore.previous")
        for (name, source, target) in Self.moves.prefix(done) {
            try Files.move(name, from: "\(state)/\(source)", to: "\(state)/\(target)", .restore)
        }
        let opened = try StateDirectory(path: state)
        expectNew(state)
        #expect(content("conversations/c", in: state) == "new")
        try opened.removePrevious(isForced: false)
        #expect(!Files.exists("\(state)/restore.previous"))
    }

    @Test func `a state that is to be kept goes only when something in it is forgotten`() throws {
        let state = try StateDirectory(path: "\(directory.path)/c")
        let restoration = Restoration(state: state.path)
        try restoration.begin()
        try write("restore.incoming/slmd.db", "new", in: state.path)
        try state.commitIncoming(keepsPrevious: true)
        try state.removePrevious(isForced: false)
        #expect(restoration.hasPrevious)
        try state.removePrevious(isForced: true)
        #expect(!restoration.hasPrevious)
    }
}
