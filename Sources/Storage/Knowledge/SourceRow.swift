internal import GRDB
internal import Knowledge

/// Sources as rows, and who can see them.
enum SourceRow {
    /// A condition on `sources`: what a viewer may know of.
    static func visible(to viewer: Viewer) -> String {
        "(sources.audience IN (\(codes(viewer))) OR sources.owner = \(viewer.uid))"
    }

    /// The same for what a viewer may find, of any table with an audience.
    static func codes(_ viewer: Viewer) -> String {
        viewer.audiences.map { "\($0.code)" }.sorted().joined(separator: ", ")
    }

    static func find(owner: UInt32, name: String, in db: Database) throws -> StoredSource? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM sources WHERE owner = ? AND name = ?", arguments: [owner, name]
        ).map { try source($0, in: db) }
    }

    static func source(_ row: Row, in db: Database) throws -> StoredSource {
        let id = row["id"] as Int64
        guard let audience = Audience(code: row["audience"]) else {
            throw StorageError.badSource(id: id, field: "audience", found: "\(row["audience"] as Int64)")
        }
        guard let format = DocumentFormat(rawValue: row["format"]) else {
            throw StorageError.badSource(id: id, field: "format", found: row["format"])
        }
        let tags = try db.cachedStatement(sql: "SELECT tag FROM tags WHERE source = ?")
        return StoredSource(
            id: SourceID(rawValue: id),
            labels: SourceLabels(
                name: row["name"], owner: row["owner"], audience: audience, format: format,
                title: row["title"], date: row["date"], tags: Set(try String.fetchAll(tags, arguments: [id]))),
            content: SourceContent(digest: row["sha256"], bytes: row["bytes"]), passages: row["passages"],
            changed: row["changed"])
    }

    /// Makes or changes the row of a source and its tags.
    static func put(
        _ labels: SourceLabels, _ content: SourceContent, passages: Int, changed: Int64, in db: Database
    ) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO sources
                    (owner, name, audience, format, title, date, sha256, bytes, passages, added, changed)
                VALUES (:owner, :name, :audience, :format, :title, :date, :sha256, :bytes, :passages, :time, :time)
                ON CONFLICT (owner, name) DO UPDATE SET
                    audience = :audience, format = :format, title = :title, date = :date, sha256 = :sha256,
                    bytes = :bytes, passages = :passages, changed = :time
                """,
            arguments: [
                "owner": labels.owner, "name": labels.name, "audience": labels.audience.code,
                "format": labels.format.rawValue, "title": labels.title, "date": labels.date,
                "sha256": content.digest, "bytes": content.bytes, "passages": passages, "time": changed,
            ])
        guard
            let id = try Int64.fetchOne(
                db, sql: "SELECT id FROM sources WHERE owner = ? AND name = ?",
                arguments: [labels.owner, labels.name])
        else { throw StorageError.badSource(id: 0, field: "name", found: labels.name) }
        try db.execute(sql: "DELETE FROM tags WHERE source = ?", arguments: [id])
        for tag in labels.tags.sorted() {
            try db.execute(sql: "INSERT INTO tags (source, tag) VALUES (?, ?)", arguments: [id, tag])
        }
        return id
    }
}

extension Audience {
    /// As the knowledge base keeps it: above 32 bits what it is, and in them whose.
    var code: Int64 {
        switch self {
        case .everyone: 0
        case .group(let gid): 1 << 32 | Int64(gid)
        case .user(let uid): 2 << 32 | Int64(uid)
        }
    }

    init?(code: Int64) {
        let number = UInt32(truncatingIfNeeded: code)
        switch code >> 32 {
        case 0 where number == 0: self = .everyone
        case 1: self = .group(number)
        case 2: self = .user(number)
        default: return nil
        }
    }
}
