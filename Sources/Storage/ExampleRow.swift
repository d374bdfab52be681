internal import Foundation
internal import GRDB
internal import Learning

/// The examples of a training, a row each.
enum ExampleRow {
    private static let insertion = """
        INSERT INTO examples (event, intent, text, context, encoder, features) VALUES (?, ?, ?, ?, ?, ?)
        """

    static func insert(
        _ examples: [StoredExample], event: EventID, encoder: Int64, in db: Database
    ) throws {
        let statement = try db.cachedStatement(sql: insertion)
        for stored in examples {
            try statement.execute(arguments: [
                event.rawValue, stored.example.intent.description, withoutNUL(stored.text),
                stored.context.map(withoutNUL), encoder, Data(stored.example.features.encoded()),
            ])
        }
    }

    static func fetch(event: EventID, in db: Database) throws -> [StoredExample] {
        var examples: [StoredExample] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM examples WHERE event = ? ORDER BY id", arguments: [event.rawValue])
        while let row = try rows.next() {
            let example = Example(
                intent: try Column.intent("intent", of: row, event: event),
                features: try Column.features("features", of: row, event: event))
            examples.append(StoredExample(text: row["text"], context: row["context"], example: example))
        }
        return examples
    }
}

/// The features of intents' names, a row each.
enum NameRow {
    static func insert(_ names: [IntentName: Features], encoder: Int64, in db: Database) throws {
        guard !names.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO names (intent, encoder, features) VALUES (?, ?, ?)")
        for (intent, features) in names.sorted(by: { $0.key < $1.key }) {
            try statement.execute(arguments: [intent.description, encoder, Data(features.encoded())])
        }
    }

    static func fetch(_ intents: Set<IntentName>, in db: Database) throws -> [IntentName: Features] {
        let statement = try db.cachedStatement(sql: "SELECT features FROM names WHERE intent = ?")
        return try intents.reduce(into: [:]) { names, intent in
            guard let data = try Data.fetchOne(statement, arguments: [intent.description]) else { return }
            do throws(CheckpointError) {
                names[intent] = try Features(decoding: [UInt8](data))
            } catch {
                throw StorageError.badName(intent: intent.description, reason: error.description)
            }
        }
    }

    /// The intents that events speak of.
    static func intents(of events: [EventID], in db: Database) throws -> Set<String> {
        let named = try db.cachedStatement(
            sql: "SELECT intent FROM events WHERE id = :id UNION SELECT target FROM events WHERE id = :id")
        let trained = try db.cachedStatement(sql: "SELECT DISTINCT intent FROM examples WHERE event = ?")
        return try events.reduce(into: []) { intents, event in
            let spoken = try String?.fetchAll(named, arguments: ["id": event.rawValue])
            intents.formUnion(spoken.compactMap(\.self))
            intents.formUnion(try String.fetchAll(trained, arguments: [event.rawValue]))
        }
    }

    /// Takes out those of `intents` that no event speaks of any more.
    static func removeUnused(_ intents: Set<String>, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                DELETE FROM names WHERE intent = :intent
                    AND NOT EXISTS (SELECT 1 FROM events WHERE intent = :intent)
                    AND NOT EXISTS (SELECT 1 FROM events WHERE target = :intent)
                    AND NOT EXISTS (SELECT 1 FROM examples WHERE intent = :intent)
                """)
        let effects = try db.cachedStatement(
            sql: """
                UPDATE effects SET
                    before_intent = CASE WHEN before_intent = :intent THEN NULL ELSE before_intent END,
                    after_intent = CASE WHEN after_intent = :intent THEN NULL ELSE after_intent END
                WHERE before_intent = :intent OR after_intent = :intent
                """)
        for intent in intents {
            try statement.execute(arguments: ["intent": intent])
            // What other texts were taken for tells its name too.
            if db.changesCount > 0 { try effects.execute(arguments: ["intent": intent]) }
        }
    }
}

/// The effect of an event, a row beside the event's.
enum EffectRow {
    private static let insertion = """
        INSERT OR REPLACE INTO effects
            (event, before_intent, before_confidence, after_intent, after_confidence) VALUES (?, ?, ?, ?, ?)
        """

    /// Events with the columns of their effects.
    static let joined = "events LEFT JOIN effects ON effects.event = events.id"

    static func store(_ effect: Effect, in db: Database) throws {
        try db.cachedStatement(sql: insertion).execute(arguments: [
            effect.event.rawValue, effect.before.intent?.description, Double(effect.before.confidence),
            effect.after.intent?.description, Double(effect.after.confidence),
        ])
    }

    static func effect(_ row: Row, id: EventID) throws -> Effect? {
        guard let before = row["before_confidence"] as Double?, let after = row["after_confidence"] as Double?
        else {
            return nil
        }
        return Effect(
            event: id,
            before: Verdict(
                intent: try Column.optionalIntent("before_intent", of: row, event: id),
                confidence: Float(before)),
            after: Verdict(
                intent: try Column.optionalIntent("after_intent", of: row, event: id),
                confidence: Float(after)))
    }
}

/// The small number by which events name an encoder.
enum EncoderRow {
    static func id(of digest: String, in db: Database) throws -> Int64 {
        let known = try Int64.fetchOne(
            db, sql: "SELECT id FROM encoders WHERE digest = ?", arguments: [digest])
        if let known { return known }
        try db.execute(sql: "INSERT INTO encoders (digest) VALUES (?)", arguments: [digest])
        return db.lastInsertedRowID
    }
}

/// Columns read as the types they stand for; what does not fit is a `badEvent`.
enum Column {
    static func text(_ name: String, of row: Row, event: EventID) throws -> String {
        guard let text = row[name] as String? else {
            throw StorageError.badEvent(id: event.rawValue, field: name, reason: "is missing")
        }
        return text
    }

    static func intent(_ name: String, of row: Row, event: EventID) throws -> IntentName {
        let text = try text(name, of: row, event: event)
        do {
            return try IntentName(text)
        } catch {
            throw StorageError.badEvent(id: event.rawValue, field: name, reason: error.description)
        }
    }

    /// Of a row in `names`.
    static func intentName(_ text: String) throws -> IntentName {
        do {
            return try IntentName(text)
        } catch {
            throw StorageError.badName(intent: text, reason: error.description)
        }
    }

    static func optionalIntent(_ name: String, of row: Row, event: EventID) throws -> IntentName? {
        row[name] as String? == nil ? nil : try intent(name, of: row, event: event)
    }

    static func features(_ name: String, of row: Row, event: EventID) throws -> Features {
        guard let features = try optionalFeatures(name, of: row, event: event) else {
            throw StorageError.badEvent(id: event.rawValue, field: name, reason: "is missing")
        }
        return features
    }

    static func optionalFeatures(_ name: String, of row: Row, event: EventID) throws -> Features? {
        guard let data = row[name] as Data? else { return nil }
        do {
            return try Features(decoding: [UInt8](data))
        } catch {
            throw StorageError.badEvent(id: event.rawValue, field: name, reason: error.description)
        }
    }
}
