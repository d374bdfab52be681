public import JSON

public struct ApproveParams: Params {
    public typealias Answer = ApproveResult
    public static let method = Method.approve
    /// The events of held lessons, in the order they are to be learnt.
    public var events: [Int64]

    public init(events: [Int64]) {
        self.events = events
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("events")
            json.array(events) { $0.value($1) }
        }
    }
}

public struct RejectParams: Params {
    public typealias Answer = RejectResult
    public static let method = Method.reject
    /// The events of held lessons.
    public var events: [Int64]

    public init(events: [Int64]) {
        self.events = events
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("events")
            json.array(events) { $0.value($1) }
        }
    }
}

extension ApproveParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        events = try params.events("events")
    }
}

extension RejectParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        events = try params.events("events")
    }
}

/// The answer to `approve`: what each lesson did, each an event of its own.
public struct ApproveResult: JSONWritable, Decodable, Hashable, Sendable {
    public let approved: [TeachResult]

    public init(approved: [TeachResult]) {
        self.approved = approved
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("approved")
            json.array(approved) { $0.value($1) }
        }
    }
}

/// The answer to `reject`.
public struct RejectResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The events that are gone.
    public let rejected: [Int64]

    public init(rejected: [Int64]) {
        self.rejected = rejected
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("rejected")
            json.array(rejected) { $0.value($1) }
        }
    }
}
