/// What is wrong with bytes that claim to be a checkpoint of the head, or a stored features vector.
public enum CheckpointError: Error, Hashable, CustomStringConvertible {
    case truncated(at: Int, wanted: Int, left: Int)
    case notACheckpoint(found: [UInt8])
    case unknownVersion(found: UInt32, expected: UInt32)
    case checksum(expected: String, found: String)
    case outOfRange(field: String, found: UInt64, limit: UInt64)
    case notFinite(field: String, at: Int)
    case badName(IntentNameError)
    case repeatedName(at: Int)
    case featuresWidth(of: IntentName, found: Int, expected: Int)
    case badSlotName(SlotNameError)
    case badSlot(words: [Int], after: Int)
    case unknownSlotName(SlotName)
    case trailingBytes(Int)

    public var description: String {
        switch self {
        case .truncated(let offset, let wanted, let left):
            "checkpoint: \(wanted) bytes are wanted at offset \(offset), \(left) are left"
        case .notACheckpoint(let found): "checkpoint: it begins with the bytes \(found), not with 'slmdhead'"
        case .unknownVersion(let found, let expected):
            "checkpoint: version \(found), this program reads \(expected)"
        case .checksum(let expected, let found):
            "checkpoint: its content has SHA-256 \(found), it should be \(expected)"
        case .outOfRange(let field, let found, let limit):
            "checkpoint: \(field) is \(found), the limit is \(limit)"
        case .notFinite(let field, let index): "checkpoint: \(field)[\(index)] is not a finite number"
        case .badName(let error): "checkpoint: \(error)"
        case .repeatedName(let index): "checkpoint: intent \(index) repeats a name"
        case .featuresWidth(let intent, let found, let expected):
            "checkpoint: an example of '\(intent)' has \(found) features, the head has \(expected)"
        case .badSlotName(let error): "checkpoint: \(error)"
        case .badSlot(let words, let end):
            "checkpoint: a slot has the words \(words[0])..<\(words[1]), which do not follow word \(end)"
        case .unknownSlotName(let type):
            "checkpoint: an example has the type '\(type)', which the tagger has not"
        case .trailingBytes(let count): "checkpoint: \(count) bytes follow its end"
        }
    }
}
