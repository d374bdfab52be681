/// A JSON value as its file wrote it: members in order, numbers unrounded.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The digits as written, valid by the grammar of RFC 8259.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

/// A key of an object, and what stands under it.
public struct JSONMember: Equatable, Sendable {
    public let key: String
    public let value: JSONValue
}

extension JSONValue {
    /// The member of an object, or nil when there is none or this is no object.
    ///
    /// - Complexity: O(members).
    public subscript(key: String) -> JSONValue? {
        members?.first { $0.key == key }?.value
    }

    /// An object's, in the file's order; nil for anything else. The others below answer alike.
    public var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    public var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    public var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// A number written without fraction or exponent that fits `Int`.
    public var integer: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    /// The nearest to what is written; nil where none is near, as to 1e999.
    public var double: Double? {
        if case .number(let digits) = self { Double(digits).flatMap { $0.isFinite ? $0 : nil } } else { nil }
    }
}

extension JSONValue: CustomStringConvertible {
    /// Short and bounded, for messages: what was found where something else was expected.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let digits): digits.cut(to: 40)
        case .string(let text): "\"\(text.cut(to: 40))\""
        case .array(let elements): "an array of \(elements.count)"
        case .object(let members): "an object of \(members.count)"
        }
    }
}
