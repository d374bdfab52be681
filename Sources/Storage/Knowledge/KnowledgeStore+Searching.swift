internal import GRDB
internal import GRDBSQLite
public import Knowledge

extension KnowledgeStore {
    /// The words of a query as the index has them, each once, in the query's order.
    public func words(of query: String) throws(StorageError) -> [String] {
        try read { db in
            let tokens = try db.makeTokenizer(KnowledgeSchema.tokenizer).tokenize(query: query).map(\.token)
            var seen: Set<String> = []
            return tokens.filter { seen.insert($0).inserted }
        }
    }

    /// In how many texts each of `words` is.
    ///
    /// - Complexity: O(texts that have them).
    public func counts(of words: [String]) throws(StorageError) -> [Int] {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT count(*) FROM postings WHERE term = ?")
            return try words.map { try Int.fetchOne(statement, arguments: [$0]) ?? 0 }
        }
    }

    /// For each of `words` the texts that have it, in rising order.
    ///
    /// - Parameter words: as `words(of:)` gives them.
    /// - Complexity: O(texts that have them), some 0.1 µs each.
    public func texts(having words: [String]) throws(StorageError) -> [[TextID]] {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT doc FROM postings WHERE term = ?")
            return try words.map { word in
                try statement.setArguments([word])
                return try Self.texts(statement, in: db)
            }
        }
    }

    /// As many rows as a common word has are read from SQLite itself: GRDB makes an object of each.
    private static func texts(_ statement: Statement, in db: Database) throws -> [TextID] {
        let handle = unsafe statement.sqliteStatement
        defer { unsafe sqlite3_reset(handle) }
        var texts: [TextID] = []
        while true {
            switch unsafe sqlite3_step(handle) {
            case SQLITE_ROW: texts.append(TextID(rawValue: unsafe sqlite3_column_int64(handle, 0)))
            case SQLITE_DONE: return texts
            case let code:
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
            }
        }
    }

    /// A stretch of the text of a source; shorter where the text ends.
    public func text(of source: SourceID, in span: Range<Int>) throws(StorageError) -> String {
        let frames = try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT start, frame FROM contents WHERE source = :source AND start < :end
                        AND start >= (SELECT max(start) FROM contents WHERE source = :source AND start <= :start)
                    ORDER BY start
                    """,
                arguments: ["source": source.rawValue, "start": span.lowerBound, "end": span.upperBound]
            ).map { (start: $0["start"] as Int, content: try Self.content($0["frame"])) }
        }
        guard let first = frames.first else { return "" }
        let bytes = frames.flatMap(\.content)
        let (from, to) = (span.lowerBound - first.start, span.upperBound - first.start)
        return String(decoding: bytes[min(from, bytes.count)..<min(to, bytes.count)], as: UTF8.self)
    }

    /// The texts of the sources that a viewer can find and a filter lets through.
    ///
    /// - Complexity: O(passages of these sources).
    public func texts(in filter: SourceFilter, for viewer: Viewer) throws(StorageError) -> Set<TextID> {
        try read { db in
            let (condition, arguments) = filter.condition(for: viewer)
            let cursor = try Int64.fetchCursor(
                db,
                sql: """
                    SELECT DISTINCT passages.text FROM sources JOIN passages ON passages.source = sources.id
                    WHERE \(condition)
                    """, arguments: arguments)
            var texts: Set<TextID> = []
            while let id = try cursor.next() { texts.insert(TextID(rawValue: id)) }
            return texts
        }
    }

    /// For each of `texts` a passage that says it, in a source that the viewer can find and the filter lets through: the one
    /// that was added first. Texts that no such passage says are left out.
    public func passages(
        saying texts: [TextID], in filter: SourceFilter, for viewer: Viewer
    ) throws(StorageError) -> [FoundPassage] {
        try read { db in
            let (condition, arguments) = filter.condition(for: viewer)
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(PassageRow.columns) FROM \(PassageRow.joined)
                    WHERE passages.text = :text AND \(condition) ORDER BY passages.id LIMIT 1
                    """)
            return try texts.compactMap { text in
                let all = StatementArguments(["text": text.rawValue]) + arguments
                return try Row.fetchOne(statement, arguments: all).map(PassageRow.passage)
            }
        }
    }

    /// The passages of a source with these places.
    public func passages(
        of source: SourceID, at ordinals: ClosedRange<Int>
    ) throws(StorageError) -> [FoundPassage] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(PassageRow.columns) FROM \(PassageRow.joined)
                    WHERE passages.source = ? AND ordinal BETWEEN ? AND ? ORDER BY ordinal
                    """, arguments: [source.rawValue, ordinals.lowerBound, ordinals.upperBound]
            ).map(PassageRow.passage)
        }
    }
}

extension SourceFilter {
    /// A condition on `sources`, and what its names stand for.
    fileprivate func condition(for viewer: Viewer) -> (sql: String, arguments: StatementArguments) {
        var conditions = ["sources.audience IN (\(SourceRow.codes(viewer)))"]
        var arguments: [String: (any DatabaseValueConvertible)?] = [:]
        func add(_ condition: String, _ name: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments[name] = value
        }
        add("sources.id = :source", "source", source?.rawValue)
        add("sources.date >= :from", "from", from)
        add("sources.date <= :to", "to", to)
        add("sources.owner = :owner", "owner", owner)
        for (number, tag) in tags.sorted().enumerated() {
            add(
                "EXISTS (SELECT 1 FROM tags WHERE tags.source = sources.id AND tag = :tag\(number))",
                "tag\(number)", tag)
        }
        return (conditions.joined(separator: " AND "), StatementArguments(arguments))
    }
}
