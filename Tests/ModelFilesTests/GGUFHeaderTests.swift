import Tensors
import Testing

@testable import ModelFiles

/// A file that lies about itself, and the error it must raise.
struct GGUFLie: CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let flaw: GGUFFlaw

    init(_ name: String, _ bytes: [UInt8], _ flaw: GGUFFlaw) {
        (testDescription, self.bytes, self.flaw) = (name, bytes, flaw)
    }

    /// A file of one key.
    init(_ name: String, key fill: (inout GGUFBytes) -> Void, _ flaw: GGUFFlaw) {
        self.init(name, GGUFBytes.made(keys: 1, fill), flaw)
    }

    /// A file of one tensor.
    init(_ name: String, tensor fill: (inout GGUFBytes) -> Void, _ flaw: GGUFFlaw) {
        self.init(name, GGUFBytes.made(tensors: 1, fill), flaw)
    }
}

private let beginnings = [
    GGUFLie("no bytes", [], .truncated(what: "the magic", offset: 0, needed: 4, left: 0)),
    GGUFLie("another magic", Array("GGML\u{3}\0\0\0".utf8), .notGGUF(magic: Array("GGML".utf8))),
    GGUFLie("the first version", GGUFBytes.made(version: 1), .unsupportedVersion(1)),
    GGUFLie("a later version", GGUFBytes.made(version: 4), .unsupportedVersion(4)),
    GGUFLie("the other byte order", GGUFBytes.made(version: 3 << 24), .bigEndian),
    GGUFLie(
        "cut in the counts", Array(GGUFBytes.made().prefix(20)),
        .truncated(what: "the number of keys", offset: 16, needed: 8, left: 4)),
    GGUFLie(
        "more tensors than any file", GGUFBytes.made(tensors: 1 << 63),
        .tooMany(what: "tensors", count: 1 << 63, limit: 65536)),
    GGUFLie(
        "more keys than any file", GGUFBytes.made(keys: 65537),
        .tooMany(what: "keys", count: 65537, limit: 65536)),
    GGUFLie(
        "keys that are not there", GGUFBytes.made(keys: 65536),
        .truncated(what: "the length of a string", offset: 24, needed: 8, left: 0)),
    GGUFLie(
        "tensors that are not there", GGUFBytes.made(tensors: 65536),
        .truncated(what: "the length of a string", offset: 24, needed: 8, left: 0)),
    GGUFLie(
        "bytes after a file of nothing", GGUFBytes.made { $0.appendData(8, alignment: 1) }, .trailingBytes(8)),
]

private let keys = [
    GGUFLie(
        "a key longer than any", key: { $0.append(UInt64.max) },
        .tooLong(what: "a key", bytes: .max, limit: 65535)),
    GGUFLie(
        "a key longer than the file", key: { $0.append(UInt64(9)) },
        .truncated(what: "a key", offset: 32, needed: 9, left: 0)),
    GGUFLie("no key", key: { $0.append(key: "", 1) }, .emptyKey),
    GGUFLie(
        "a key that is not UTF-8",
        key: {
            $0.append(UInt64(1))
            $0.append(UInt8(0xff))
        }, .notUTF8(what: "a key")),
    GGUFLie(
        "a key twice",
        GGUFBytes.made(keys: 2) {
            $0.append(key: "a", 1)
            $0.append(key: "a", 2)
        }, .duplicateKey("a")),
    GGUFLie(
        "a type nobody knows",
        key: {
            $0.append("a")
            $0.append(UInt32(13))
        }, .unknownValueType(key: "a", found: 13)),
    GGUFLie(
        "a truth value of 2",
        key: {
            $0.append(key: "a", .bool)
            $0.append(UInt8(2))
        }, .badBool(key: "a", found: 2)),
    GGUFLie(
        "a number beyond Int",
        key: {
            $0.append(key: "a", .uint64)
            $0.append(UInt64.max)
        }, .numberTooLarge(key: "a", found: .max)),
    GGUFLie(
        "a string longer than the file",
        key: {
            $0.append(key: "a", .string)
            $0.append(UInt64(100))
        }, .truncated(what: "a", offset: 45, needed: 100, left: 0)),
    GGUFLie(
        "a string longer than any",
        key: {
            $0.append(key: "a", .string)
            $0.append(UInt64(1 << 40))
        }, .tooLong(what: "a", bytes: 1 << 40, limit: 1 << 20)),
    GGUFLie(
        "a string that is not UTF-8",
        key: {
            $0.append(key: "a", .string)
            $0.append(UInt64(2))
            $0.append(UInt16(0xffff))
        }, .notUTF8(what: "a")),
    GGUFLie(
        "a list longer than any", key: { $0.append(key: "a", listOf: .uint8, count: 1 << 62) },
        .tooMany(what: "elements of a", count: 1 << 62, limit: 1 << 22)),
    GGUFLie(
        "a list longer than the file", key: { $0.append(key: "a", listOf: .string, count: 1 << 22) },
        .truncated(what: "a", offset: 49, needed: 1 << 25, left: 0)),
    GGUFLie(
        "a list of a type nobody knows",
        key: {
            $0.append(key: "a", .array)
            $0.append(UInt32(99))
        }, .unknownValueType(key: "a", found: 99)),
    GGUFLie(
        "lists in lists without end",
        key: {
            $0.append(key: "a", listOf: .array, count: 1)
            for _ in 0..<64 {
                $0.append(GGUFValueType.array.rawValue)
                $0.append(UInt64(1))
            }
        }, .nestedTooDeep(key: "a", limit: 4)),
]

private let alignments = [
    GGUFLie(
        "an alignment that is no power of two", key: { $0.append(key: "general.alignment", 24) },
        .badAlignment(found: "24")),
    GGUFLie("an alignment of 0", key: { $0.append(key: "general.alignment", 0) }, .badAlignment(found: "0")),
    GGUFLie(
        "an alignment larger than any", key: { $0.append(key: "general.alignment", 1 << 31) },
        .badAlignment(found: "2147483648")),
    GGUFLie(
        "an alignment that is a string", key: { $0.append(key: "general.alignment", "32") },
        .badAlignment(found: "a string")),
]

private let tensors = [
    GGUFLie(
        "a name longer than any", tensor: { $0.append(tensor: String(repeating: "a", count: 65), [1]) },
        .tooLong(what: "the name of a tensor", bytes: 65, limit: 64)),
    GGUFLie(
        "no dimensions", tensor: { $0.append(tensor: "a", []) }, .badRank(tensor: "a", rank: 0, limit: 4)),
    GGUFLie(
        "five dimensions", tensor: { $0.append(tensor: "a", [1, 1, 1, 1, 1]) },
        .badRank(tensor: "a", rank: 5, limit: 4)),
    GGUFLie(
        "an extent of 0", tensor: { $0.append(tensor: "a", [4, 0]) }, .zeroExtent(tensor: "a", shape: [0, 4])),
    GGUFLie(
        "an extent beyond Int", tensor: { $0.append(tensor: "a", [1 << 63]) }, .sizeOverflow(tensor: "a")),
    GGUFLie(
        "extents that overflow with the type", tensor: { $0.append(tensor: "a", [1 << 62]) },
        .sizeOverflow(tensor: "a")),
    GGUFLie(
        "extents that wrap to a small size", tensor: { $0.append(tensor: "a", [1 << 32, 1 << 32, 4]) },
        .sizeOverflow(tensor: "a")),
    GGUFLie(
        "a type nobody knows", tensor: { $0.append(tensor: "a", [32], type: 4) },
        .unknownType(tensor: "a", found: 4)),
    GGUFLie(
        "a type that is not read", tensor: { $0.append(tensor: "a", [256], type: 10) },
        .unsupportedType(tensor: "a", found: "Q2_K")),
    GGUFLie(
        "a row that ends inside a block", tensor: { $0.append(tensor: "a", [48], type: 3) },
        .partBlock(tensor: "a", columns: 48, block: 32)),
    GGUFLie(
        "a tensor between two multiples",
        tensor: {
            $0.append(tensor: "a", [4], offset: 16)
            $0.appendData(32)
        }, .misaligned(tensor: "a", offset: 16, alignment: 32)),
    GGUFLie(
        "a tensor larger than the file",
        tensor: {
            $0.append(tensor: "a", [5])
            $0.appendData(16)
        }, .outOfRange(tensor: "a", end: 20, dataBytes: 16)),
    GGUFLie(
        "an offset behind the file",
        tensor: {
            $0.append(tensor: "a", [4], offset: 1 << 40)
            $0.appendData(16)
        }, .outOfRange(tensor: "a", end: 1 << 40 + 16, dataBytes: 16)),
    GGUFLie(
        "an offset that wraps",
        tensor: {
            $0.append(tensor: "a", [64], offset: .max - 31)
            $0.appendData(16)
        }, .outOfRange(tensor: "a", end: .max, dataBytes: 16)),
    GGUFLie(
        "a tensor without its data", tensor: { $0.append(tensor: "a", [4]) },
        .outOfRange(tensor: "a", end: 16, dataBytes: 0)),
    GGUFLie(
        "a tensor twice",
        GGUFBytes.made(tensors: 2) {
            $0.append(tensor: "a", [4])
            $0.append(tensor: "a", [4], offset: 32)
            $0.appendData(48)
        }, .duplicateTensor("a")),
    GGUFLie(
        "two tensors in one place",
        GGUFBytes.made(tensors: 2) {
            $0.append(tensor: "a", [16])
            $0.append(tensor: "b", [4], offset: 32)
            $0.appendData(64)
        }, .overlap("a", "b")),
    GGUFLie(
        "a hole between two tensors",
        GGUFBytes.made(tensors: 2) {
            $0.append(tensor: "a", [4])
            $0.append(tensor: "b", [4], offset: 64)
            $0.appendData(80)
        }, .hole(before: "b", bytes: 48)),
    GGUFLie(
        "bytes before the first tensor",
        tensor: {
            $0.append(tensor: "a", [4], offset: 32)
            $0.appendData(48)
        }, .hole(before: "a", bytes: 32)),
    GGUFLie(
        "bytes after the last tensor",
        tensor: {
            $0.append(tensor: "a", [4])
            $0.appendData(33)
        }, .trailingBytes(17)),
]

private let lies = beginnings + keys + alignments + tensors

private func parse(_ bytes: [UInt8]) throws(GGUFFlaw) -> GGUFHeader {
    try GGUFHeader(parsing: bytes.span.bytes)
}

struct GGUFHeaderTests {
    @Test(arguments: lies)
    func `each lie has its error`(lie: GGUFLie) {
        #expect(throws: lie.flaw) { try parse(lie.bytes) }
        #expect(!"\(lie.flaw)".contains("malformed"))
    }

    @Test(arguments: [UInt32(2), 3]) func `a sound file is read whole`(version: UInt32) throws {
        let bytes = GGUFBytes.made(version: version, tensors: 2, keys: 5) {
            $0.append(key: "general.alignment", 64)
            $0.append(key: "name", "wörter")
            $0.append(key: "list", listOf: .int16, count: 2)
            $0.append(Int16(-3))
            $0.append(Int16(4))
            $0.append(key: "lists", listOf: .array, count: 1)
            $0.append(GGUFValueType.string.rawValue)
            $0.append(UInt64(1))
            $0.append("x")
            $0.append(key: "half", .float32)
            $0.append(Float(0.5).bitPattern)
            $0.append(tensor: "later", [32, 2], type: 8, offset: 64)
            $0.append(tensor: "first", [3])
            $0.appendData(64 + 2 * 34, alignment: 64)
        }
        let header = try parse(bytes)
        #expect(header.version == version)
        #expect(
            header.metadata == [
                "general.alignment": .integer(64), "name": .string("wörter"), "list": .integers([-3, 4]),
                "lists": .arrays([.strings(["x"])]), "half": .number(0.5),
            ])
        let start = bytes.count - 132
        #expect(
            header.tensors == [
                "first": GGUFHeader.Tensor(type: .f32, shape: [3], bytes: start..<(start + 12)),
                "later": GGUFHeader.Tensor(type: .q80, shape: [2, 32], bytes: (start + 64)..<(start + 132)),
            ])
    }

    @Test func `a file cut anywhere is refused`() throws {
        let bytes = GGUFBytes.made(tensors: 1, keys: 2) {
            $0.append(key: "a", "text")
            $0.append(key: "b", listOf: .string, count: 2)
            $0.append("x")
            $0.append("yz")
            $0.append(tensor: "t", [4])
            $0.appendData(16)
        }
        #expect(throws: Never.self) { try parse(bytes) }
        for length in 0..<bytes.count {
            #expect(throws: GGUFFlaw.self, "\(length)") {
                try parse(Array(bytes.prefix(length)))
            }
        }
    }
}
