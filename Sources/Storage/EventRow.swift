internal import Foundation
internal import GRDB
internal import Learning

/// Events to rows and back.
enum EventRow {
    private static let insertion = """
        INSERT INTO events
            (kind, time, uid, pid, session, intent, target, text, context, encoder, features, name_features)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The columns that depend on the kind of event.
    private struct Columns {
        var intent: IntentName?
        var target: IntentName?
        var text: String?
        var context: String?
        var features: Features?
        var name: Features?

        init(_ content: EventContent) {
            switch content {
            case .taught(let stored, let name):
                intent = stored.example.intent
                text = stored.text
                context = stored.context
                features = stored.example.features
                self.name = name
            case .trained: break
            case .renamed(let from, let to, let name):
                intent = from
                target = to
                self.name = name
            case .merged(let from, let into):
                intent = from
                target = into
            case .removed(let intent): self.intent = intent
            }
        }
    }

    static func insert(_ event: NewEvent, encoder: Int64, in db: Database) throws -> EventID {
        let columns = Columns(event.content)
        let hasFeatures = columns.features != nil || columns.name != nil
        try db.cachedStatement(sql: insertion).execute(arguments: [
            Kind(event.content).rawValue, event.time, Int64(event.origin.uid), event.origin.pid,
            event.origin.session.map(withoutNUL), columns.intent?.description, columns.target?.description,
            columns.text.map(withoutNUL), columns.context.map(withoutNUL), hasFeatures ? encoder : nil,
            columns.features.map { Data($0.encoded()) }, columns.name.map { Data($0.encoded()) },
        ])
        let id = EventID(rawValue: db.lastInsertedRowID)
        if case .trained(let examples, let names, _) = event.content {
            try ExampleRow.insert(examples, names: names, event: id, encoder: encoder, in: db)
        }
        return id
    }

    static func event(_ row: Row, in db: Database) throws -> Event {
        let id = EventID(rawValue: row["id"])
        return Event(
            id: id, content: try content(row, id: id, in: db),
            origin: Origin(
                uid: UInt32(truncatingIfNeeded: row["uid"] as Int64), pid: row["pid"], session: row["session"]
            ),
            time: row["time"], effect: try EffectRow.effect(row, id: id))
    }

    private static func content(_ row: Row, id: EventID, in db: Database) throws -> EventContent {
        let name = row["kind"] as String
        guard let kind = Kind(rawValue: name) else {
            throw StorageError.badEvent(id: id.rawValue, field: "kind", reason: "'\(name)' is unknown")
        }
        switch kind {
        case .taught:
            let example = Example(
                intent: try Column.intent("intent", of: row, event: id),
                features: try Column.features("features", of: row, event: id))
            return .taught(
                StoredExample(
                    text: try Column.text("text", of: row, event: id), context: row["context"],
                    example: example),
                name: try Column.optionalFeatures("name_features", of: row, event: id))
        case .trained, .trainedKeepingBase:
            let (examples, names) = try ExampleRow.fetch(event: id, in: db)
            return .trained(examples, names: names, keepingBase: kind == .trainedKeepingBase)
        case .renamed:
            return .renamed(
                try Column.intent("intent", of: row, event: id),
                to: try Column.intent("target", of: row, event: id),
                name: try Column.optionalFeatures("name_features", of: row, event: id))
        case .merged:
            return .merged(
                try Column.intent("intent", of: row, event: id),
                into: try Column.intent("target", of: row, event: id))
        case .removed: return .removed(try Column.intent("intent", of: row, event: id))
        }
    }

    /// What `events.kind` may say.
    enum Kind: String {
        case taught, trained, renamed, merged, removed
        case trainedKeepingBase = "trained_keeping_base"

        init(_ content: EventContent) {
            self =
                switch content {
                case .taught: .taught
                case .trained(_, _, let keepingBase): keepingBase ? .trainedKeepingBase : .trained
                case .renamed: .renamed
                case .merged: .merged
                case .removed: .removed
                }
        }
    }
}

/// SQLite's text functions end at U+0000, which the tokenizer drops anyway: it is left out of what is stored.
func withoutNUL(_ text: String) -> String {
    text.utf8.contains(0)
        ? String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value != 0 })) : text
}
