import FoundationEssentials
internal import JSON

/// A request as the daemon reads it from a frame.
public struct Request: Hashable, Sendable {
    /// `nil` for a notification, which gets no reply.
    public let id: RequestID?
    public let call: Call
}

/// A frame that is not a request: what to answer, and under which id.
public struct RequestFault: Error, Hashable, Sendable {
    /// `nil` when the frame does not tell; the reply's id is then `null`.
    public let id: RequestID?
    public let error: ErrorReply
    /// Whether the frame was a notification with faults; those get no reply.
    public let isNotification: Bool
}

extension Request {
    /// Reads the body of a frame.
    ///
    /// Parameters the method does not have are refused, so a misspelt name does not pass for an absent one.
    /// Of a key given twice the first counts. JSON nested deeper than 512 is refused before it is read.
    /// - Throws: what to answer instead; no input stops the program.
    /// - Complexity: O(bytes); about 5 µs for a short text.
    public init(decoding body: [UInt8]) throws(RequestFault) {
        let envelope: RequestEnvelope
        do {
            envelope = try JSONText.decode(RequestEnvelope.self, from: body)
        } catch {
            throw RequestFault(id: nil, error: error, isNotification: false)
        }
        do {
            id = envelope.id
            call = try envelope.call.get()
        } catch {
            throw RequestFault(id: envelope.id, error: error, isNotification: envelope.isNotification)
        }
    }
}

/// JSON as it comes from the other side: checked to be UTF-8 before it is read.
enum JSONText {
    static func decode<Value: Decodable>(_ type: Value.Type, from body: [UInt8]) throws(ErrorReply) -> Value {
        do {
            _ = try UTF8Span(validating: body.span)
        } catch {
            throw ErrorReply(.parse, "the frame is not valid UTF-8")
        }
        // The decoder passes over strings nobody asks for, and takes text with zero bytes for UTF-16.
        guard !body.contains(where: isControl) else {
            throw ErrorReply(.parse, "the frame is not valid JSON: it has a control character")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch let error as ErrorReply {
            throw error
        } catch DecodingError.dataCorrupted {
            throw ErrorReply(.parse, "the frame is not valid JSON, or nests deeper than 512")
        } catch {
            throw ErrorReply(.invalidRequest, "the message does not have the fields it must: \(error)")
        }
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != UInt8(ascii: "\t") && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r")
    }
}

/// The fields of a request, the call or what is wrong with it kept beside the id, for the reply needs the id.
private struct RequestEnvelope: Decodable {
    let id: RequestID?
    let call: Result<Call, ErrorReply>
    let isNotification: Bool

    private static let version = JSONKey(stringValue: "jsonrpc")
    private static let id = JSONKey(stringValue: "id")
    private static let method = JSONKey(stringValue: "method")
    private static let params = JSONKey(stringValue: "params")

    init(from decoder: any Decoder) throws {
        guard let object = try? decoder.container(keyedBy: JSONKey.self) else {  // the reason is found below
            throw Self.notAnObject(decoder)
        }
        var fault: ErrorReply?
        do {
            id = try object.decodeIfPresent(RequestID.self, forKey: Self.id)
        } catch {
            id = nil
            fault = ErrorReply(
                .invalidRequest, "id", expected: "an integer or a string", found: "something else")
        }
        let method = Self.string(object, Self.method)
        isNotification = fault == nil && id == nil && method != nil
        if Self.string(object, Self.version) != "2.0" {
            fault = ErrorReply(
                .invalidRequest, "jsonrpc", expected: "\"2.0\"",
                found: Self.string(object, Self.version).map { "\"\($0)\"" } ?? "nothing")
        }
        if let fault {
            call = .failure(fault)
        } else {
            call = Self.call(method, in: object)
        }
    }

    private static func call(
        _ name: String?, in object: KeyedDecodingContainer<JSONKey>
    ) -> Result<Call, ErrorReply> {
        guard let name else {
            return .failure(
                ErrorReply(.invalidRequest, "method", expected: "a string", found: "nothing of the kind"))
        }
        guard let method = Method(rawValue: name) else {
            return .failure(
                ErrorReply(.unknownMethod, "there is no method \"\(name.cut(to: 100))\"", subject: "method"))
        }
        return Result { () throws(ErrorReply) -> Call in
            var reader = ParamsReader(try paramsObject(object))
            return try Call(method, reading: &reader)
        }
    }

    private static func paramsObject(
        _ object: KeyedDecodingContainer<JSONKey>
    ) throws(ErrorReply) -> KeyedDecodingContainer<JSONKey>? {
        guard object.contains(params) else { return nil }
        do {
            if try object.decodeNil(forKey: params) { return nil }
            return try object.nestedContainer(keyedBy: JSONKey.self, forKey: params)
        } catch {
            // try?: an array cannot be opened as one when it is something else.
            let isArray = (try? object.nestedUnkeyedContainer(forKey: params)) != nil  // see above
            throw ErrorReply(
                .invalidParams, "params", expected: "an object (parameters go by name)",
                found: isArray ? "an array" : "something else")
        }
    }

    private static func string(_ object: KeyedDecodingContainer<JSONKey>, _ key: JSONKey) -> String? {
        try? object.decode(String.self, forKey: key)  // absent and of another type are the same here
    }

    private static func notAnObject(_ decoder: any Decoder) -> ErrorReply {
        if (try? decoder.unkeyedContainer()) != nil {  // not an array: the other message
            return ErrorReply(
                .invalidRequest, "batches are not supported: send each request in its own frame")
        }
        return ErrorReply(.invalidRequest, "a request", expected: "an object", found: "another JSON value")
    }
}
