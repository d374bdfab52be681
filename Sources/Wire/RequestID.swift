public import JSON

/// What ties a reply to its request: an integer or a string, chosen by the client.
public enum RequestID: Hashable, Sendable {
    case number(Int64)
    case text(String)
}

extension RequestID: Decodable, JSONWritable, CustomStringConvertible {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = .number(try container.decode(Int64.self))
        } catch {
            self = .text(try container.decode(String.self))
        }
    }

    public func write(to json: inout JSONWriter) {
        switch self {
        case .number(let number): json.value(number)
        case .text(let text): json.value(text)
        }
    }

    public var description: String {
        switch self {
        case .number(let number): String(number)
        case .text(let text): text
        }
    }
}
