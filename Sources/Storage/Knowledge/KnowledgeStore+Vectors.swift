internal import Foundation
internal import GRDB
public import Knowledge

/// A text that has no vector of the encoder in use.
public struct PendingText: Sendable, Hashable {
    public let id: TextID
    public let text: PassageText
}

/// A text's vector as it is kept.
public struct StoredVector: Sendable, Hashable {
    public let text: TextID
    public let audience: Audience
    /// Nil while there is none of the encoder in use.
    public let bytes: [UInt8]?

    public init(text: TextID, audience: Audience, bytes: [UInt8]?) {
        self.text = text
        self.audience = audience
        self.bytes = bytes
    }
}

extension KnowledgeStore {
    /// At most `limit` texts without a vector of the encoder `digest`: first those that have none at all.
    public func pendingTexts(encoder digest: String, limit: Int) throws(StorageError) -> [PendingText] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT texts.id, headings, texts.text FROM vectors JOIN texts ON texts.id = vectors.text
                    WHERE encoder = ? LIMIT ?
                    """)
            var pending: [PendingText] = []
            for encoder in try VectorRow.encoders(except: digest, in: db) where pending.count < limit {
                pending += try Row.fetchAll(statement, arguments: [encoder, limit - pending.count]).map {
                    row in
                    PendingText(
                        id: TextID(rawValue: row["id"]),
                        text: PassageText(headingLines: row["headings"], text: row["text"]))
                }
            }
            return pending
        }
    }

    /// Keeps vectors that the encoder `digest` made; those of texts that are gone are passed over.
    ///
    /// - Returns: those that were kept.
    public func put(
        _ vectors: [(text: TextID, bytes: [UInt8])], encoder digest: String
    ) throws(StorageError) -> [StoredVector] {
        try write { db in
            let encoder = try EncoderRow.id(of: digest, in: db)
            let update = try db.cachedStatement(
                sql: "UPDATE vectors SET encoder = ?, vector = ? WHERE text = ? RETURNING audience")
            return try vectors.compactMap { vector in
                let code = try Int64.fetchOne(
                    update, arguments: [encoder, Data(vector.bytes), vector.text.rawValue])
                guard let code else { return nil }
                return try VectorRow.vector(vector.text, code, vector.bytes)
            }
        }
    }

    /// All texts in order, with the vectors that the encoder `digest` made.
    public func vectors(
        encoder digest: String, after text: TextID, limit: Int
    ) throws(StorageError) -> [StoredVector] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT text, audience,
                        CASE encoder WHEN (SELECT id FROM encoders WHERE digest = ?) THEN vector END AS vector
                    FROM vectors WHERE text > ? ORDER BY text LIMIT ?
                    """, arguments: [digest, text.rawValue, limit]
            ).map { row in
                try VectorRow.vector(
                    TextID(rawValue: row["text"]), row["audience"],
                    (row["vector"] as Data?).map { [UInt8]($0) })
            }
        }
    }

    /// Has every text wait for its vector again, and makes the index of words anew.
    public func reindex() throws(StorageError) {
        try write { db in
            try db.execute(sql: "UPDATE vectors SET encoder = 0, vector = NULL")
            try db.execute(sql: "DELETE FROM encoders")
            try db.execute(sql: "INSERT INTO words (words) VALUES ('rebuild')")
        }
    }
}

enum VectorRow {
    static func vector(_ text: TextID, _ audience: Int64, _ bytes: [UInt8]?) throws -> StoredVector {
        guard let audience = Audience(code: audience) else {
            throw StorageError.badSource(
                id: text.rawValue, field: "audience of a vector", found: "\(audience)")
        }
        return StoredVector(text: text, audience: audience, bytes: bytes)
    }

    /// The numbers of what may have made a vector that is none of the encoder `digest`; 0 is nothing.
    static func encoders(except digest: String, in db: Database) throws -> [Int64] {
        try [0] + Int64.fetchAll(db, sql: "SELECT id FROM encoders WHERE digest <> ?", arguments: [digest])
    }

    /// How many texts have no vector of the encoder `digest`.
    ///
    /// - Parameter condition: on their rows; nil for all.
    static func pending(encoder digest: String, among condition: String?, in db: Database) throws -> Int {
        try encoders(except: digest, in: db).reduce(0) { count, encoder in
            let condition = condition.map { " AND \($0)" } ?? ""
            return count
                + (try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM vectors WHERE encoder = ?\(condition)",
                    arguments: [encoder])
                    ?? 0)
        }
    }
}
