import Dialogue
import Foundation
import Synchronization
import Testing

@testable import Assistant

/// Files of data are read once, until they change.
@Suite struct RecordFilesTests {
    let directory: TemporaryDirectory
    let files: RecordFiles
    /// Whether files were written long ago, by the clock here.
    private let isLater = Shared(false)

    init() throws {
        directory = try TemporaryDirectory()
        files = RecordFiles(
            clock: WallClock { [isLater] in isLater.value.withLock { $0 } ? 1 << 52 : 0 }, mostKept: 1000)
    }

    /// A value that a clock reads.
    private final class Shared: Sendable {
        let value: Mutex<Bool>
        init(_ value: Bool) { self.value = Mutex(value) }
    }

    private func becomeLater() { isLater.value.withLock { $0 = true } }

    private func path(_ name: String = "a.jsonl") -> String { "\(directory.path)/\(name)" }

    /// - Parameter age: seconds ago that it was written.
    private func write(_ text: String, _ name: String = "a.jsonl", age: Double = 60) throws {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path(name))
    }

    private func values(_ name: String = "a.jsonl") throws -> [String]? {
        let query = RecordQuery(file: name, matches: [:], columns: ["x"])
        return try files.records(at: path(name))?.lines(answering: query, [:])
    }

    @Test func `a file that was just written is read at each question, and later once`() throws {
        #expect(try values() == nil)
        try write("{\"x\": 1}\n")
        #expect(try values() == ["x: 1"])
        // As long, and within the same tick.
        try write("{\"x\": 2}\n")
        #expect(try values() == ["x: 2"])
        becomeLater()
        _ = try values()
        let read = files.readCount
        for _ in 0..<100 { #expect(try values() == ["x: 2"]) }
        #expect(files.readCount == read)
        try write("{\"x\": 3}\n", age: 50)
        #expect(try values() == ["x: 3"])
        try FileManager.default.removeItem(atPath: path())
        #expect(try values() == nil)
    }

    @Test func `what is wrong with a file is told each time, and found once`() throws {
        try write("{\"x\": 1}\n{\"x\": [1]}\n")
        becomeLater()
        #expect(throws: Records.Fault.self) { try values() }
        let read = files.readCount
        for _ in 0..<3 {
            let fault = #expect(throws: Records.Fault.self) { try values() }
            #expect(fault?.line == 2)
        }
        #expect(files.readCount == read)
    }

    @Test func `a file over the limit is refused by its size, and not read`() throws {
        try write("")
        let handle = try #require(FileHandle(forWritingAtPath: path()))
        try handle.truncate(atOffset: UInt64(Records.largestFile) + 1)
        let fault = #expect(throws: Records.Fault.self) { try values() }
        #expect(fault?.reason == "\(path()): 16777217 bytes, at most 16777216 expected")
        #expect(files.readCount == 0)
    }

    @Test func `a directory and a pipe are no files`() throws {
        try FileManager.default.createDirectory(atPath: path("d"), withIntermediateDirectories: false)
        #expect(mkfifo(path("f"), 0o600) == 0)
        for name in ["d", "f"] { #expect(throws: Records.Fault.self) { try values(name) } }
    }

    @Test func `what was asked longest ago goes first`() throws {
        let names = ["a.csv", "b.csv", "c.csv"]
        let half = 450
        for name in names {
            try write("x,pad\n1," + String(repeating: "y", count: half) + "\n", name)
        }
        becomeLater()
        for name in ["a.csv", "b.csv", "a.csv", "c.csv", "a.csv"] { _ = try values(name) }
        #expect(files.readCount == 3)
        _ = try values("b.csv")
        #expect(files.readCount == 4)
    }

    @Test func `a range of days, and a text whatever its letters, are found among many`() throws {
        let rows = (0..<5000).map {
            "{\"x\": \($0), \"day\": \"2026-01-\(10 + $0 % 20)\", \"kind\": \"A\($0 % 7)\"}"
        }
        try write(rows.joined(separator: "\n"))
        let query = RecordQuery(file: "a.jsonl", matches: ["day": "day", "kind": "kind"], columns: ["x"])
        func slot(_ value: String) -> FilledSlot { FilledSlot(value: value, text: value, turn: 1) }
        let records = try #require(try files.records(at: path()))
        let found = records.lines(
            answering: query, ["day": slot("2026-01-10/2026-01-11"), "kind": slot("a3")])
        #expect(found == (0..<Records.mostRows).map { "x: \(80 + 140 * $0)" })
    }
}
