internal import Foundation
internal import GRDB
public import Knowledge

extension KnowledgeStore {
    /// A page of the sources that a viewer can see, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - name: only those of this name; nil for all.
    ///   - isOwn: whether only the viewer's own count.
    public func sources(
        for viewer: Viewer, after id: SourceID = SourceID(rawValue: 0), limit: Int, name: String? = nil,
        isOwn: Bool = false
    ) throws(StorageError) -> [StoredSource] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM sources
                    WHERE id > :after AND \(SourceRow.visible(to: viewer)) AND (:name IS NULL OR name = :name)
                        AND (NOT :own OR owner = :uid)
                    ORDER BY id LIMIT :limit
                    """,
                arguments: [
                    "after": id.rawValue, "name": name, "own": isOwn, "uid": viewer.uid, "limit": limit,
                ]
            ).map { try SourceRow.source($0, in: db) }
        }
    }

    /// A source that a viewer can see; nil where there is none.
    public func source(_ id: SourceID, for viewer: Viewer) throws(StorageError) -> StoredSource? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM sources WHERE id = ? AND \(SourceRow.visible(to: viewer))",
                arguments: [id.rawValue]
            ).map { try SourceRow.source($0, in: db) }
        }
    }

    /// Of others' sources of one name.
    private static let mostNamesakes = 64

    /// The sources of a name that a viewer can see: his own, or else those of others, at most 64.
    public func sources(named name: String, for viewer: Viewer) throws(StorageError) -> [StoredSource] {
        try read { db in
            let own = try SourceRow.find(owner: viewer.uid, name: name, in: db)
            if let own { return [own] }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM sources WHERE name = ? AND \(SourceRow.visible(to: viewer))
                    ORDER BY id LIMIT \(Self.mostNamesakes)
                    """, arguments: [name]
            ).map { try SourceRow.source($0, in: db) }
        }
    }

    /// How much a viewer can see; nil: how much there is.
    ///
    /// - Parameter isOwn: whether only the viewer's own sources count.
    /// - Complexity: O(texts without a vector) for one's own.
    public func totals(
        for viewer: Viewer?, isOwn: Bool = false, encoder digest: String
    ) throws(StorageError) -> KnowledgeTotals {
        try read { db in
            var visible = viewer.map { SourceRow.visible(to: $0) } ?? "1"
            var pending = viewer.map { "audience IN (\(SourceRow.codes($0)))" }
            if let viewer, isOwn {
                visible = "owner = \(viewer.uid)"
                pending = """
                    EXISTS (SELECT 1 FROM passages JOIN sources ON sources.id = passages.source
                        WHERE passages.text = vectors.text AND sources.owner = \(viewer.uid))
                    """
            }
            let row = try Row.fetchOne(
                db,
                sql:
                    "SELECT count(*) AS sources, ifnull(sum(passages), 0) AS passages FROM sources WHERE \(visible)"
            )
            return KnowledgeTotals(
                sources: row?["sources"] ?? 0, passages: row?["passages"] ?? 0,
                pending: try VectorRow.pending(encoder: digest, among: pending, in: db))
        }
    }

    /// What the sources of an owner have together, without the one of a name. A source without passages counts as one.
    public func usage(
        of owner: UInt32, besides name: String
    ) throws(StorageError) -> (passages: Int, bytes: Int) {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT ifnull(sum(max(passages, 1)), 0) AS passages, ifnull(sum(bytes), 0) AS bytes
                    FROM sources WHERE owner = ? AND name <> ?
                    """, arguments: [owner, name])
            return (row?["passages"] ?? 0, row?["bytes"] ?? 0)
        }
    }

    /// How many texts that a viewer can find have no vector of the encoder `digest`.
    public func pending(for viewer: Viewer, encoder digest: String) throws(StorageError) -> Int {
        try read { db in
            try VectorRow.pending(
                encoder: digest, among: "audience IN (\(SourceRow.codes(viewer)))", in: db)
        }
    }

    /// Passages of a source, in its order.
    ///
    /// - Parameter passage: only those behind this one, which is of the source; nil from the beginning on.
    public func passages(
        of source: StoredSource, after passage: PassageID?, limit: Int
    ) throws(StorageError) -> [Passage] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(PassageRow.columns) FROM \(PassageRow.joined) WHERE passages.source = :source
                        AND ordinal > ifnull((SELECT ordinal FROM passages WHERE id = :after AND source = :source), -1)
                    ORDER BY ordinal LIMIT :limit
                    """,
                arguments: ["source": source.id.rawValue, "after": passage?.rawValue, "limit": limit]
            ).map { try PassageRow.passage($0).passage }
        }
    }

    /// A passage that a viewer can see, and its source; nil where there is none.
    public func passage(
        _ id: PassageID, for viewer: Viewer
    ) throws(StorageError) -> (passage: Passage, source: StoredSource)? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT \(PassageRow.columns) FROM \(PassageRow.joined)
                        WHERE passages.id = ? AND \(SourceRow.visible(to: viewer))
                        """, arguments: [id.rawValue]),
                let source = try Row.fetchOne(
                    db, sql: "SELECT * FROM sources WHERE id = ?", arguments: [row["source"] as Int64])
            else { return nil }
            return (try PassageRow.passage(row).passage, try SourceRow.source(source, in: db))
        }
    }

    /// A piece of the text of a source; empty at its end.
    ///
    /// - Parameter start: in bytes of UTF-8, where a piece begins: 0, or the end of the last one.
    public func text(of source: SourceID, at start: Int) throws(StorageError) -> [UInt8] {
        try read { db in
            guard
                let frame = try Data.fetchOne(
                    db, sql: "SELECT frame FROM contents WHERE source = ? AND start = ?",
                    arguments: [source.rawValue, start])
            else { return [] }
            return try Self.content(frame)
        }
    }

    static func content(_ frame: Data) throws -> [UInt8] {
        try ZstdFrameReader(ArchiveLimits()).read([UInt8](frame), at: 0).content
    }

    /// Bytes of the file and its write-ahead log.
    public var bytes: Int { max(0, Files.size(path)) + max(0, Files.size("\(path)-wal")) }
}

enum PassageRow {
    static let joined =
        "passages JOIN texts ON texts.id = passages.text JOIN sources ON sources.id = passages.source"
    static let columns = """
        passages.id AS id, passages.source AS source, ordinal, "start", "end", passages.text AS number,
        texts.headings AS headings, texts.text AS text, sources.name AS name,
        sources.owner AS owner, sources.format AS format
        """

    static func passage(_ row: Row) throws -> FoundPassage {
        let (start, end) = (row["start"] as Int, row["end"] as Int)
        guard 0 <= start, start <= end else {
            throw StorageError.badSource(
                id: row["source"], field: "passage \(row["id"] as Int64)", found: "\(start) to \(end)")
        }
        let text = PassageText(headingLines: row["headings"], text: row["text"])
        return FoundPassage(
            passage: Passage(
                id: PassageID(rawValue: row["id"]), source: row["name"], headings: text.headings,
                text: text.text, span: start..<end),
            source: SourceID(rawValue: row["source"]), owner: row["owner"], ordinal: row["ordinal"],
            text: TextID(rawValue: row["number"]),
            isRecord: DocumentFormat(rawValue: row["format"])?.isOfRecords ?? false)
    }
}
