public import JSON

/// A request or notification as a client sends it.
public struct ClientMessage<Body: JSONWritable>: JSONWritable {
    /// `nil` makes it a notification.
    public let id: RequestID?
    public let method: Method
    public let params: Body

    public init(id: RequestID?, method: Method, params: Body) {
        self.id = id
        self.method = method
        self.params = params
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("jsonrpc", "2.0")
            if let id { json.field("id", id) }
            json.field("method", method.rawValue)
            json.field("params", params)
        }
    }
}

extension ClientMessage where Body: Params {
    public init(id: RequestID, _ params: Body) {
        self.init(id: id, method: Body.method, params: params)
    }
}

/// The answer to a request.
public struct Answer<Body: JSONWritable>: JSONWritable {
    public let id: RequestID
    public let result: Body

    public init(id: RequestID, result: Body) {
        self.id = id
        self.result = result
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("jsonrpc", "2.0")
            json.field("id", id)
            json.field("result", result)
        }
    }
}

/// The refusal of a request; its id is `null` when the frame did not tell it.
public struct Refusal: JSONWritable {
    public let id: RequestID?
    public let error: ErrorReply

    public init(id: RequestID?, error: ErrorReply) {
        self.id = id
        self.error = error
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("jsonrpc", "2.0")
            json.key("id")
            if let id { json.value(id) } else { json.null() }
            json.field("error", error)
        }
    }
}

/// A notification of the daemon.
public struct Notification<Body: ServerNotification>: JSONWritable {
    public let params: Body

    public init(_ params: Body) {
        self.params = params
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("jsonrpc", "2.0")
            json.field("method", Body.method)
            json.field("params", params)
        }
    }
}
