/// What a key of a GGUF file's metadata says.
public enum GGUFValue: Sendable, Hashable {
    /// Of any width; none lies beyond `Int`.
    case integer(Int)
    /// Of single or double precision.
    case number(Double)
    case bool(Bool)
    case string(String)
    case integers([Int])
    case numbers([Double])
    case bools([Bool])
    case strings([String])
    case arrays([GGUFValue])

    /// For messages.
    public var kind: String {
        switch self {
        case .integer: "a whole number"
        case .number: "a number"
        case .bool: "a truth value"
        case .string: "a string"
        case .integers: "a list of whole numbers"
        case .numbers: "a list of numbers"
        case .bools: "a list of truth values"
        case .strings: "a list of strings"
        case .arrays: "a list of lists"
        }
    }
}

/// The types of metadata, by the format's own numbers.
enum GGUFValueType: UInt32 {
    case uint8 = 0
    case int8 = 1
    case uint16 = 2
    case int16 = 3
    case uint32 = 4
    case int32 = 5
    case float32 = 6
    case bool = 7
    case string = 8
    case array = 9
    case uint64 = 10
    case int64 = 11
    case float64 = 12

    /// The fewest bytes that a value takes.
    var leastBytes: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64, .string: 8
        case .array: 12
        }
    }
}
