public import JSON

public struct IntentsParams: Params {
    public typealias Answer = IntentsResult
    public static let method = Method.intents
    public init() {}
    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

public struct RenameIntentParams: Params {
    public typealias Answer = IntentChangeResult
    public static let method = Method.renameIntent
    public var from: String
    public var to: String

    public init(from: String, to: String) {
        self.from = from
        self.to = to
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("from", from)
            json.field("to", to)
        }
    }
}

public struct MergeIntentParams: Params {
    public typealias Answer = IntentChangeResult
    public static let method = Method.mergeIntent
    public var from: String
    public var into: String

    public init(from: String, into: String) {
        self.from = from
        self.into = into
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("from", from)
            json.field("into", into)
        }
    }
}

public struct RemoveIntentParams: Params {
    public typealias Answer = IntentChangeResult
    public static let method = Method.removeIntent
    public var intent: String

    public init(intent: String) {
        self.intent = intent
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("intent", intent) }
    }
}

public struct CreateSnapshotParams: Params {
    public typealias Answer = SnapshotResult
    public static let method = Method.createSnapshot
    /// The daemon chooses a name when there is none.
    public var name: String?

    public init(name: String? = nil) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field(ifPresent: "name", name) }
    }
}

public struct ListSnapshotsParams: Params {
    public typealias Answer = SnapshotsResult
    public static let method = Method.listSnapshots
    public init() {}
    public func write(to json: inout JSONWriter) { json.object { _ in } }
}
