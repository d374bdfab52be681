internal import Foundation
internal import GRDB
public import Learning

/// A row whose features came from another encoder than the one in use.
public struct StaleRow: Sendable, Hashable {
    /// Where the features lie.
    public enum Place: Sendable, Hashable {
        case event(EventID)
        /// The row number of an example of a training.
        case example(Int64)
        /// Of an intent's name, whose phrase is the text.
        case name(IntentName)
    }

    public let place: Place
    /// The text to embed again.
    public let text: String
    public let context: String?
}

/// The features that take the place of a stale row's.
public struct FreshFeatures: Sendable {
    public let place: StaleRow.Place
    public let features: Features

    public init(place: StaleRow.Place, features: Features) {
        self.place = place
        self.features = features
    }
}

extension EventLog {
    /// At most `limit` rows whose features another encoder than `digest` made, in no order. Costs a look at
    /// a table of a few rows when there was never another encoder.
    public func staleRows(encoder digest: String, limit: Int) throws(StorageError) -> [StaleRow] {
        try read { db in
            let others = try Int64.fetchAll(
                db, sql: "SELECT id FROM encoders WHERE digest <> ?", arguments: [digest])
            guard !others.isEmpty else { return [] }
            let list = others.map(String.init).joined(separator: ", ")
            let events = try Row.fetchAll(
                db, sql: "SELECT id, text, context FROM events WHERE encoder IN (\(list)) LIMIT \(limit)"
            ).map { row in
                StaleRow(
                    place: .event(EventID(rawValue: row["id"])), text: row["text"] ?? "",
                    context: row["context"])
            }
            let examples = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, text, context FROM examples
                    WHERE encoder IN (\(list)) LIMIT \(max(0, limit - events.count))
                    """
            ).map { StaleRow(place: .example($0["id"]), text: $0["text"], context: $0["context"]) }
            let left = max(0, limit - events.count - examples.count)
            let names = try String.fetchAll(
                db, sql: "SELECT intent FROM names WHERE encoder IN (\(list)) LIMIT \(left)"
            ).map { name in
                let intent = try Column.intentName(name)
                return StaleRow(
                    place: .name(intent), text: intent.spoken, context: nil)
            }
            return events + examples + names
        }
    }

    /// Forgets the encoders whose features are all replaced, so that the next start need not look for them.
    public func forgetEncoders(except digest: String) throws(StorageError) {
        try write(.replaceFeatures) { db in
            try db.execute(sql: "DELETE FROM encoders WHERE digest <> ?", arguments: [digest])
        }
    }

    /// Stores features made by the encoder `digest` in place of the old ones, in one commit.
    public func replace(_ rows: [FreshFeatures], encoder digest: String) throws(StorageError) {
        try write(.replaceFeatures) { db in
            let encoder = try EncoderRow.id(of: digest, in: db)
            for row in rows {
                let features = Data(row.features.encoded())
                let (table, key, value): (String, String, any DatabaseValueConvertible) =
                    switch row.place {
                    case .event(let id): ("events", "id", id.rawValue)
                    case .example(let id): ("examples", "id", id)
                    case .name(let intent): ("names", "intent", intent.description)
                    }
                try db.execute(
                    sql: "UPDATE \(table) SET features = ?, encoder = ? WHERE \(key) = ?",
                    arguments: [features, encoder, value])
            }
        }
    }
}
