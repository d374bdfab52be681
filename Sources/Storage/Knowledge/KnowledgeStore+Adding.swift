internal import Foundation
internal import GRDB
public import Knowledge

extension KnowledgeStore {
    /// Bytes of a source's text that are compressed together.
    private static let pieceBytes = 64 << 10

    /// Adds a source, or puts other content under the name of one of its owner's: passages that it had already keep their
    /// numbers, also where they lie elsewhere now.
    ///
    /// - Parameter time: microseconds since 1970, UTC.
    /// - Complexity: O(text); writes only what is new.
    public func add(
        _ labels: SourceLabels, _ content: SourceContent, _ document: Document, time: Int64
    ) throws(StorageError) -> SourceChange {
        try write { db in
            let known = try SourceRow.find(owner: labels.owner, name: labels.name, in: db)
            var passages = try FormerPassages(of: known?.id, in: db)
            let source = try SourceRow.put(
                labels, content, passages: document.passages.count, changed: time, in: db)
            try Self.put(document.text, of: source, in: db)
            let insert = try db.cachedStatement(
                sql: "INSERT INTO passages (source, ordinal, \"start\", \"end\", text) VALUES (?, ?, ?, ?, ?)"
            )
            var new: [TextID] = []
            let utf8 = document.text.utf8.span
            for (ordinal, passage) in document.passages.enumerated() {
                let text = PassageText(
                    headings: passage.headings(under: labels.title),
                    text: String(copying: try UTF8Span(validating: utf8.extracting(passage.span))))
                let digest = text.digest
                let (id, isNew) = try TextRow.id(of: text, digest: digest, for: labels.audience, in: db)
                if isNew { new.append(TextID(rawValue: id)) }
                let place = PassagePlace(ordinal: ordinal, span: passage.span, text: id)
                guard try !passages.keep(digest, at: place, in: db) else { continue }
                try insert.execute(
                    arguments: [source, ordinal, passage.span.lowerBound, passage.span.upperBound, id])
            }
            let removed = try passages.removeRest(in: db)
            return SourceChange(
                source: StoredSource(
                    id: SourceID(rawValue: source), labels: labels, content: content,
                    passages: document.passages.count, changed: time),
                added: document.passages.count - passages.kept, kept: passages.kept, removed: removed,
                newTexts: new, unusedTexts: try TextRow.removeUnused(passages.leftTexts, in: db),
                pending: try Self.pending(of: source, in: db))
        }
    }

    /// Changes what is known of a source whose content is the same, for the same audience. Without a title it keeps the one that
    /// it has.
    ///
    /// - Returns: nil when there is none.
    public func relabel(
        _ labels: SourceLabels, _ content: SourceContent
    ) throws(StorageError) -> SourceChange? {
        try write { db in
            guard let known = try SourceRow.find(owner: labels.owner, name: labels.name, in: db),
                known.content == content, known.labels.audience == labels.audience,
                known.labels.format == labels.format,
                labels.title == nil || labels.title == known.labels.title
            else { return nil }
            var labels = labels
            labels.title = labels.title ?? known.labels.title
            if known.labels != labels {
                _ = try SourceRow.put(
                    labels, content, passages: known.passages, changed: known.changed, in: db)
            }
            return SourceChange(
                source: StoredSource(
                    id: known.id, labels: labels, content: content, passages: known.passages,
                    changed: known.changed),
                added: 0, kept: known.passages, removed: 0, newTexts: [], unusedTexts: [],
                pending: try Self.pending(of: known.id.rawValue, in: db))
        }
    }

    /// Removes a source and what nothing else says.
    ///
    /// - Returns: nil when there is none.
    public func remove(_ id: SourceID) throws(StorageError) -> SourceChange? {
        try write { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT * FROM sources WHERE id = ?", arguments: [id.rawValue])
            else { return nil }
            return try Self.remove(try SourceRow.source(row, in: db), in: db)
        }
    }

    /// Removes what only `user` could see, and leaves nothing of it in the file.
    public func forget(user: UInt32) throws(StorageError) -> [SourceChange] {
        let changes = try write { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM sources WHERE owner = ? AND audience = ?",
                arguments: [user, Audience.user(user).code])
            let changes = try rows.map { try Self.remove(try SourceRow.source($0, in: db), in: db) }
            // The index of words keeps what was deleted until its parts are merged.
            if !changes.isEmpty { try db.execute(sql: "INSERT INTO words (words) VALUES ('optimize')") }
            return changes
        }
        guard !changes.isEmpty else { return [] }
        try writeWithoutTransaction { db in try DatabaseFile.emptyWriteAheadLog(db) }
        return changes
    }

    private static func remove(_ source: StoredSource, in db: Database) throws -> SourceChange {
        var passages = try FormerPassages(of: source.id, in: db)
        let removed = try passages.removeRest(in: db)
        let unused = try TextRow.removeUnused(passages.leftTexts, in: db)
        try db.execute(sql: "DELETE FROM sources WHERE id = ?", arguments: [source.id.rawValue])
        return SourceChange(
            source: source, added: 0, kept: 0, removed: removed, newTexts: [], unusedTexts: unused,
            pending: 0)
    }

    private static func pending(of source: Int64, in db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(DISTINCT passages.text) FROM passages JOIN vectors ON vectors.text = passages.text
                WHERE passages.source = ? AND vectors.encoder = 0
                """, arguments: [source]) ?? 0
    }

    private static func put(_ text: String, of source: Int64, in db: Database) throws {
        try db.execute(sql: "DELETE FROM contents WHERE source = ?", arguments: [source])
        let insert = try db.cachedStatement(
            sql: "INSERT INTO contents (source, start, frame) VALUES (?, ?, ?)")
        let bytes = text.utf8.span
        var start = 0
        while start < bytes.count {
            var end = min(bytes.count, start + pieceBytes)
            // Not within a character.
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
            let writer = try ZstdFrameWriter(.quick, size: end - start)
            try writer.append(
                unsafe bytes.extracting(start..<end).withUnsafeBufferPointer { unsafe [UInt8]($0) })
            try insert.execute(arguments: [source, start, Data(try writer.finish())])
            start = end
        }
    }
}

extension DocumentPassage {
    /// The title of the source first; each is one line.
    fileprivate func headings(under title: String?) -> [String] {
        let title = title == headings.first ? nil : title
        return ([title].compactMap(\.self) + headings).map { $0.replacingOccurrences(of: "\n", with: " ") }
    }
}

/// Where a passage lies, and what it says.
private struct PassagePlace: Hashable {
    let ordinal: Int
    let span: Range<Int>
    let text: Int64
}

/// The passages that a source had, by the digests of their texts.
private struct FormerPassages {
    /// Those of each digest, the last first.
    private var rows: [Data: [(id: Int64, place: PassagePlace)]] = [:]
    /// Texts that a passage of the source no longer says.
    private(set) var leftTexts: [Int64] = []
    private(set) var kept = 0

    /// - Parameter source: nil for one that is new.
    init(of source: SourceID?, in db: Database) throws {
        guard let source else { return }
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT passages.id, ordinal, "start", "end", passages.text, texts.sha256
                FROM passages JOIN texts ON texts.id = passages.text
                WHERE source = ? ORDER BY ordinal DESC
                """, arguments: [source.rawValue])
        while let row = try cursor.next() {
            let (start, end) = (row["start"] as Int, row["end"] as Int)
            guard start <= end else {
                throw StorageError.badSource(
                    id: source.rawValue, field: "passage \(row["id"] as Int64)", found: "\(start)..<\(end)")
            }
            let place = PassagePlace(ordinal: row["ordinal"], span: start..<end, text: row["text"])
            rows[row["sha256"], default: []].append((row["id"], place))
        }
    }

    /// Gives the first of the passages with this digest its new place.
    ///
    /// - Returns: false when there is none left.
    mutating func keep(_ digest: Data, at place: PassagePlace, in db: Database) throws -> Bool {
        guard let former = rows[digest]?.popLast() else { return false }
        kept += 1
        guard former.place != place else { return true }
        if former.place.text != place.text { leftTexts.append(former.place.text) }
        try db.cachedStatement(
            sql: "UPDATE passages SET ordinal = ?, \"start\" = ?, \"end\" = ?, text = ? WHERE id = ?"
        ).execute(
            arguments: [place.ordinal, place.span.lowerBound, place.span.upperBound, place.text, former.id])
        return true
    }

    /// Takes out those that were not kept.
    ///
    /// - Returns: how many.
    mutating func removeRest(in db: Database) throws -> Int {
        let remove = try db.cachedStatement(sql: "DELETE FROM passages WHERE id = ?")
        var count = 0
        for former in rows.values.joined() {
            try remove.execute(arguments: [former.id])
            leftTexts.append(former.place.text)
            count += 1
        }
        rows = [:]
        leftTexts = Set(leftTexts).sorted()
        return count
    }
}
