/// What is wrong with the bytes of an archive.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No zstd frame begins at this byte.
    case notAFrame(at: Int)
    /// The bytes end before the frame that begins there does.
    case truncated(frameAt: Int)
    /// The frame asks its reader to keep more than `limit` bytes.
    case windowTooLarge(frameAt: Int, limit: Int)
    /// The frame wants a dictionary: no archive has one.
    case dictionaryWanted(frameAt: Int, id: UInt32)
    /// The frame has, or says it has, more content than is read of one.
    case contentTooLarge(frameAt: Int, limit: Int)
    /// The content is so many times the frame's size that it can only be meant to fill memory.
    case ratioTooHigh(frameAt: Int, limit: Int)
    /// The checksum, or anything before it, is wrong.
    case corrupt(frameAt: Int, reason: String)
    case lineTooLong(frameAt: Int, line: Int, limit: Int)
    /// A line of the content, counted from 1, is not a turn.
    case badLine(frameAt: Int, line: Int, reason: String)
    /// libzstd could not compress.
    case notCompressed(reason: String)

    public var description: String {
        switch self {
        case .notAFrame(let offset): "no zstd frame begins at byte \(offset)"
        case .truncated(let offset): "the frame at byte \(offset) is cut off"
        case .windowTooLarge(let offset, let limit):
            "the frame at byte \(offset) wants a window of more than \(limit) bytes"
        case .dictionaryWanted(let offset, let id): "the frame at byte \(offset) wants the dictionary \(id)"
        case .contentTooLarge(let offset, let limit):
            "the frame at byte \(offset) has more than \(limit) bytes of content"
        case .ratioTooHigh(let offset, let limit):
            "the frame at byte \(offset) has more than \(limit) bytes of content for each of its own"
        case .corrupt(let offset, let reason): "the frame at byte \(offset) is corrupt: \(reason)"
        case .lineTooLong(let offset, let line, let limit):
            "the frame at byte \(offset), line \(line): more than \(limit) bytes"
        case .badLine(let offset, let line, let reason):
            "the frame at byte \(offset), line \(line): \(reason)"
        case .notCompressed(let reason): "not compressed: \(reason)"
        }
    }
}

/// How much is read of an archive before it counts as hostile.
public struct ArchiveLimits: Sendable, Hashable {
    /// The base-2 logarithm of the bytes a decoder keeps: 21, and so 2 MiB, is what the writer uses.
    public var windowLog = 21
    /// Content of one frame.
    public var contentBytes = 32 << 20
    /// Content of a frame for each byte of it, beyond the first 2 MiB.
    public var ratio = 4096
    public var lineBytes = 1 << 20

    public init() {}
}
