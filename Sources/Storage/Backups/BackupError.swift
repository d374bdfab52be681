/// What is wrong with a backup: nothing of it is used.
public enum BackupError: Error, Sendable, Hashable, CustomStringConvertible {
    case notABackup
    /// One where the other was wanted.
    case otherKind(expected: BackupManifest.Kind, found: BackupManifest.Kind)
    /// Of a snapshot: its features are another encoder's.
    case otherEncoder(expected: String, found: String)
    /// Of a snapshot: the head's random numbers begin elsewhere.
    case otherSeed(expected: UInt64, found: UInt64)
    /// A snapshot of nothing.
    case empty
    /// Of a snapshot: a kind of event that no export has.
    case unexpectedEvent(Int64)
    case badEvent(Int64, field: String, reason: String)
    case tooLong(event: Int64, part: String, limit: Int, found: Int)
    case newerFormat(supported: Int, found: Int)
    case truncated(at: Int, wanted: Int, left: Int)
    case badHeader(at: Int)
    case badManifest(line: Int, found: String)
    /// A file that no backup has, or not there.
    case unexpectedPart(String)
    case missingPart(String)
    /// No archive holds so large a file.
    case tooLarge(part: String, limit: Int, found: Int)
    case size(part: String, expected: Int, found: Int)
    case checksum(part: String, expected: String, found: String)
    case trailingBytes(Int)
    /// A table, or whatever else has that name, is not defined in its log as in ours, or in one of both only.
    case otherSchema(String)
    /// SQLite's own check of the log found something.
    case integrity(String)
    /// The log does not make the head that the backup names.
    case differs(expected: String, found: String)

    public var description: String {
        switch self {
        case .notABackup: "it does not begin like a file of slmd"
        case .otherKind(_, .snapshot): "it is a snapshot: slmctl snapshot import takes it"
        case .otherKind(_, .backup): "it is a backup: slmctl restore takes it"
        case .otherEncoder(let expected, let found):
            "it was made with the encoder \(found), here is \(expected)"
        case .otherSeed(let expected, let found):
            "it was made with learning.seed \(found), here it is \(expected)"
        case .empty: "nothing is learnt in it"
        case .unexpectedEvent(let id): "its event \(id) is of a kind that no snapshot has"
        case .badEvent(let id, let field, let reason): "its event \(id): \(field): \(reason)"
        case .tooLong(let event, let part, let limit, let found):
            "its event \(event): the \(part) has \(found) bytes, at most \(limit) are allowed"
        case .newerFormat(let supported, let found):
            "its format is \(found), this version reads 1 to \(supported): "
                + "the slmd that wrote it, or a newer one, is needed"
        case .truncated(let position, let wanted, let left):
            "it is cut off at byte \(position): \(wanted) bytes wanted, \(left) left"
        case .badHeader(let position): "byte \(position): expected the header of a file, found something else"
        case .badManifest(let line, let found): "its manifest, line \(line): '\(found)' makes no sense"
        case .unexpectedPart(let path): "it has a file '\(path)', which no backup has there"
        case .missingPart(let path): "it lacks '\(path)'"
        case .tooLarge(let part, let limit, let found):
            "\(part) has \(found) bytes, a backup holds at most \(limit) of one file"
        case .size(let part, let expected, let found):
            "\(part) has \(found) bytes, expected \(expected)"
        case .checksum(let part, let expected, let found):
            "\(part) has SHA-256 \(found), expected \(expected)"
        case .trailingBytes(let count): "\(count) bytes follow its end"
        case .otherSchema(let name):
            "its log: '\(BackupReader.shown(name))' is not defined there as slmd defines it"
        case .integrity(let reason): "its log is damaged: \(reason)"
        case .differs(let expected, let found):
            "its log makes a head with sha256 \(found), expected \(expected)"
        }
    }
}
