/// A frame of the daemon, as a client that waits for answers of one type reads it.
public enum Incoming<Body: Decodable & Sendable>: Sendable {
    case answer(RequestID, Body)
    /// The id is `nil` when the daemon could not tell which request the error is about.
    case refusal(RequestID?, ErrorReply)
    case hello(Hello)
    case progress(Progress)
    case delta(Delta)
    /// A notification this version does not know; to be passed over.
    case unknown(method: String)
}

extension Incoming {
    /// Reads the body of a frame.
    ///
    /// - Throws: an `ErrorReply` of kind `parse` or `invalidRequest` when the frame is not a message of the
    ///   protocol.
    public init(decoding body: [UInt8]) throws(ErrorReply) {
        self = try JSONText.decode(IncomingEnvelope<Body>.self, from: body).message
    }
}

private struct IncomingEnvelope<Body: Decodable & Sendable>: Decodable {
    let message: Incoming<Body>

    private enum Keys: String, CodingKey { case id, method, params, result, error }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        if let method = try object.decodeIfPresent(String.self, forKey: .method) {
            message = try Self.notification(method, object)
        } else if object.contains(.error) {
            message = .refusal(
                try object.decodeIfPresent(RequestID.self, forKey: .id),
                try object.decode(ErrorReply.self, forKey: .error))
        } else {
            message = .answer(
                try object.decode(RequestID.self, forKey: .id), try object.decode(Body.self, forKey: .result))
        }
    }

    private static func notification(
        _ method: String, _ object: KeyedDecodingContainer<Keys>
    ) throws -> Incoming<Body> {
        switch method {
        case Hello.method: .hello(try object.decode(Hello.self, forKey: .params))
        case Progress.method: .progress(try object.decode(Progress.self, forKey: .params))
        case Delta.method: .delta(try object.decode(Delta.self, forKey: .params))
        default: .unknown(method: method)
        }
    }
}
