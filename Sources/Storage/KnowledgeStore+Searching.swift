internal import GRDB
public import Knowledge

extension KnowledgeStore {
    /// Texts that have words of a query and that a viewer can find, the best first.
    ///
    /// - Parameters:
    ///   - query: an expression of FTS5.
    ///   - weight: of the headings, where the words of the text count 1.
    ///   - allowed: which may be found; nil for all.
    /// - Returns: with BM25's score, the higher the better; at most `limit`.
    public func texts(
        matching query: String, headings weight: Double, limit: Int, for viewer: Viewer,
        among allowed: Set<TextID>? = nil
    ) throws(StorageError) -> [(text: TextID, score: Double)] {
        try read { db in
            let audiences = Set(viewer.audiences.map(\.code))
            let audience = try db.cachedStatement(sql: "SELECT audience FROM vectors WHERE text = ?")
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT rowid, rank FROM words WHERE words MATCH ? AND rank MATCH 'bm25(\(weight), 1.0)'
                    ORDER BY rank
                    """, arguments: [query])
            var found: [(TextID, Double)] = []
            while found.count < limit, let row = try cursor.next() {
                let text = TextID(rawValue: row["rowid"])
                if let allowed, !allowed.contains(text) { continue }
                guard let code = try Int64.fetchOne(audience, arguments: [text.rawValue]),
                    audiences.contains(code)
                else { continue }
                found.append((text, -(row["rank"] as Double)))
            }
            return found
        }
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
