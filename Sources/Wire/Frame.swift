public import JSON

/// A frame of the protocol: a 4-byte big-endian length, then that many bytes of UTF-8 JSON.
public enum Frame {
    public static let headerBytes = 4

    /// The largest body a peer accepts unless it is set otherwise: 8 MiB.
    public static let defaultLimit = 8 << 20

    /// The framed JSON of one message.
    public static func encode(_ message: some JSONWritable) -> [UInt8] {
        var json = JSONWriter(after: [0, 0, 0, 0])
        message.write(to: &json)
        var frame = json.bytes
        let length = frame.count - headerBytes
        for index in 0..<headerBytes { frame[index] = headerByte(index, of: length) }
        return frame
    }

    static func header(of length: Int) -> [UInt8] { (0..<headerBytes).map { headerByte($0, of: length) } }

    private static func headerByte(_ index: Int, of length: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: length >> (24 - 8 * index))
    }
}

public enum FrameError: Error, Hashable, Sendable {
    /// The header announces more bytes than this side accepts. The stream cannot be read on.
    case tooLarge(length: Int, limit: Int)
}

/// Cuts a stream of bytes into frame bodies, however the bytes arrive.
///
/// A body larger than the limit is refused at its header, before any of it is kept.
/// - Complexity: O(bytes) over a connection's life; at most one frame and one read are held.
public struct FrameDecoder: Sendable {
    /// A larger body is gathered in memory of its own, and handed out without a copy.
    private static let largeBody = 64 << 10

    public let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// A large body on its way.
    private var large: (bytes: [UInt8], length: Int)?

    /// - Parameter limit: the largest body accepted, in bytes.
    public init(limit: Int = Frame.defaultLimit) {
        self.limit = limit
    }

    /// How many received bytes wait for the rest of their frame. Above 0, the peer is in the middle of one.
    public var pendingBytes: Int {
        buffer.count - start + (large.map { Frame.headerBytes + $0.bytes.count } ?? 0)
    }

    /// Those bytes.
    public var pending: [UInt8] {
        (large.map { Frame.header(of: $0.length) + $0.bytes } ?? []) + buffer[start...]
    }

    public mutating func append(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        if let length = large?.length, let missing = large.map({ length - $0.bytes.count }), missing > 0 {
            large?.bytes.append(contentsOf: rest.prefix(missing))
            rest = rest.dropFirst(missing)
        }
        if rest.isEmpty { return }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: rest)
    }

    /// The next whole body, or `nil` when more bytes are needed.
    public mutating func next() throws(FrameError) -> [UInt8]? {
        if let large {
            guard large.bytes.count == large.length else { return nil }
            self.large = nil
            return large.bytes
        }
        guard pendingBytes >= Frame.headerBytes else { return nil }
        let length = buffer[start..<start + Frame.headerBytes].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw .tooLarge(length: length, limit: limit) }
        guard length <= pendingBytes - Frame.headerBytes else {
            if length > Self.largeBody { gather(length) }
            return nil
        }
        let body = start + Frame.headerBytes
        start = body + length
        return Array(buffer[body..<start])
    }

    /// The rest of `buffer` is the beginning of a large frame.
    private mutating func gather(_ length: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        bytes.append(contentsOf: buffer[(start + Frame.headerBytes)...])
        large = (bytes, length)
        (buffer, start) = ([], 0)
    }
}
