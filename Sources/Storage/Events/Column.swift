internal import Foundation
internal import GRDB
internal import Learning

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

    /// - Parameter text: the row's.
    static func slots(of row: Row, in text: String, event: EventID) throws -> SlotLesson? {
        guard let data = row["slots"] as Data? else { return nil }
        do {
            return try SlotLesson(decoding: [UInt8](data), in: text)
        } catch {
            throw StorageError.badEvent(id: event.rawValue, field: "slots", reason: error.description)
        }
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
