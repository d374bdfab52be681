internal import Crypto
internal import Foundation
internal import GRDB
public import Knowledge

/// What a passage says, under its headings.
public struct PassageText: Sendable, Hashable {
    /// The widest first.
    public let headings: [String]
    public let text: String

    public init(headings: [String], text: String) {
        self.headings = headings
        self.text = text
    }
}

extension PassageText {
    /// One a line.
    var headingLines: String { headings.joined(separator: "\n") }

    init(headingLines: String, text: String) {
        self.init(headings: headingLines.split(separator: "\n").map(String.init), text: text)
    }

    var digest: Data {
        var hash = SHA256()
        hash.update(data: Data(headingLines.utf8))
        // No line has this byte, and no UTF-8.
        hash.update(data: [0xFF])
        hash.update(data: Data(text.utf8))
        return Data(hash.finalize())
    }
}

extension SourceContent {
    public init(of bytes: [UInt8]) {
        self.init(digest: CheckpointFile.hex(SHA256.hash(data: bytes)), bytes: bytes.count)
    }
}

/// Texts as rows, with the words they are found by.
enum TextRow {
    /// The text's number; it is kept, and waits for its vector, when it was not there.
    static func id(of text: PassageText, digest: Data, for audience: Audience, in db: Database) throws
        -> (id: Int64, isNew: Bool)
    {
        let known = try db.cachedStatement(sql: "SELECT id FROM texts WHERE sha256 = ? AND audience = ?")
        if let id = try Int64.fetchOne(known, arguments: [digest, audience.code]) { return (id, false) }
        try db.cachedStatement(
            sql: "INSERT INTO texts (audience, sha256, headings, text) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [audience.code, digest, text.headingLines, text.text])
        let id = db.lastInsertedRowID
        try db.cachedStatement(sql: "INSERT INTO words (rowid, headings, text) VALUES (?, ?, ?)")
            .execute(arguments: [id, text.headingLines, text.text])
        try db.cachedStatement(sql: "INSERT INTO vectors (text, audience, encoder) VALUES (?, ?, 0)")
            .execute(arguments: [id, audience.code])
        return (id, true)
    }

    /// Takes out those of `ids` that no passage says any more.
    ///
    /// - Returns: which.
    static func removeUnused(_ ids: [Int64], in db: Database) throws -> [TextID] {
        let uses = try db.cachedStatement(sql: "SELECT 1 FROM passages WHERE text = ? LIMIT 1")
        let unlist = try db.cachedStatement(
            sql: """
                INSERT INTO words (words, rowid, headings, text)
                SELECT 'delete', id, headings, text FROM texts WHERE id = ?
                """)
        let remove = try db.cachedStatement(sql: "DELETE FROM texts WHERE id = ?")
        return try ids.filter { id in
            guard try Int.fetchOne(uses, arguments: [id]) == nil else { return false }
            try unlist.execute(arguments: [id])
            try remove.execute(arguments: [id])
            return true
        }.map(TextID.init)
    }
}
