internal import GRDB

/// Which events are to be taken back or forgotten. What the bootstrap file taught is never among them.
public enum ErasureSelection: Sendable, Hashable {
    /// The newest so many.
    case newest(Int)
    case event(EventID)
    case session(String)
    case user(UInt32)
}

/// A change of the log's past: whatever was made of events from `first` on holds no more.
public struct Erasure: Sendable, Hashable {
    /// The log's revision after it, from 1.
    public let revision: Int64
    public let first: EventID
    /// The turns that went, in no order; known to the one who erases only.
    public var turns: [Int64] = []
    /// Turns that stay and are not what they were, likewise.
    public var revised: [Int64] = []
    /// The sessions that the events were taught in.
    public var sessions: Set<String> = []

    /// Those whose bytes may still be in the archive.
    public var stale: [Int64] { turns + revised }
}

extension EventLog {
    /// The events of a selection, oldest first. With a held lesson goes what approved it; with one approval
    /// that is selected by its number the lesson itself; with a restoration the approvals of lessons that it
    /// had made wait again, where an earlier one counts then. With an import goes all that it brought, and
    /// what was restored from it; with the last restoration of one that has no snapshot any more the import.
    /// What an import brought is its users' and sessions', not those of this machine with the same numbers
    /// and names: it goes by its events' numbers, or all of it.
    ///
    /// - Parameters:
    ///   - owner: only what this user taught counts.
    ///   - snapshots: the events of those that there are.
    public func events(
        _ selection: ErasureSelection, of owner: UInt32? = nil, beside snapshots: [EventID] = []
    ) throws(StorageError) -> [EventID] {
        try read { db in
            let isOurs = "NOT \(Imports.condition)"
            let own = "(?1 IS NULL OR (uid = ?1 AND \(isOurs)))"
            let (condition, value): (String, any DatabaseValueConvertible) =
                switch selection {
                case .newest(let count): ("\(own) AND \(isOurs) ORDER BY id DESC LIMIT ?2", count)
                case .event(let id): ("\(own) AND id = ?2", id.rawValue)
                case .session(let session):
                    ("\(own) AND \(isOurs) AND kind <> 'imported' AND session = ?2", session)
                case .user(let uid): ("\(own) AND \(isOurs) AND kind <> 'imported' AND uid = ?2", Int64(uid))
                }
            let selected = try Int64.fetchAll(
                db, sql: "SELECT id FROM events WHERE kind <> 'bootstrapped' AND \(condition)",
                arguments: [owner.map { Int64($0) }, value])
            let isOne = if case .event = selection { true } else { false }
            let approved = try Quarantine.completed(Set(selected), withLessons: isOne, in: db)
            let completed = try Imports.completed(approved, beside: snapshots, in: db)
            return completed.union(try Quarantine.repeated(without: completed, in: db)).sorted()
                .map(EventID.init)
        }
    }

    /// Takes events out of the log in one commit, with all their texts and features, and the turns that go
    /// with them. Their bytes are gone from the files after `settle(rewriting:)`.
    ///
    /// - Parameters:
    ///   - areLearnt: whether the head ever learnt from them: what was made of the log holds otherwise.
    ///   - turns: those of a session or a user go whether they taught anything or not.
    ///   - revision: what becomes of turns that stay.
    ///   - time: microseconds since 1970, UTC.
    /// - Returns: revision 0 where there was nothing to erase, and nothing has changed.
    public func erase(
        _ events: [EventID], areLearnt: Bool = true, turns: TurnSelection = .ofEvents,
        revising revision: TurnRevision = TurnRevision(), time: Int64
    ) throws(StorageError) -> Erasure {
        try write(.erase) { db in
            let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
            // Where only turns go, nothing learnt is stale.
            let first = (areLearnt ? events.min() : nil) ?? EventID(rawValue: newest + 1)
            let sessions = try SessionRow.names(of: events, in: db)
            let gone = try TurnRow.erase(turns, of: events, revision, in: db)
            guard !events.isEmpty || !gone.erased.isEmpty else { return Erasure(revision: 0, first: first) }
            let intents = try NameRow.intents(of: events, in: db)
            let statement = try db.cachedStatement(sql: "DELETE FROM events WHERE id = ?")
            for event in events { try statement.execute(arguments: [event.rawValue]) }
            try Imports.removeUnusedNames(intents, in: db)
            try NameRow.removeUnused(intents, in: db)
            try db.execute(
                sql: """
                    INSERT INTO erasures (first_event, first_turn, last_turn, time, is_settled)
                    VALUES (?, ?, ?, ?, 0)
                    """,
                arguments: [first.rawValue, gone.stale.min(), gone.stale.max(), time])
            let revision = db.lastInsertedRowID
            if turns != .ofEvents { try SessionRow.removeUnused(in: db) }
            return Erasure(
                revision: revision, first: first, turns: gone.erased, revised: gone.revised,
                sessions: sessions)
        }
    }

    /// The sessions of this machine that events were taught in.
    public func sessions(taughtIn events: [EventID]) throws(StorageError) -> Set<String> {
        try read { db in try SessionRow.names(of: events, in: db) }
    }

    /// Every erasure there was, oldest first.
    public func erasures() throws(StorageError) -> [Erasure] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT id, first_event FROM erasures ORDER BY id").map { row in
                Erasure(revision: row["id"], first: EventID(rawValue: row["first_event"]))
            }
        }
    }

    /// After how many erasures bytes of their events may still lie in the log's files.
    public func unsettled() throws(StorageError) -> Int {
        try read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM erasures WHERE NOT is_settled") ?? 0
        }
    }

    /// Leaves no byte of erased events in the log's files. Erased cells are zeros since the erasure; with
    /// this the write-ahead log that had them is empty.
    ///
    /// - Parameter rewriting: whether the whole file is written anew as well, which costs as long as the log
    ///   is large: what SQLite moved within its pages in earlier times may have left copies.
    public func settle(rewriting: Bool) throws(StorageError) {
        if let cause = refusal { throw .refusing(after: cause) }
        do {
            try gate.enter {
                try database.writeWithoutTransaction { db in
                    if rewriting { try db.execute(sql: "VACUUM") }
                    // Said only once it is true: a reader may keep the write-ahead log from being emptied.
                    try DatabaseFile.emptyWriteAheadLog(db)
                    try db.execute(sql: "UPDATE erasures SET is_settled = 1")
                }
            }
        } catch {
            throw failure(error, .erase)
        }
    }
}
