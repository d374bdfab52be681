public import JSON

/// An intent and how many examples it was taught with.
public struct IntentEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let intent: String
    public let examples: Int

    public init(intent: String, examples: Int) {
        self.intent = intent
        self.examples = examples
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("intent", intent)
            json.field("examples", examples)
        }
    }
}

/// The answer to `intents`.
public struct IntentsResult: JSONWritable, Decodable, Hashable, Sendable {
    public let intents: [IntentEntry]

    public init(intents: [IntentEntry]) {
        self.intents = intents
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("intents")
            json.array(intents) { $0.value($1) }
        }
    }
}

/// The answer to `intents.rename`, `intents.merge` and `intents.remove`.
public struct IntentChangeResult: JSONWritable, Decodable, Hashable, Sendable {
    public let event: Int64
    /// How many intents are known now.
    public let intents: Int

    public init(event: Int64, intents: Int) {
        self.event = event
        self.intents = intents
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("intents", intents)
        }
    }
}

/// The answer to `snapshot.create`.
public struct SnapshotResult: JSONWritable, Decodable, Hashable, Sendable {
    public let name: String
    /// The last event the snapshot holds.
    public let event: Int64
    /// SHA-256 of the head, in hexadecimal.
    public let digest: String
    public let bytes: Int
    /// Of the head on the held-back examples, from 0 to 1; `nil` where there are none.
    public let accuracy: Double?
    /// How many held-back examples there were.
    public let heldBack: Int?
    /// Why it was not measured although examples are held back; `nil` from a daemon that does not say it.
    public let unmeasured: String?

    public init(
        name: String, event: Int64, digest: String, bytes: Int, accuracy: Double? = nil, heldBack: Int? = nil,
        unmeasured: String? = nil
    ) {
        self.name = name
        self.event = event
        self.digest = digest
        self.bytes = bytes
        self.accuracy = accuracy
        self.heldBack = heldBack
        self.unmeasured = unmeasured
    }

    private enum CodingKeys: String, CodingKey {
        case name, event, digest, bytes, accuracy, unmeasured
        case heldBack = "held_back"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("event", event)
            json.field("digest", digest)
            json.field("bytes", bytes)
            json.field(orNull: "accuracy", accuracy)
            json.field(orNull: "held_back", heldBack)
            json.field(orNull: "unmeasured", unmeasured)
        }
    }
}

/// A snapshot in a list.
public struct SnapshotEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let name: String
    public let event: Int64
    public let digest: String
    public let bytes: Int
    /// In UTC, as RFC 3339 writes it.
    public let createdAt: String
    /// Of the head on the held-back examples, from 0 to 1; `nil` where there were none.
    public let accuracy: Double?
    /// How many held-back examples there were.
    public let heldBack: Int?

    public init(
        name: String, event: Int64, digest: String, bytes: Int, createdAt: String, accuracy: Double? = nil,
        heldBack: Int? = nil
    ) {
        self.name = name
        self.event = event
        self.digest = digest
        self.bytes = bytes
        self.createdAt = createdAt
        self.accuracy = accuracy
        self.heldBack = heldBack
    }

    private enum CodingKeys: String, CodingKey {
        case name, event, digest, bytes, accuracy
        case createdAt = "created_at"
        case heldBack = "held_back"
    }

    public func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    fileprivate func writeFields(to json: inout JSONWriter) {
        json.field("name", name)
        json.field("event", event)
        json.field("digest", digest)
        json.field("bytes", bytes)
        json.field("created_at", createdAt)
        json.field(orNull: "accuracy", accuracy)
        json.field(orNull: "held_back", heldBack)
    }
}

/// The answer to `snapshot.show`: a snapshot and what it knows.
public struct SnapshotContentResult: JSONWritable, Decodable, Hashable, Sendable {
    public let snapshot: SnapshotEntry
    /// Of its head.
    public let version: Int
    /// Nil where the daemon reads no head of that version.
    public let intents: [IntentEntry]?

    public init(snapshot: SnapshotEntry, version: Int, intents: [IntentEntry]?) {
        self.snapshot = snapshot
        self.version = version
        self.intents = intents
    }

    private enum CodingKeys: String, CodingKey { case version, intents }

    public init(from decoder: any Decoder) throws {
        snapshot = try SnapshotEntry(from: decoder)
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        version = try fields.decode(Int.self, forKey: .version)
        intents = try fields.decode([IntentEntry]?.self, forKey: .intents)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            snapshot.writeFields(to: &json)
            json.field("version", version)
            json.key("intents")
            if let intents { json.array(intents) { $0.value($1) } } else { json.null() }
        }
    }
}

/// The answer to `snapshot.list`.
public struct SnapshotsResult: JSONWritable, Decodable, Hashable, Sendable {
    public let snapshots: [SnapshotEntry]

    public init(snapshots: [SnapshotEntry]) {
        self.snapshots = snapshots
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("snapshots")
            json.array(snapshots) { $0.value($1) }
        }
    }
}
