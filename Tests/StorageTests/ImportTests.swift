import GRDB
import Learning
import Testing

@testable import Storage

/// Logs from elsewhere inside a log.
@Suite struct ImportTests {
    private func spans(
        through end: Int64, restorations: [(Int64, Int64)] = [], imports: [(Int64, Int64)]
    ) -> [[Int64]] {
        func marks(_ pairs: [(Int64, Int64)]) -> [(event: EventID, position: EventID)] {
            pairs.map { (EventID(rawValue: $0.0), EventID(rawValue: $0.1)) }
        }
        return ReplayPlan(
            through: EventID(rawValue: end), restorations: marks(restorations), imports: marks(imports)
        ).spans.map { [$0.after.rawValue, $0.through.rawValue] }
    }

    @Test func `an import is passed over, and a state inside it begins with it`() {
        // Events 1…3 are ours, 4…6 came with the import at 7.
        #expect(spans(through: 9, imports: [(7, 3)]) == [[0, 3], [7, 9]])
        #expect(spans(through: 7, imports: [(7, 3)]) == [[0, 3]])
        #expect(spans(through: 6, imports: [(7, 3)]) == [[3, 6]])
        #expect(spans(through: 3, imports: [(7, 3)]) == [[0, 3]])
        #expect(spans(through: 4, imports: [(5, 0)]) == [[0, 4]])
    }

    @Test func `a restoration of an imported state leaves that and what follows`() {
        #expect(spans(through: 9, restorations: [(8, 6)], imports: [(7, 3)]) == [[3, 6], [8, 9]])
        // A second import behind it changes nothing, and neither does a restoration that was undone by another.
        #expect(
            spans(through: 20, restorations: [(8, 6)], imports: [(7, 3), (19, 9)]) == [
                [3, 6], [8, 9], [19, 20],
            ])
        #expect(
            spans(through: 12, restorations: [(8, 6), (10, 2)], imports: [(7, 3)]) == [[0, 2], [10, 12]])
    }

    @Test func `the names of intents come from the import where an event lies in it`() throws {
        let (ours, theirs) = (try TemporaryDirectory(), try TemporaryDirectory())
        let log = try EventLog(path: "\(ours.path)/slmd.db")
        let source = try EventLog(path: "\(theirs.path)/slmd.db")
        let name = try intent("a")
        _ = try log.append([try taught("ours", as: "a")], names: [name: features(1)], encoder: encoder)
        _ = try source.append([try taught("theirs", as: "a")], names: [name: features(2)], encoder: encoder)
        let run = try log.append(allOf: source, as: "s", by: origin, encoder: encoder, time: 9)
        #expect(run.count == 2 && run.event.rawValue == run.last.rawValue + 1)
        #expect(try log.names(of: [name], at: run.last) == [name: features(2)])
        #expect(try log.names(of: [name], at: EventID(rawValue: 1)) == [name: features(1)])
        #expect(try log.events(.newest(9)).map(\.rawValue) == [1, 2, 3])
        #expect(try log.events(.event(run.event)) == [run.last, run.event])
        #expect(try log.events(.newest(1)) == [run.last, run.event])
        // Of an intent that nothing in the import speaks of any more, its name goes.
        _ = try log.erase([run.last], time: 10)
        #expect(try log.names(of: [name], at: run.last) == [:])
        #expect(try log.names(of: [name], at: EventID(rawValue: 1)) == [name: features(1)])
    }

    @Test func `an encoder that changed has the names of an import embedded again`() throws {
        let (ours, theirs) = (try TemporaryDirectory(), try TemporaryDirectory())
        let log = try EventLog(path: "\(ours.path)/slmd.db")
        let source = try EventLog(path: "\(theirs.path)/slmd.db")
        _ = try source.append(
            [try taught("theirs", as: "book_table")], names: [try intent("book_table"): features(2)],
            encoder: encoder)
        _ = try log.append(allOf: source, as: "s", by: origin, encoder: encoder, time: 9)
        let stale = try log.staleRows(encoder: "other", limit: 9)
        #expect(stale.map(\.text) == ["theirs", "book table"])
    }

    @Test func `what no export has is refused`() throws {
        let directory = try TemporaryDirectory()
        let log = try EventLog(path: "\(directory.path)/slmd.db")
        #expect(throws: StorageError.badBackup(.empty)) { try log.checkExport(textBytes: 9, labelBytes: 9) }
        _ = try log.append([try taught("x", as: "a"), try taught("y", as: "a")], encoder: encoder)
        try log.checkExport(textBytes: 9, labelBytes: 9)
        let restored = NewEvent(.restored(EventID(rawValue: 1)), origin: origin, time: 1)
        _ = try log.append([restored], encoder: encoder)
        #expect(throws: StorageError.badBackup(.unexpectedEvent(3))) {
            try log.checkExport(textBytes: 9, labelBytes: 9)
        }
    }

    @Test func `a label that is none is named`() throws {
        let directory = try TemporaryDirectory()
        let log = try EventLog(path: "\(directory.path)/slmd.db")
        _ = try log.append([try taught("x", as: "a")], encoder: encoder)
        let long = String(repeating: "l", count: 201)
        try log.database.write { db in try db.execute(sql: "UPDATE events SET intent = '\(long)'") }
        #expect(
            throws: StorageError.badBackup(
                .badEvent(
                    1, field: "intent",
                    reason: "the name of an intent has 201 bytes; at most 200 are allowed"))
        ) { try log.checkExport(textBytes: 9, labelBytes: 300) }
    }
}
