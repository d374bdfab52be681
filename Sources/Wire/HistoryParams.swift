public import JSON

public struct ShowSnapshotParams: Params {
    public typealias Answer = SnapshotContentResult
    public static let method = Method.showSnapshot
    /// Without one, what is learnt now is shown.
    public var name: String?

    public init(name: String? = nil) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field(ifPresent: "name", name) }
    }
}

public struct RemoveSnapshotParams: Params {
    public typealias Answer = SnapshotEntry
    public static let method = Method.removeSnapshot
    public var name: String

    public init(name: String) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("name", name) }
    }
}

public struct VerifySnapshotParams: Params {
    public typealias Answer = VerifyResult
    public static let method = Method.verifySnapshot
    /// Without one, what is learnt now is verified.
    public var name: String?

    public init(name: String? = nil) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field(ifPresent: "name", name) }
    }
}

public struct RestoreSnapshotParams: Params {
    public typealias Answer = RestoreResult
    public static let method = Method.restoreSnapshot
    public var name: String

    public init(name: String) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("name", name) }
    }
}

public struct UndoParams: Params {
    public typealias Answer = UndoResult
    public static let method = Method.undo
    /// How many of the newest events are taken back, from 1.
    public var count: Int
    /// This one is, instead of the newest.
    public var event: Int64?
    /// Whether the whole log is replayed from nothing as well, for comparison.
    public var isProved: Bool

    public init(count: Int = 1, event: Int64? = nil, isProved: Bool = false) {
        self.count = count
        self.event = event
        self.isProved = isProved
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            if let event { json.field("event", event) } else { json.field("count", count) }
            if isProved { json.field("prove", isProved) }
        }
    }
}

public struct ForgetParams: Params {
    /// Whose lessons, or which, are forgotten.
    public enum Selection: Hashable, Sendable {
        case session(String)
        case user(UInt32)
        case event(Int64)
    }

    public typealias Answer = ForgetResult
    public static let method = Method.forget
    public var selection: Selection
    /// Whether the whole log is replayed from nothing as well, for comparison.
    public var isProved: Bool

    public init(_ selection: Selection, isProved: Bool = false) {
        self.selection = selection
        self.isProved = isProved
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            switch selection {
            case .session(let session): json.field("session", session)
            case .user(let uid): json.field("user", uid)
            case .event(let event): json.field("event", event)
            }
            if isProved { json.field("prove", isProved) }
        }
    }
}

public struct HistoryParams: Params {
    public typealias Answer = HistoryResult
    public static let method = Method.history
    /// Only events after this one.
    public var after: Int64
    /// Only the newest so many, from 1.
    public var last: Int?
    /// Only lessons that wait for approval.
    public var isQuarantined: Bool

    public init(after: Int64 = 0, last: Int? = nil, isQuarantined: Bool = false) {
        self.after = after
        self.last = last
        self.isQuarantined = isQuarantined
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("after", after)
            if let last { json.field("last", last) }
            if isQuarantined { json.field("quarantined", isQuarantined) }
        }
    }
}
