internal import GRDB
public import Learning

/// Logs from elsewhere inside this one: the events that another log's snapshot was made of, in one run, and
/// behind them the event `imported`, whose `position` lies before the first.
///
/// The run is a log of its own that starts from nothing. A replay passes over it unless it is to end inside:
/// a restoration of an imported snapshot is one of the state after the run's last event, and needs nothing
/// beyond what any other needs. The features of intents' names, which another processor may have made
/// otherwise, lie with the event `imported` as its examples.
enum Imports {
    /// True of the row of an event that came from elsewhere: its user and session are those of another
    /// machine.
    static let condition = """
        EXISTS (SELECT 1 FROM events AS import
            WHERE import.kind = 'imported' AND import.position < events.id AND events.id < import.id)
        """

    /// The runs, as the numbers around them.
    static func fetchAll(in db: Database) throws -> [(event: EventID, position: EventID)] {
        try Row.fetchAll(db, sql: "SELECT id, position FROM events WHERE kind = 'imported'").map { row in
            (event: EventID(rawValue: row["id"]), position: EventID(rawValue: row["position"] ?? 0))
        }
    }

    /// `events` with the whole run of each event `imported` among them, and with what was restored from it;
    /// and with the runs of which nothing but they is restored, and no snapshot is there.
    static func completed(
        _ events: Set<Int64>, beside snapshots: [EventID], in db: Database
    ) throws -> Set<Int64> {
        try fetchAll(in: db).reduce(into: events) { all, run in
            let restored = try restorations(of: run, in: db)
            let isLeft =
                !restored.isEmpty && restored.isSubset(of: events)
                && !snapshots.contains { isWithin(run, $0) }
            guard isLeft || events.contains(run.event.rawValue) else { return }
            all.formUnion(restored)
            all.formUnion(
                try Int64.fetchAll(
                    db, sql: "SELECT id FROM events WHERE id > ? AND id <= ?",
                    arguments: [run.position.rawValue, run.event.rawValue]))
        }
    }

    /// The restorations of a state within a run.
    static func restorations(
        of run: (event: EventID, position: EventID), in db: Database
    ) throws -> Set<Int64> {
        Set(
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM events WHERE kind = 'restored' AND kind <> 'taught'
                        AND position > ? AND position < ?
                    """, arguments: [run.position.rawValue, run.event.rawValue]))
    }

    /// Whether an event is one that the run brought.
    static func isWithin(_ run: (event: EventID, position: EventID), _ event: EventID) -> Bool {
        run.position < event && event < run.event
    }

    /// Takes out the names of those of `intents` that no event of their run speaks of any more.
    static func removeUnusedNames(_ intents: Set<String>, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                DELETE FROM examples WHERE intent = :intent AND id IN (
                    SELECT name.id FROM events AS run JOIN examples AS name ON name.event = run.id
                    WHERE run.kind = 'imported' AND name.intent = :intent
                        AND NOT EXISTS (SELECT 1 FROM events AS one
                            WHERE (one.intent = :intent OR one.target = :intent)
                                AND one.id > run.position AND one.id < run.id)
                        AND NOT EXISTS (SELECT 1 FROM examples AS one
                            WHERE one.intent = :intent AND one.event > run.position AND one.event < run.id))
                """)
        for intent in intents { try statement.execute(arguments: ["intent": intent]) }
    }
}

/// An import that nothing needs.
public struct UnusedImport: Sendable, Hashable {
    /// Of its snapshot.
    public let name: String
    /// Microseconds since 1970, UTC.
    public let time: Int64
    /// The last event that it brought, gone or not: the head after it was the snapshot's.
    public let last: EventID
    /// What is left of it, oldest first, and behind it the event `imported`.
    public let events: [EventID]

    fileprivate init?(_ run: (event: EventID, position: EventID), in db: Database) throws {
        let row = try Row.fetchOne(
            db, sql: "SELECT time, text FROM events WHERE id = ?", arguments: [run.event.rawValue])
        guard let row else { return nil }
        time = row["time"]
        name = try Column.text("text", of: row, event: run.event)
        last = EventID(rawValue: run.event.rawValue - 1)
        events = try Int64.fetchAll(
            db, sql: "SELECT id FROM events WHERE id > ? AND id <= ? ORDER BY id",
            arguments: [run.position.rawValue, run.event.rawValue]
        ).map(EventID.init)
    }
}

/// What an import has added to a log.
public struct ImportedRun: Sendable, Hashable {
    /// The last event of what was imported: the head after it is the snapshot's.
    public let last: EventID
    /// The event `imported` behind it.
    public let event: EventID
    /// Events added, that one among them.
    public let count: Int
}

extension EventLog {
    /// Appends all events of a log that `export` made, and the event `imported`, in one commit. What is
    /// learnt does not change.
    ///
    /// - Parameters:
    ///   - name: of the snapshot.
    ///   - origin: who imports it.
    ///   - time: microseconds since 1970, UTC.
    /// - Throws: `badBackup` when there are none.
    public func append(
        allOf other: EventLog, as name: String, by origin: Origin, encoder: String, time: Int64
    ) throws(StorageError) -> ImportedRun {
        try write(.append) { db in
            let encoderID = try EncoderRow.id(of: encoder, in: db)
            // No number that was ever used lies within the run: a snapshot may be of an event that is gone.
            let position = EventID(
                rawValue: try Int64.fetchOne(
                    db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'") ?? 0)
            var last = position
            var count = 0
            try other.forAll { event in
                last = try Self.insert(event, encoder: encoderID, in: db)
                count += 1
            }
            guard count > 0 else { throw StorageError.badBackup(.empty) }
            let closing = NewEvent(
                .imported(after: position, name: name, names: try other.allNames()), origin: origin,
                time: time)
            let event = try EventRow.insert(closing, encoder: encoderID, in: db)
            return ImportedRun(last: last, event: event, count: count + 1)
        }
    }

    /// Copies the events that `plan` counts to a log that is empty, with what they need and nothing else: no
    /// turns, no erasures, no lesson that waits. What an approval taught is a lesson like another, of the one
    /// who gave it.
    ///
    /// - Parameter progress: called with the events so far; what it throws ends it.
    /// - Returns: how many they are, and whether the copy has the names of all intents as they learnt them.
    ///   An import and what was taught here may have learnt one name by other features; the copy has those of
    ///   the first of them.
    /// - Throws: `badBackup` when there are none.
    func export(
        _ plan: ReplayPlan, to copy: EventLog, encoder: String,
        progress: (Int) throws(CancellationError) -> Void
    ) throws -> (count: Int, hasTheirNames: Bool) {
        var count = 0
        var names = try ExportedNames(of: self)
        var cancellation: CancellationError?
        try copy.write(.backUp) { db in
            let encoderID = try EncoderRow.id(of: encoder, in: db)
            try forEach(in: plan) { event throws(StorageError) in
                guard cancellation == nil, let event = try flattened(event) else { return }
                let new = try names.new(at: event)
                do {
                    try NameRow.insert(new, encoder: encoderID, in: db)
                    _ = try Self.insert(event, encoder: encoderID, in: db)
                } catch {
                    throw StorageError(error, path: copy.path, .backUp)
                }
                count += 1
                do throws(CancellationError) { try progress(count) } catch { cancellation = error }
            }
        }
        if let cancellation { throw cancellation }
        guard count > 0 else { throw StorageError.badBackup(.empty) }
        return (count, names.areUniform)
    }

    /// The event as a log has it in which nothing was ever held; nil for one that taught nothing.
    private func flattened(_ event: Event) throws(StorageError) -> Event? {
        switch event.content {
        // What was said here of answers here is nobody's business elsewhere.
        case .held, .restored, .imported, .judged: nil
        case .approved(let lesson, let stored):
            Event(
                id: event.id, content: .taught(stored), origin: try origin(of: lesson) ?? event.origin,
                time: event.time, effect: event.effect)
        default: event
        }
    }

    private func origin(of event: EventID) throws(StorageError) -> Origin? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT uid, pid, session, reason FROM events WHERE id = ?",
                arguments: [event.rawValue]
            ).map { Origin($0) }
        }
    }

    private static func insert(_ event: Event, encoder: Int64, in db: Database) throws -> EventID {
        let new = NewEvent(event.content, origin: event.origin, time: event.time)
        let id = try EventRow.insert(new, encoder: encoder, opensSession: false, in: db)
        if let effect = event.effect {
            try EffectRow.store(Effect(event: id, before: effect.before, after: effect.after), in: db)
        }
        return id
    }

    /// All events of a log from elsewhere. What cannot be read of it is its own fault, and not that of the
    /// log here.
    private func forAll(_ body: (Event) throws -> Void) throws {
        var failure: (any Error)?
        do throws(StorageError) {
            try forEach(in: try plan()) { event throws(StorageError) in
                do {
                    try body(event)
                } catch {
                    failure = error
                    throw StorageError(error, path: path, .append)
                }
            }
        } catch {
            throw failure ?? StorageError.badBackup(.integrity("\(error)"))
        }
    }

    private func allNames() throws(StorageError) -> [IntentName: Features] {
        try read { db in
            let intents = try String.fetchAll(db, sql: "SELECT intent FROM names")
            return try NameRow.fetch(Set(try intents.map(Column.intentName)), in: db)
        }
    }

    /// The features of the names of those of `intents` that ever had an event, as an event learnt them;
    /// without one those of this log's own.
    public func names(
        of intents: Set<IntentName>, at event: EventID = .none
    ) throws(StorageError) -> [IntentName: Features] {
        guard !intents.isEmpty else { return [:] }
        return try read { db in
            let run = try Imports.fetchAll(in: db).first { Imports.isWithin($0, event) }
            guard let run else { return try NameRow.fetch(intents, in: db) }
            return try ExampleRow.names(ofImport: run.event, in: db).filter { intents.contains($0.key) }
        }
    }

    fileprivate func imports() throws(StorageError) -> [(event: EventID, position: EventID)] {
        try read { db in try Imports.fetchAll(in: db) }
    }

    /// The imports that nothing was restored from, and of which no snapshot is there, oldest first.
    ///
    /// - Parameter snapshots: the events of those that there are.
    public func unusedImports(beside snapshots: [EventID]) throws(StorageError) -> [UnusedImport] {
        try read { db in
            try Imports.fetchAll(in: db).sorted { $0.event < $1.event }.compactMap { run in
                guard !snapshots.contains(where: { Imports.isWithin(run, $0) }),
                    try Imports.restorations(of: run, in: db).isEmpty
                else { return nil }
                return try UnusedImport(run, in: db)
            }
        }
    }

    /// Whether the state after `event` came from elsewhere.
    public func isImported(_ event: EventID) throws(StorageError) -> Bool {
        try imports().contains { Imports.isWithin($0, event) }
    }

    /// Refuses a log from elsewhere, opened with `foreign(at:)`, that no export makes.
    ///
    /// - Parameters:
    ///   - textBytes: the most that a text may have.
    ///   - labelBytes: the most that an intent's name may have.
    /// - Throws: `badBackup`.
    /// - Complexity: reads the whole log.
    public func checkExport(textBytes: Int, labelBytes: Int) throws(StorageError) {
        do throws(StorageError) {
            let count = try count()
            guard count > 0 else { throw .badBackup(.empty) }
            // Those that a restoration undoes are passed over here, and there is none in an export.
            var seen = 0
            try forEach(in: try plan()) { event throws(StorageError) in
                seen += 1
                guard event.content.isExported else { throw .badBackup(.unexpectedEvent(event.id.rawValue)) }
                for (part, found, limit) in [
                    ("text", event.content.longestText, textBytes),
                    ("intent", event.content.longestLabel, labelBytes),
                ] where found > limit {
                    throw .badBackup(
                        .tooLong(event: event.id.rawValue, part: part, limit: limit, found: found))
                }
            }
            guard seen == count else { throw .badBackup(.unexpectedEvent(try newest().rawValue)) }
        } catch .badEvent(let id, let field, let reason) {
            throw .badBackup(.badEvent(id, field: field, reason: reason))
        } catch .badName(let intent, let reason) {
            throw .badBackup(.badEvent(0, field: "name of \(intent)", reason: reason))
        }
    }
}

/// The features of intents' names on their way into an export, which has one for each intent.
private struct ExportedNames {
    private let log: EventLog
    private let runs: [(event: EventID, position: EventID)]
    /// Whether no intent had others, or none, where it was learnt again.
    private(set) var areUniform = true
    private var written: [IntentName: Features?] = [:]
    /// Of each run and of the log's own events, nil, the intents that were looked up.
    private var known: [EventID?: Set<IntentName>] = [:]

    init(of log: EventLog) throws(StorageError) {
        self.log = log
        runs = try log.imports()
    }

    /// The features of those names that an event learns first.
    mutating func new(at event: Event) throws(StorageError) -> [IntentName: Features] {
        let wanted = event.content.intentsToName
        guard !wanted.isEmpty else { return [:] }
        let run = runs.first { Imports.isWithin($0, event.id) }?.event
        let unknown = wanted.subtracting(known[run, default: []])
        guard !unknown.isEmpty else { return [:] }
        known[run, default: []].formUnion(unknown)
        let found = try log.names(of: unknown, at: event.id)
        var new: [IntentName: Features] = [:]
        for intent in unknown {
            if let earlier = written[intent] {
                if earlier != found[intent] { areUniform = false }
            } else {
                written[intent] = .some(found[intent])
                new[intent] = found[intent]
            }
        }
        return new
    }
}

extension EventContent {
    fileprivate var isExported: Bool {
        switch self {
        case .taught, .trained, .renamed, .merged, .removed: true
        case .held, .approved, .restored, .imported, .judged: false
        }
    }

    private var examples: [StoredExample] {
        switch self {
        case .taught(let stored), .held(let stored, _), .approved(_, let stored): [stored]
        case .trained(let stored, _): stored
        case .renamed, .merged, .removed, .restored, .imported, .judged: []
        }
    }

    private var labels: [IntentName] {
        switch self {
        case .renamed(let from, let to), .merged(let from, let to): [from, to]
        case .removed(let intent): [intent]
        default: examples.map(\.example.intent)
        }
    }

    fileprivate var longestText: Int {
        examples.reduce(0) { max($0, $1.text.utf8.count, $1.context?.utf8.count ?? 0) }
    }

    fileprivate var longestLabel: Int { labels.reduce(0) { max($0, $1.description.utf8.count) } }
}
