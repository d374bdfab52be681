internal import Foundation
internal import GRDB
internal import Learning

/// Events to rows and back.
enum EventRow {
    private static let insertion = """
        INSERT INTO events
            (kind, time, uid, pid, session, intent, target, position, text, context, encoder, features,
             reason, slots)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// What `events.reason` says of a lesson that is in force all the same.
    static let selfCorrection = "self_correction"

    /// The columns that depend on the kind of event.
    private struct Columns {
        var intent: IntentName?
        var target: IntentName?
        var position: EventID?
        var stored: StoredExample?
        var reason: String?
        var judgement: StoredJudgement?

        init(_ content: EventContent) {
            switch content {
            case .taught(let stored): (intent, self.stored) = (stored.example.intent, stored)
            case .held(let stored, let reason):
                (intent, self.stored, self.reason) = (stored.example.intent, stored, reason.rawValue)
            case .approved(let lesson, let stored): (intent, position) = (stored.example.intent, lesson)
            case .trained: break
            case .renamed(let from, let to): (intent, target) = (from, to)
            case .merged(let from, let into): (intent, target) = (from, into)
            case .removed(let intent): self.intent = intent
            case .restored(let position): self.position = position
            case .imported(let position, _, _): self.position = position
            case .judged(let judgement): (self.judgement, reason) = (judgement, judgement.verdict.rawValue)
            }
        }
    }

    /// - Parameter opensSession: whether the session that it names is one here.
    static func insert(
        _ event: NewEvent, encoder: Int64, opensSession: Bool = true, in db: Database
    ) throws -> EventID {
        if opensSession { try SessionRow.open(event.origin, time: event.time, in: db) }
        let columns = Columns(event.content)
        try db.cachedStatement(sql: insertion).execute(arguments: [
            Kind(event.content).rawValue, event.time, Int64(event.origin.uid), event.origin.pid,
            event.origin.session.map(withoutNUL), columns.intent?.description, columns.target?.description,
            columns.position?.rawValue,
            (columns.stored?.text ?? columns.judgement?.question).map(withoutNUL)
                ?? event.content.snapshotName,
            columns.stored?.context.map(withoutNUL), columns.stored == nil ? nil : encoder,
            columns.stored.map { Data($0.example.features.encoded()) }
                ?? columns.judgement.map { Data($0.lesson) },
            columns.reason ?? (event.origin.isSelfCorrection ? selfCorrection : nil),
            columns.stored?.lesson.map { Data($0.encoded()) },
        ])
        let id = EventID(rawValue: db.lastInsertedRowID)
        if case .trained(let examples, _) = event.content {
            try ExampleRow.insert(examples, event: id, encoder: encoder, in: db)
        }
        if case .imported(_, _, let names) = event.content {
            try ExampleRow.insert(names, ofImport: id, encoder: encoder, in: db)
        }
        return id
    }

    static func event(_ row: Row, in db: Database) throws -> Event {
        let id = EventID(rawValue: row["id"])
        return Event(
            id: id, content: try content(row, id: id, in: db),
            origin: Origin(row),
            time: row["time"], effect: try EffectRow.effect(row, id: id))
    }

    static func content(_ row: Row, id: EventID, in db: Database) throws -> EventContent {
        switch try kind(of: row, id: id) {
        case .taught: return .taught(try stored(row, id: id))
        case .held: return .held(try stored(row, id: id), try reason(row, id: id))
        case .approved:
            let lesson = try position(row, id: id)
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM events WHERE id = ? AND kind = 'held'", arguments: [lesson.rawValue])
            guard let row else {
                throw StorageError.badEvent(
                    id: id.rawValue, field: "position", reason: "no lesson is held at \(lesson)")
            }
            return .approved(lesson, try stored(row, id: lesson))
        case .trained: return .trained(try ExampleRow.fetch(event: id, in: db), .replacing)
        case .trainedKeepingBase: return .trained(try ExampleRow.fetch(event: id, in: db), .adding)
        case .bootstrapped: return .trained(try ExampleRow.fetch(event: id, in: db), .bootstrap)
        case .renamed:
            return .renamed(
                try Column.intent("intent", of: row, event: id),
                to: try Column.intent("target", of: row, event: id))
        case .merged:
            return .merged(
                try Column.intent("intent", of: row, event: id),
                into: try Column.intent("target", of: row, event: id))
        case .removed: return .removed(try Column.intent("intent", of: row, event: id))
        case .restored: return .restored(try position(row, id: id))
        case .imported:
            return .imported(
                after: try position(row, id: id), name: try Column.text("text", of: row, event: id),
                names: try ExampleRow.names(ofImport: id, in: db))
        case .judged: return .judged(try judgement(row, id: id))
        }
    }

    static func judgement(_ row: Row, id: EventID) throws -> StoredJudgement {
        let name = try Column.text("reason", of: row, event: id)
        guard let verdict = StoredJudgement.Verdict(rawValue: name) else {
            throw StorageError.badEvent(id: id.rawValue, field: "reason", reason: "'\(name)' is unknown")
        }
        return StoredJudgement(
            question: try Column.text("text", of: row, event: id), verdict: verdict,
            lesson: [UInt8](row["features"] as Data? ?? Data()))
    }

    /// The text, label and features of a lesson's row.
    static func stored(_ row: Row, id: EventID) throws -> StoredExample {
        let text = try Column.text("text", of: row, event: id)
        let slots = try Column.slots(of: row, in: text, event: id)
        let example = Example(
            intent: try Column.intent("intent", of: row, event: id),
            features: try Column.features("features", of: row, event: id), slots: slots?.example)
        return StoredExample(
            text: text, context: row["context"], example: example, slots: slots?.spans ?? [])
    }

    private static func position(_ row: Row, id: EventID) throws -> EventID {
        guard let position = row["position"] as Int64? else {
            throw StorageError.badEvent(id: id.rawValue, field: "position", reason: "is missing")
        }
        return EventID(rawValue: position)
    }

    private static func reason(_ row: Row, id: EventID) throws -> HoldReason {
        let name = try Column.text("reason", of: row, event: id)
        guard let reason = HoldReason(rawValue: name) else {
            throw StorageError.badEvent(id: id.rawValue, field: "reason", reason: "'\(name)' is unknown")
        }
        return reason
    }

    static func kind(of row: Row, id: EventID) throws -> Kind {
        let name = row["kind"] as String
        guard let kind = Kind(rawValue: name) else {
            throw StorageError.badEvent(id: id.rawValue, field: "kind", reason: "'\(name)' is unknown")
        }
        return kind
    }

    /// What `events.kind` may say.
    enum Kind: String {
        case taught, held, approved, trained, renamed, merged, removed, restored, imported, bootstrapped,
            judged
        case trainedKeepingBase = "trained_keeping_base"

        init(_ content: EventContent) {
            self =
                switch content {
                case .taught: .taught
                case .held: .held
                case .approved: .approved
                case .trained(_, .replacing): .trained
                case .trained(_, .adding): .trainedKeepingBase
                case .trained(_, .bootstrap): .bootstrapped
                case .renamed: .renamed
                case .merged: .merged
                case .removed: .removed
                case .restored: .restored
                case .imported: .imported
                case .judged: .judged
                }
        }
    }
}

extension Origin {
    /// Of an event's row.
    init(_ row: Row) {
        self.init(
            uid: UInt32(truncatingIfNeeded: row["uid"] as Int64),
            pid: Int32(truncatingIfNeeded: row["pid"] as Int64), session: row["session"],
            isSelfCorrection: row["reason"] as String? == EventRow.selfCorrection)
    }
}

extension EventContent {
    fileprivate var snapshotName: String? {
        if case .imported(_, let name, _) = self { name } else { nil }
    }
}

/// SQLite's text functions end at U+0000, which the tokenizer drops anyway: it is left out of what is stored.
func withoutNUL(_ text: String) -> String {
    text.utf8.contains(0)
        ? String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value != 0 })) : text
}
