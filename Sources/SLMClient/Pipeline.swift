public import Wire

/// Puts answers into the order of their requests.
public struct AnswerQueue<Answer: Sendable>: Sendable {
    private var waiting: [RequestID] = []
    private var first = 0
    private var arrived: [RequestID: Result<Answer, ErrorReply>] = [:]

    public init() {}

    /// How many requests have been added and not been taken.
    public var count: Int { waiting.count - first }

    public mutating func expect(_ id: RequestID) {
        if first > 1024 {
            waiting.removeFirst(first)
            first = 0
        }
        waiting.append(id)
    }

    /// An answer to a request that is not expected is dropped.
    public mutating func arrive(_ reply: Reply<Answer>) {
        arrived[reply.id] = reply.result
    }

    /// The answer to the oldest request, once it has arrived.
    public mutating func next() -> Result<Answer, ErrorReply>? {
        guard first < waiting.count, let result = arrived.removeValue(forKey: waiting[first]) else {
            return nil
        }
        first += 1
        return result
    }
}

extension Connection {
    /// Sends many requests of one method without waiting for each, and gives their answers in order.
    ///
    /// - Parameters:
    ///   - window: how many requests may be under way at once.
    ///   - body: called once for each request, in their order.
    public mutating func call<P: Params>(
        each requests: some Sequence<P>, window: Int = 64, _ body: (Result<P.Answer, ErrorReply>) -> Void
    ) throws(ClientError) {
        precondition(window > 0, "window: \(window) is not positive")
        var queue = AnswerQueue<P.Answer>()
        for request in requests {
            while queue.count >= window { try advance(&queue, P.self, body) }
            queue.expect(try send(request))
        }
        while queue.count > 0 { try advance(&queue, P.self, body) }
    }

    private mutating func advance<P: Params>(
        _ queue: inout AnswerQueue<P.Answer>, _ method: P.Type, _ body: (Result<P.Answer, ErrorReply>) -> Void
    ) throws(ClientError) {
        queue.arrive(try receive(P.self))
        while let result = queue.next() { body(result) }
    }
}
