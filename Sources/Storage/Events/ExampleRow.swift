internal import Foundation
internal import GRDB
internal import Learning

/// The examples of a training, a row each.
enum ExampleRow {
    private static let insertion = """
        INSERT INTO examples (event, intent, text, context, encoder, features, slots) VALUES (?, ?, ?, ?, ?, ?, ?)
        """

    static func insert(
        _ examples: [StoredExample], event: EventID, encoder: Int64, in db: Database
    ) throws {
        let statement = try db.cachedStatement(sql: insertion)
        for stored in examples {
            try statement.execute(arguments: [
                event.rawValue, stored.example.intent.description, withoutNUL(stored.text),
                stored.context.map(withoutNUL), encoder, Data(stored.example.features.encoded()),
                stored.lesson.map { Data($0.encoded()) },
            ])
        }
    }

    /// The features of intents' names, as the examples of the event `imported`.
    static func insert(
        _ names: [IntentName: Features], ofImport event: EventID, encoder: Int64, in db: Database
    ) throws {
        let examples = names.sorted { $0.key < $1.key }.map { intent, features in
            StoredExample(
                text: intent.spoken, context: nil, example: Example(intent: intent, features: features))
        }
        try insert(examples, event: event, encoder: encoder, in: db)
    }

    static func names(ofImport event: EventID, in db: Database) throws -> [IntentName: Features] {
        try fetch(event: event, in: db).reduce(into: [:]) { $0[$1.example.intent] = $1.example.features }
    }

    static func fetch(event: EventID, in db: Database) throws -> [StoredExample] {
        var examples: [StoredExample] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM examples WHERE event = ? ORDER BY id", arguments: [event.rawValue])
        while let row = try rows.next() {
            let text = try Column.text("text", of: row, event: event)
            let slots = try Column.slots(of: row, in: text, event: event)
            let example = Example(
                intent: try Column.intent("intent", of: row, event: event),
                features: try Column.features("features", of: row, event: event), slots: slots?.example)
            examples.append(
                StoredExample(
                    text: text, context: row["context"], example: example, slots: slots?.spans ?? []))
        }
        return examples
    }
}
