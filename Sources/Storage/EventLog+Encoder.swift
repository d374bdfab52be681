internal import Foundation
internal import GRDB
public import Learning

/// A row whose features came from another encoder than the one in use.
public struct StaleRow: Sendable, Hashable {
    /// Where the features lie.
    public enum Place: Sendable, Hashable {
        case event(EventID)
        /// The row number of an example of a `trained` event.
        case example(Int64)
    }

    public let place: Place
    /// The text to embed again; nil when the row has only the features of a name.
    public let text: String?
    public let context: String?
    /// The intent whose phrase is to be embedded again.
    public let name: IntentName?
}

/// The features that take the place of a stale row's.
public struct FreshFeatures: Sendable {
    public let place: StaleRow.Place
    public let features: Features?
    public let name: Features?

    public init(place: StaleRow.Place, features: Features?, name: Features?) {
        self.place = place
        self.features = features
        self.name = name
    }
}

extension EventLog {
    /// At most `limit` rows whose features another encoder than `digest` made, oldest first. Costs a look at
    /// a table of a few rows when there was never another encoder.
    public func staleRows(encoder digest: String, limit: Int) throws(StorageError) -> [StaleRow] {
        try read { db in
            let others = try Int64.fetchAll(
                db, sql: "SELECT id FROM encoders WHERE digest <> ?", arguments: [digest])
            guard !others.isEmpty else { return [] }
            let list = others.map(String.init).joined(separator: ", ")
            let events = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, intent, target, text, context, name_features IS NOT NULL AS has_name
                    FROM events
                    WHERE encoder IN (\(list)) ORDER BY id LIMIT \(limit)
                    """)
            let examples = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, text, context FROM examples
                    WHERE encoder IN (\(list)) ORDER BY id LIMIT \(max(0, limit - events.count))
                    """)
            return try events.map(staleEvent)
                + examples.map { row in
                    StaleRow(
                        place: .example(row["id"]), text: row["text"], context: row["context"], name: nil)
                }
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
                let features = row.features.map { Data($0.encoded()) }
                switch row.place {
                case .event(let id):
                    try db.execute(
                        sql: "UPDATE events SET features = ?, name_features = ?, encoder = ? WHERE id = ?",
                        arguments: [features, row.name.map { Data($0.encoded()) }, encoder, id.rawValue])
                case .example(let id):
                    try db.execute(
                        sql: "UPDATE examples SET features = ?, encoder = ? WHERE id = ?",
                        arguments: [features, encoder, id])
                }
            }
        }
    }

    private func staleEvent(_ row: Row) throws -> StaleRow {
        let id = EventID(rawValue: row["id"])
        let hasName = row["has_name"] as Bool
        let named = row.hasNull(atIndex: 2) ? "intent" : "target"
        return StaleRow(
            place: .event(id), text: row["text"], context: row["context"],
            name: hasName ? try Column.intent(named, of: row, event: id) : nil)
    }
}
