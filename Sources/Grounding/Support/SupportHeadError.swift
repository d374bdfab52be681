/// What is wrong with bytes that claim to be a support head.
public enum SupportHeadError: Error, Hashable, CustomStringConvertible {
    case truncated(at: Int, wanted: Int, left: Int)
    case notASupportHead(found: [UInt8])
    case unknownVersion(found: UInt32, expected: UInt32)
    case checksum(expected: UInt64, found: UInt64)
    case featureCount(found: UInt32, expected: UInt32)
    case notFinite(field: String, at: Int)
    case outOfRange(field: String, at: Int)
    case termCount(found: UInt32, limit: UInt32)
    case badTerm(at: Int)
    case trailingBytes(Int)

    public var description: String {
        switch self {
        case .truncated(let offset, let wanted, let left):
            "support head: \(wanted) bytes are wanted at offset \(offset), \(left) are left"
        case .notASupportHead(let found):
            "support head: it begins with the bytes \(found), not with 'slmdsupp'"
        case .unknownVersion(let found, let expected):
            "support head: version \(found), this program reads \(expected)"
        case .checksum(let expected, let found):
            "support head: its content has the checksum \(found), it should be \(expected)"
        case .featureCount(let found, let expected):
            "support head: \(found) features, this program has \(expected)"
        case .notFinite(let field, let index): "support head: \(field)[\(index)] is not a finite number"
        case .outOfRange(let field, let index): "support head: \(field)[\(index)] is out of its range"
        case .termCount(let found, let limit): "support head: \(found) words, the limit is \(limit)"
        case .badTerm(let index):
            "support head: word \(index) is empty, no UTF-8 or not after the one before it"
        case .trailingBytes(let count): "support head: \(count) bytes follow its end"
        }
    }
}
