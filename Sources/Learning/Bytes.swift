import Crypto

/// Writes integers and floats as little-endian bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []
    /// Of what was written.
    private(set) var count = 0
    private let isCounting: Bool

    init() { isCounting = false }

    private init(counting: Void) { isCounting = true }

    /// The bytes of what `write` writes, in an array that did not have to grow: a head's would leave holes of megabytes.
    static func bytes(of write: (inout ByteWriter) -> Void) -> [UInt8] {
        var counter = ByteWriter(counting: ())
        write(&counter)
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(counter.count)
        write(&writer)
        return writer.bytes
    }

    mutating func append(_ value: some FixedWidthInteger) {
        count += value.bitWidth / 8
        if isCounting { return }
        for byte in 0..<value.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    mutating func append(_ values: [Float]) {
        append(words: values) { $0.bitPattern.littleEndian }
    }

    mutating func append(_ values: [Double]) {
        append(words: values) { $0.bitPattern.littleEndian }
    }

    private mutating func append<Value, Word: FixedWidthInteger>(
        words values: [Value], _ littleEndian: (Value) -> Word
    ) {
        count += values.count * MemoryLayout<Word>.size
        if isCounting { return }
        let words = values.map(littleEndian)
        unsafe words.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func append(contentsOf other: some Collection<UInt8>) {
        count += other.count
        if !isCounting { bytes.append(contentsOf: other) }
    }

    /// The SHA-256 of what `write` writes, and then that.
    mutating func appendHashed(_ write: (inout ByteWriter) -> Void) {
        let start = count
        append(contentsOf: repeatElement(0, count: SHA256.byteCount))
        write(&self)
        guard !isCounting else { return }
        let hash = SHA256.hash(data: bytes[(start + SHA256.byteCount)...])
        bytes.replaceSubrange(start..<start + SHA256.byteCount, with: Array(hash))
    }

    mutating func append(_ text: String) {
        append(UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// Reads what `ByteWriter` wrote, trusting nothing: every length is checked against the bytes left.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var offset: Int
    private let end: Int

    init(_ bytes: [UInt8], from offset: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.offset = offset
        self.end = end ?? bytes.count
    }

    var left: Int { end - offset }

    mutating func take(_ count: Int) throws(CheckpointError) -> ArraySlice<UInt8> {
        guard count <= left else { throw .truncated(at: offset, wanted: count, left: left) }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(CheckpointError) -> T {
        var value: T = 0
        let taken = try take(MemoryLayout<T>.size)
        for (index, byte) in taken.enumerated() { value |= T(byte) << T(8 * index) }
        return value
    }

    /// A count in `0...limit`.
    mutating func count(_ field: String, limit: Int) throws(CheckpointError) -> Int {
        let value = try integer(UInt32.self)
        guard value <= UInt32(limit) else {
            throw .outOfRange(field: field, found: UInt64(value), limit: UInt64(limit))
        }
        return Int(value)
    }

    mutating func floats(_ field: String, count: Int) throws(CheckpointError) -> [Float] {
        let values = try words(UInt32.self, count: count).map { Float(bitPattern: UInt32(littleEndian: $0)) }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(field: field, at: index)
        }
        return values
    }

    mutating func doubles(_ field: String, count: Int) throws(CheckpointError) -> [Double] {
        let values = try words(UInt64.self, count: count).map { Double(bitPattern: UInt64(littleEndian: $0)) }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(field: field, at: index)
        }
        return values
    }

    /// As they lie in the bytes.
    private mutating func words<Word: FixedWidthInteger & BitwiseCopyable>(
        _: Word.Type, count: Int
    ) throws(CheckpointError) -> [Word] {
        let size = MemoryLayout<Word>.size
        guard count <= left / size else { throw .truncated(at: offset, wanted: size * count, left: left) }
        let taken = try take(size * count)
        return unsafe taken.withUnsafeBytes { bytes in
            unsafe [Word](unsafeUninitializedCapacity: count) { buffer, initialized in
                unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
                initialized = count
            }
        }
    }

    /// A count in `0...2⁵²`.
    mutating func largeCount(_ field: String) throws(CheckpointError) -> Int {
        let value = try integer(UInt64.self)
        guard value <= 1 << 52 else { throw .outOfRange(field: field, found: value, limit: 1 << 52) }
        return Int(value)
    }

    mutating func name() throws(CheckpointError) -> IntentName {
        let length = try count("length of an intent's name", limit: IntentName.maximumBytes)
        let utf8 = try take(length)
        do throws(IntentNameError) {
            return try IntentName(String(decoding: utf8, as: UTF8.self))
        } catch {
            throw .badName(error)
        }
    }

    func finish() throws(CheckpointError) {
        guard left == 0 else { throw .trailingBytes(left) }
    }
}
