import Foundation
import Learning
import Testing

@testable import Storage

@Suite struct CheckpointStoreTests {
    let directory: TemporaryDirectory
    let store: CheckpointStore
    private let few = CheckpointRetention(kept: 2, distance: 1)

    init() throws {
        directory = try TemporaryDirectory()
        store = CheckpointStore(directory: directory.path, logger: quiet)
    }

    private func checkpoint(
        _ event: Int64, revision: Int64 = 0, encoder: String = encoder
    ) -> Checkpoint {
        Checkpoint(
            event: EventID(rawValue: event), revision: revision, encoder: encoder, digest: "d\(event)",
            createdAt: event * 10,
            head: (0..<500).map { UInt8(truncatingIfNeeded: $0 * 7 + Int(event)) },
            words: [1, 2, UInt8(truncatingIfNeeded: event)])
    }

    private func newest(atMost position: Int64 = .max) throws -> Checkpoint? {
        try store.loadNewest(
            where: { $0.encoder == encoder && $0.event.rawValue <= position }, decode: { $0 })
    }

    private var files: [String] { get throws { try Files.list(directory.path, .listCheckpoints).sorted() } }

    @Test func `the newest checkpoint comes back byte for byte`() throws {
        #expect(try newest() == nil)
        for event in [3, 20, 100] as [Int64] { try store.save(checkpoint(event), keeping: few) }
        #expect(try newest() == checkpoint(100))
    }

    @Test func `only the newest few automatic ones stay, and all the named ones`() throws {
        _ = try store.save(checkpoint(1), named: "first")
        for event in 2...9 as ClosedRange<Int64> { try store.save(checkpoint(event), keeping: few) }
        let kept = (7...9).map { "000000000000000000\($0).checkpoint" }
        #expect(try files == kept + ["first.snapshot"])
    }

    @Test func `checkpoints close together do not push out those further back`() throws {
        let apart = CheckpointRetention(kept: 2, distance: 50)
        for event in [100, 200, 300, 301, 302, 303] as [Int64] {
            try store.save(checkpoint(event), keeping: apart)
        }
        #expect(try files.map { String($0.suffix(14)) } == ["100", "200", "303"].map { "\($0).checkpoint" })
    }

    @Test func `a checkpoint of another encoder or of a later event than the log's last is passed over`()
        throws
    {
        try store.save(checkpoint(1), keeping: few)
        try store.save(checkpoint(2, encoder: "another"), keeping: few)
        try store.save(checkpoint(3), keeping: few)
        #expect(try newest(atMost: 2) == checkpoint(1))
        #expect(try files.count == 3)
    }

    @Test func `a file cut at any length is set aside and the one before takes its place`() throws {
        let whole = CheckpointFile.encode(checkpoint(8))
        for length in stride(from: 0, to: whole.count, by: 37) {
            let directory = try TemporaryDirectory()
            let store = CheckpointStore(directory: directory.path, logger: quiet)
            try store.save(checkpoint(7), keeping: few)
            try Files.replace(
                "0000000000000000008.checkpoint", in: directory.path, with: Array(whole[..<length]),
                .saveCheckpoint)
            let found = try store.loadNewest(where: { _ in true }, decode: { $0 })
            #expect(found == checkpoint(7), "cut at \(length)")
            #expect(
                try Files.list(directory.path, .listCheckpoints).contains(
                    "0000000000000000008.checkpoint.corrupt"))
        }
    }

    /// Its bytes as format 2 wrote them: without the twelve that tell how the head did and whence it came.
    private func inFormat2(_ checkpoint: Checkpoint) -> [UInt8] {
        var bytes = Array(CheckpointFile.encode(checkpoint).dropLast(32))
        bytes[8] = 2
        bytes.removeSubrange(36..<48)
        let digest = Array(Checkpoint.digest(ofHead: bytes))
        let hash = stride(from: 0, to: digest.count, by: 2).compactMap {
            UInt8(String(digest[$0...$0 + 1]), radix: 16)
        }
        return bytes + hash
    }

    @Test func `a checkpoint of the format before reads, and has no score`() throws {
        #expect(try CheckpointFile.decode(inFormat2(checkpoint(8))) == checkpoint(8))
        let old = Array(inFormat2(checkpoint(8)).prefix(CheckpointStore.summaryBytes))
        #expect(try CheckpointFile.summary(old).digest == "d8")
    }

    @Test func `how a head did on held-back examples is kept with it`() throws {
        let plain = checkpoint(8)
        let measured = Checkpoint(
            event: plain.event, revision: 0, encoder: encoder, digest: plain.digest,
            createdAt: plain.createdAt, head: plain.head, words: plain.words,
            score: HeldBackScore(correct: 3, count: 4))
        #expect(try CheckpointFile.decode(CheckpointFile.encode(measured)) == measured)
        #expect(try store.save(measured, named: "a").score?.accuracy == 0.75)
        _ = try store.save(plain, named: "b")
        #expect(try store.named().map(\.score) == [HeldBackScore(correct: 3, count: 4), nil])
    }

    @Test func `more known than there were is no score`() throws {
        var bytes = CheckpointFile.encode(checkpoint(8))
        bytes[36] = 5
        #expect(throws: CheckpointFileError.badScore(correct: 5, count: 0)) {
            try CheckpointFile.summary(bytes)
        }
        bytes[8] = 4
        #expect(throws: CheckpointFileError.otherFormat(supported: 2...3, found: 4)) {
            try CheckpointFile.summary(bytes)
        }
    }

    @Test func `a changed byte anywhere is found`() throws {
        let whole = CheckpointFile.encode(checkpoint(8))
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= 0x10
            #expect(throws: CheckpointFileError.self, "byte \(index)") { try CheckpointFile.decode(bytes) }
        }
        #expect(throws: CheckpointFileError.self) { try CheckpointFile.decode(whole + [0]) }
    }

    @Test func `a whole file with a head that makes no sense is set aside, twice under two names`() throws {
        for _ in 1...2 {
            try store.save(checkpoint(5), keeping: few)
            let found =
                try store.loadNewest(
                    where: { _ in true },
                    decode: { checkpoint throws(CheckpointError) in
                        throw CheckpointError.trailingBytes(checkpoint.head.count)
                    }) as Int?
            #expect(found == nil)
        }
        #expect(
            try files == [
                "0000000000000000005.checkpoint.2.corrupt", "0000000000000000005.checkpoint.corrupt",
            ])
    }

    @Test func `a checkpoint that goes while they are listed is passed over`() throws {
        try store.save(checkpoint(3), keeping: few)
        // In the listing, and not there when it is opened.
        for name in ["7.checkpoint", "gone.snapshot"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(directory.path)/\(name)", withDestinationPath: "nowhere")
        }
        #expect(try newest() == checkpoint(3))
        #expect(try store.named().isEmpty)
        #expect(try store.staleNames(after: [Erasure(revision: 1, first: .none)]).isEmpty)
    }

    @Test func `an unfinished write leaves nothing that is taken for a checkpoint`() throws {
        try store.save(checkpoint(1), keeping: few)
        try Files.replace(
            ".0000000000000000002.checkpoint.tmp", in: directory.path, with: [1, 2, 3], .saveCheckpoint)
        #expect(try newest() == checkpoint(1))
    }

    @Test func `named checkpoints are listed, the oldest first, and never overwritten`() throws {
        let second = try store.save(checkpoint(20), named: "b-1.x_Y")
        let first = try store.save(checkpoint(3), named: "z")
        #expect(try store.named() == [first, second])
        #expect(first.digest == "d3")
        #expect(first.bytes == CheckpointFile.encode(checkpoint(3)).count)
        #expect(throws: StorageError.snapshotExists("z")) { try store.save(checkpoint(4), named: "z") }
        #expect(try store.named().first == first)
    }

    @Test func `a snapshot is a place to begin from too, and comes back by its name`() throws {
        try store.save(checkpoint(1), keeping: few)
        _ = try store.save(checkpoint(9), named: "kept")
        #expect(try newest() == checkpoint(9))
        #expect(try store.load(named: "kept") == checkpoint(9))
        #expect(throws: StorageError.snapshotNotFound("lost")) { try store.load(named: "lost") }
        #expect(throws: StorageError.snapshotNotFound("../kept")) { try store.load(named: "../kept") }
    }

    @Test func `what saw an erased event is stale until it is made anew`() throws {
        let log = try EventLog(path: "\(directory.path)/slmd.db")
        for number in 1...6 { _ = try log.append([try taught("\(number)", as: "a")], encoder: encoder) }
        for event in [2, 4, 5] as [Int64] { try store.save(checkpoint(event), keeping: few) }
        _ = try store.save(checkpoint(3), named: "before")
        _ = try store.save(checkpoint(6), named: "after")
        let erasure = try log.erase([EventID(rawValue: 4)], time: 0)
        #expect(erasure == Erasure(revision: 1, first: EventID(rawValue: 4), sessions: ["s-1"]))
        #expect(try store.staleNames(after: try log.erasures()) == ["after"])
        #expect(try store.removeStale(after: try log.erasures()) == 2)
        try store.replace(checkpoint(6, revision: 1), named: "after")
        try store.save(checkpoint(5, revision: 1), keeping: few)
        #expect(try store.staleNames(after: try log.erasures()).isEmpty)
        #expect(try store.removeStale(after: try log.erasures()) == 0)
    }

    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "-x", "_x", "a b", "ä", "a\n", String(repeating: "a", count: 65),
    ])
    func `a name that is not a plain file name is refused`(name: String) throws {
        #expect(throws: StorageError.badSnapshotName(name)) { try store.save(checkpoint(1), named: name) }
        #expect(try files.isEmpty)
    }
}
