internal import Foundation
internal import GRDB
internal import Learning

extension IntentName {
    /// What of it is embedded.
    var spoken: String { phrase.isEmpty ? description : phrase }
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
