public import JSON

/// A source of the knowledge base.
public struct SourceEntry: JSONWritable, Decodable, Hashable, Sendable {
    /// What may be said of a source when it is added.
    public struct Labels: Hashable, Sendable {
        public let title: String?
        public let format: SourceFormat
        public let visibility: SourceVisibility
        public let group: UInt32?
        public let tags: [String]
        /// As `2026-01-08`.
        public let date: String?

        public init(
            title: String?, format: SourceFormat, visibility: SourceVisibility, group: UInt32?,
            tags: [String], date: String?
        ) {
            self.title = title
            self.format = format
            self.visibility = visibility
            self.group = group
            self.tags = tags
            self.date = date
        }
    }

    public let id: Int64
    public let name: String
    /// The user who added it.
    public let owner: UInt32
    public let labels: Labels
    /// Of the content as it was added, in hexadecimal: whoever has the same need not send it again.
    public let sha256: String
    /// Of the content.
    public let bytes: Int64
    public let passages: Int
    /// When it got the content that it has, in UTC, as RFC 3339 writes it.
    public let changed: String

    public init(
        id: Int64, name: String, owner: UInt32, labels: Labels, sha256: String, bytes: Int64, passages: Int,
        changed: String
    ) {
        self.id = id
        self.name = name
        self.owner = owner
        self.labels = labels
        self.sha256 = sha256
        self.bytes = bytes
        self.passages = passages
        self.changed = changed
    }

    private enum Keys: String, CodingKey {
        case id, owner, title, format, visibility, group, tags, date, sha256, bytes, passages, changed
        case name = "source"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        id = try object.decode(Int64.self, forKey: .id)
        name = try object.decode(String.self, forKey: .name)
        owner = try object.decode(UInt32.self, forKey: .owner)
        labels = Labels(
            title: try object.decodeIfPresent(String.self, forKey: .title),
            format: try object.decode(SourceFormat.self, forKey: .format),
            visibility: try object.decode(SourceVisibility.self, forKey: .visibility),
            group: try object.decodeIfPresent(UInt32.self, forKey: .group),
            tags: try object.decode([String].self, forKey: .tags),
            date: try object.decodeIfPresent(String.self, forKey: .date))
        sha256 = try object.decode(String.self, forKey: .sha256)
        bytes = try object.decode(Int64.self, forKey: .bytes)
        passages = try object.decode(Int.self, forKey: .passages)
        changed = try object.decode(String.self, forKey: .changed)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("source", name)
            json.field(orNull: "title", labels.title)
            json.field("format", labels.format.rawValue)
            json.field("owner", owner)
            json.field("visibility", labels.visibility.rawValue)
            json.field(orNull: "group", labels.group.map(Int.init))
            json.key("tags")
            json.array(labels.tags) { $0.value($1) }
            json.field(orNull: "date", labels.date)
            json.field("sha256", sha256)
            json.field("bytes", bytes)
            json.field("passages", passages)
            json.field("changed", changed)
        }
    }
}

/// The answer to `kb.add`.
public struct AddSourceResult: JSONWritable, Decodable, Hashable, Sendable {
    public let id: Int64
    public let source: String
    /// SHA-256 of the content, in hexadecimal.
    public let sha256: String
    /// Passages of the source now.
    public let passages: Int
    /// Passages that it did not have before.
    public let added: Int
    /// Passages that stayed.
    public let kept: Int
    /// Passages that it no longer has.
    public let removed: Int
    /// Passages of the source that search finds by their words alone until they have their vectors.
    public let pending: Int

    public init(
        id: Int64, source: String, sha256: String, passages: Int, added: Int, kept: Int, removed: Int,
        pending: Int
    ) {
        self.id = id
        self.source = source
        self.sha256 = sha256
        self.passages = passages
        self.added = added
        self.kept = kept
        self.removed = removed
        self.pending = pending
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("source", source)
            json.field("sha256", sha256)
            json.field("passages", passages)
            json.field("added", added)
            json.field("kept", kept)
            json.field("removed", removed)
            json.field("pending", pending)
        }
    }
}

/// The answer to `kb.list`. The totals are of everything that the caller can see.
public struct ListSourcesResult: JSONWritable, Decodable, Hashable, Sendable {
    public let sources: [SourceEntry]
    /// Whether there are more after the last of them.
    public let hasMore: Bool
    /// How many sources there are.
    public let count: Int
    public let passages: Int
    /// Passages that have no vectors yet.
    public let pending: Int

    public init(sources: [SourceEntry], hasMore: Bool, count: Int, passages: Int, pending: Int) {
        self.sources = sources
        self.hasMore = hasMore
        self.count = count
        self.passages = passages
        self.pending = pending
    }

    private enum CodingKeys: String, CodingKey {
        case sources, count, passages, pending
        case hasMore = "more"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("sources")
            json.array(sources) { $0.value($1) }
            json.field("more", hasMore)
            json.field("count", count)
            json.field("passages", passages)
            json.field("pending", pending)
        }
    }
}

/// A stretch of a source that can be found and cited by itself.
public struct PassageEntry: JSONWritable, Decodable, Hashable, Sendable {
    /// Its number; never used again.
    public let passage: Int64
    /// The name of its source.
    public let source: String
    /// The number of its source.
    public let sourceID: Int64
    /// The titles it stands under, the widest first.
    public let headings: [String]
    public let text: String
    /// Where the text lies in that of the source, in bytes of UTF-8.
    public let span: Range<Int>
    /// How much it tells about the query, as against the others found; nil where there was none.
    public let score: Double?

    public init(
        passage: Int64, source: String, sourceID: Int64, headings: [String], text: String, span: Range<Int>,
        score: Double? = nil
    ) {
        self.passage = passage
        self.source = source
        self.sourceID = sourceID
        self.headings = headings
        self.text = text
        self.span = span
        self.score = score
    }

    private enum Keys: String, CodingKey {
        case passage, source, headings, text, span, score
        case sourceID = "source_id"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        passage = try object.decode(Int64.self, forKey: .passage)
        source = try object.decode(String.self, forKey: .source)
        sourceID = try object.decode(Int64.self, forKey: .sourceID)
        headings = try object.decode([String].self, forKey: .headings)
        text = try object.decode(String.self, forKey: .text)
        score = try object.decodeIfPresent(Double.self, forKey: .score)
        let span = try object.decode([Int].self, forKey: .span)
        guard span.count == 2, 0 <= span[0], span[0] <= span[1] else {
            throw DecodingError.dataCorruptedError(forKey: .span, in: object, debugDescription: "not a span")
        }
        self.span = span[0]..<span[1]
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("passage", passage)
            json.field("source", source)
            json.field("source_id", sourceID)
            if let score { json.field("score", score) }
            json.field("text", text)
            json.key("span")
            json.array([span.lowerBound, span.upperBound]) { $0.value($1) }
            json.key("headings")
            json.array(headings) { $0.value($1) }
        }
    }
}

/// The answer to `kb.show`.
public struct ShowSourceResult: JSONWritable, Decodable, Hashable, Sendable {
    public let source: SourceEntry
    /// In the order of the source.
    public let passages: [PassageEntry]
    /// Whether there are more after the last of them.
    public let hasMore: Bool

    public init(source: SourceEntry, passages: [PassageEntry], hasMore: Bool) {
        self.source = source
        self.passages = passages
        self.hasMore = hasMore
    }

    private enum CodingKeys: String, CodingKey {
        case source, passages
        case hasMore = "more"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("source", source)
            json.key("passages")
            json.array(passages) { $0.value($1) }
            json.field("more", hasMore)
        }
    }
}

/// The answer to `kb.search`.
public struct SearchResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The best first.
    public let results: [PassageEntry]
    /// Passages, of all sources that were asked, that could be found by their words alone.
    public let pending: Int

    public init(results: [PassageEntry], pending: Int) {
        self.results = results
        self.pending = pending
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("results")
            json.array(results) { $0.value($1) }
            json.field("pending", pending)
        }
    }
}

/// The answer to `kb.remove`.
public struct RemoveSourceResult: JSONWritable, Decodable, Hashable, Sendable {
    public let id: Int64
    public let source: String
    /// How many passages went.
    public let removed: Int

    public init(id: Int64, source: String, removed: Int) {
        self.id = id
        self.source = source
        self.removed = removed
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("source", source)
            json.field("removed", removed)
        }
    }
}

/// The answer to `kb.reindex`.
public struct ReindexResult: JSONWritable, Decodable, Hashable, Sendable {
    /// How many passages wait for their vectors now.
    public let pending: Int

    public init(pending: Int) {
        self.pending = pending
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("pending", pending) }
    }
}

/// The answer to `kb.export`.
public struct ExportSourcesResult: JSONWritable, Decodable, Hashable, Sendable {
    public let sources: Int
    /// Of the file.
    public let bytes: Int64
    /// SHA-256 of the file.
    public let sha256: String

    public init(sources: Int, bytes: Int64, sha256: String) {
        self.sources = sources
        self.bytes = bytes
        self.sha256 = sha256
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("sources", sources)
            json.field("bytes", bytes)
            json.field("sha256", sha256)
        }
    }
}
