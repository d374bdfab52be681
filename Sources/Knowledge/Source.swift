/// Who can find what a source says.
public enum Audience: Sendable, Hashable {
    case everyone
    /// The members of a group, by its number.
    case group(UInt32)
    /// One user, by his number.
    case user(UInt32)
}

/// Who asks, as the kernel says.
public struct Viewer: Sendable, Hashable {
    public let uid: UInt32
    public let groups: Set<UInt32>

    public init(uid: UInt32, groups: Set<UInt32> = []) {
        self.uid = uid
        self.groups = groups
    }

    /// Those that the viewer is among.
    public var audiences: Set<Audience> { Set(groups.map(Audience.group)).union([.everyone, .user(uid)]) }
}

/// A source's number; never used again.
public struct SourceID: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (a: SourceID, b: SourceID) -> Bool { a.rawValue < b.rawValue }
}

/// The number of a text that passages say; never used again.
public struct TextID: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (a: TextID, b: TextID) -> Bool { a.rawValue < b.rawValue }
}

/// What is known of a source beside what it says.
public struct SourceLabels: Sendable, Hashable {
    /// One name is one source for each owner.
    public var name: String
    public var owner: UInt32
    public var audience: Audience
    public var format: DocumentFormat
    public var title: String?
    /// The day that it is of, as ISO 8601 writes it.
    public var date: String?
    public var tags: Set<String>

    public init(
        name: String, owner: UInt32, audience: Audience, format: DocumentFormat, title: String? = nil,
        date: String? = nil, tags: Set<String> = []
    ) {
        self.name = name
        self.owner = owner
        self.audience = audience
        self.format = format
        self.title = title
        self.date = date
        self.tags = tags
    }
}

/// A source's content as it was brought.
public struct SourceContent: Sendable, Hashable {
    /// SHA-256, in hex.
    public let digest: String
    public let bytes: Int

    public init(digest: String, bytes: Int) {
        self.digest = digest
        self.bytes = bytes
    }
}

public struct StoredSource: Sendable, Hashable {
    public let id: SourceID
    public let labels: SourceLabels
    public let content: SourceContent
    public let passages: Int
    /// When it got this content, in microseconds since 1970, UTC.
    public let changed: Int64

    public init(
        id: SourceID, labels: SourceLabels, content: SourceContent, passages: Int, changed: Int64
    ) {
        self.id = id
        self.labels = labels
        self.content = content
        self.passages = passages
        self.changed = changed
    }
}

/// What adding or removing a source changed.
public struct SourceChange: Sendable, Hashable {
    public let source: StoredSource
    /// Passages that it did not have before.
    public let added: Int
    public let kept: Int
    public let removed: Int
    /// Those that nothing said before.
    public let newTexts: [TextID]
    /// Those that nothing says any more.
    public let unusedTexts: [TextID]
    /// Texts of it that have no vector.
    public let pending: Int

    public init(
        source: StoredSource, added: Int, kept: Int, removed: Int, newTexts: [TextID], unusedTexts: [TextID],
        pending: Int
    ) {
        self.source = source
        self.added = added
        self.kept = kept
        self.removed = removed
        self.newTexts = newTexts
        self.unusedTexts = unusedTexts
        self.pending = pending
    }
}

/// Which sources count.
public struct SourceFilter: Sendable, Hashable {
    public var source: SourceID?
    /// All of them.
    public var tags: Set<String>
    /// The first and the last day, as ISO 8601 writes them.
    public var from: String?
    public var to: String?
    public var owner: UInt32?

    public init(
        source: SourceID? = nil, tags: Set<String> = [], from: String? = nil, to: String? = nil,
        owner: UInt32? = nil
    ) {
        self.source = source
        self.tags = tags
        self.from = from
        self.to = to
        self.owner = owner
    }

    /// Whether it lets all sources through.
    public var isEmpty: Bool {
        source == nil && tags.isEmpty && from == nil && to == nil && owner == nil
    }
}

/// How much a viewer can see.
public struct KnowledgeTotals: Sendable, Hashable {
    public let sources: Int
    public let passages: Int
    /// Texts without a vector.
    public let pending: Int

    public init(sources: Int, passages: Int, pending: Int) {
        self.sources = sources
        self.passages = passages
        self.pending = pending
    }
}

/// A passage as it was found.
public struct FoundPassage: Sendable, Hashable {
    public let passage: Passage
    public let source: SourceID
    /// Whose source it is, by uid.
    public let owner: UInt32
    /// Its place in its source.
    public let ordinal: Int
    public let text: TextID
    /// Whether it is a record of a table, and no prose.
    public let isRecord: Bool

    public init(
        passage: Passage, source: SourceID, owner: UInt32, ordinal: Int, text: TextID, isRecord: Bool
    ) {
        self.passage = passage
        self.source = source
        self.owner = owner
        self.ordinal = ordinal
        self.text = text
        self.isRecord = isRecord
    }
}
