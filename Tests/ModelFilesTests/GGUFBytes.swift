@testable import ModelFiles

/// The bytes of a GGUF file, written piece by piece.
struct GGUFBytes {
    var bytes: [UInt8] = []

    /// A header that says it has so many tensors and keys.
    init(version: UInt32 = 3, tensors: UInt64 = 0, keys: UInt64 = 0) {
        bytes = Array("GGUF".utf8)
        append(version)
        append(tensors)
        append(keys)
    }

    mutating func append(_ integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.littleEndian) { bytes += $0 }
    }

    mutating func append(_ string: String) {
        append(UInt64(string.utf8.count))
        bytes += Array(string.utf8)
    }

    mutating func append(key: String, _ type: GGUFValueType) {
        append(key)
        append(type.rawValue)
    }

    mutating func append(key: String, _ string: String) {
        append(key: key, .string)
        append(string)
    }

    mutating func append(key: String, _ integer: UInt32) {
        append(key: key, .uint32)
        append(integer)
    }

    /// A list, its elements still to come.
    mutating func append(key: String, listOf type: GGUFValueType, count: UInt64) {
        append(key: key, .array)
        append(type.rawValue)
        append(count)
    }

    /// The description of a tensor.
    ///
    /// - Parameter extents: innermost first, as the file has them.
    mutating func append(tensor: String, _ extents: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) {
        append(tensor)
        append(UInt32(extents.count))
        for extent in extents { append(extent) }
        append(type)
        append(offset)
    }

    /// Zeros up to a multiple of `alignment`, then `count` more.
    mutating func appendData(_ count: Int, alignment: Int = 32) {
        while bytes.count % alignment != 0 { bytes.append(0) }
        bytes += [UInt8](repeating: 0, count: count)
    }

    static func made(
        version: UInt32 = 3, tensors: UInt64 = 0, keys: UInt64 = 0,
        _ fill: (inout GGUFBytes) -> Void = { _ in }
    ) -> [UInt8] {
        var bytes = GGUFBytes(version: version, tensors: tensors, keys: keys)
        fill(&bytes)
        return bytes.bytes
    }
}
