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
    /// Those of the text, when they are known.
    public var slots: [SlotSpan]?
}

/// The features that take the place of a stale row's.
public struct FreshFeatures: Sendable {
    public let place: StaleRow.Place
    public let features: Features
    public let slots: SlotLesson?

    public init(place: StaleRow.Place, features: Features, slots: SlotLesson? = nil) {
        self.place = place
        self.features = features
        self.slots = slots
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
                db,
                sql: "SELECT id, text, context, slots FROM events WHERE encoder IN (\(list)) LIMIT \(limit)"
            ).map { row in
                let id = EventID(rawValue: row["id"])
                let text = row["text"] as String? ?? ""
                return StaleRow(
                    place: .event(id), text: text, context: row["context"],
                    slots: try Column.slots(of: row, in: text, event: id)?.spans)
            }
            let examples = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, event, text, context, slots FROM examples
                    WHERE encoder IN (\(list)) LIMIT \(max(0, limit - events.count))
                    """
            ).map { row in
                let text = row["text"] as String
                let slots = try Column.slots(of: row, in: text, event: EventID(rawValue: row["event"]))
                return StaleRow(
                    place: .example(row["id"]), text: text, context: row["context"], slots: slots?.spans)
            }
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
                let slots = row.slots.map { Data($0.encoded()) }
                let (table, key, value): (String, String, any DatabaseValueConvertible) =
                    switch row.place {
                    case .event(let id): ("events", "id", id.rawValue)
                    case .example(let id): ("examples", "id", id)
                    case .name(let intent): ("names", "intent", intent.description)
                    }
                try db.execute(
                    sql: "UPDATE \(table) SET features = ?, encoder = ? WHERE \(key) = ?",
                    arguments: [features, encoder, value])
                guard table != "names" else { continue }
                try db.execute(
                    sql: "UPDATE \(table) SET slots = ? WHERE \(key) = ?", arguments: [slots, value])
            }
        }
    }
}
