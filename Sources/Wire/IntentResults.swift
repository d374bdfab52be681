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

    public init(name: String, event: Int64, digest: String, bytes: Int) {
        self.name = name
        self.event = event
        self.digest = digest
        self.bytes = bytes
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("event", event)
            json.field("digest", digest)
            json.field("bytes", bytes)
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

    public init(name: String, event: Int64, digest: String, bytes: Int, createdAt: String) {
        self.name = name
        self.event = event
        self.digest = digest
        self.bytes = bytes
        self.createdAt = createdAt
    }

    private enum CodingKeys: String, CodingKey {
        case name, event, digest, bytes
        case createdAt = "created_at"
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
    }
}

/// The answer to `snapshot.show`: a snapshot and what it knows.
public struct SnapshotContentResult: JSONWritable, Decodable, Hashable, Sendable {
    public let snapshot: SnapshotEntry
    public let intents: [IntentEntry]

    public init(snapshot: SnapshotEntry, intents: [IntentEntry]) {
        self.snapshot = snapshot
        self.intents = intents
    }

    private enum CodingKeys: String, CodingKey { case intents }

    public init(from decoder: any Decoder) throws {
        snapshot = try SnapshotEntry(from: decoder)
        intents = try decoder.container(keyedBy: CodingKeys.self).decode([IntentEntry].self, forKey: .intents)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            snapshot.writeFields(to: &json)
            json.key("intents")
            json.array(intents) { $0.value($1) }
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
