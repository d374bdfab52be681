import JSON
import ModelFiles
import Testing

/// A file of a header as written here, and that many bytes of data.
private func file(_ header: String, data: Int = 0) -> [UInt8] {
    file(Array(header.utf8), data: data)
}

private func file(_ header: [UInt8], data: Int = 0) -> [UInt8] {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + [UInt8](repeating: 0, count: data)
}

private func parse(_ bytes: [UInt8]) throws(SafetensorsFlaw) -> SafetensorsHeader {
    try SafetensorsHeader(parsing: bytes.span.bytes)
}

struct Lie: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let flaw: SafetensorsFlaw
    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], _ flaw: SafetensorsFlaw) {
        (self.name, self.bytes, self.flaw) = (name, bytes, flaw)
    }
}

private let shapeLies = [
    Lie(
        "a shape of more bytes than its offsets",
        file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: 4),
        .sizeMismatch(tensor: "a", shape: [2], expected: 8, found: 4)),
    Lie(
        "a shape of fewer bytes than its offsets",
        file(#"{"a":{"dtype":"F16","shape":[],"data_offsets":[0,4]}}"#, data: 4),
        .sizeMismatch(tensor: "a", shape: [], expected: 2, found: 4)),
    Lie(
        "an extent that overflows with its dtype",
        file(#"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#),
        .sizeOverflow(tensor: "a", shape: [1 << 62])),
    Lie(
        "extents that overflow together",
        file(#"{"a":{"dtype":"I8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#),
        .sizeOverflow(tensor: "a", shape: [1 << 32, 1 << 32])),
    Lie(
        "an extent beyond Int",
        file(#"{"a":{"dtype":"I8","shape":[9223372036854775808],"data_offsets":[0,0]}}"#),
        .notCounts(tensor: "a", field: "shape", found: "9223372036854775808")),
    Lie(
        "a negative extent",
        file(#"{"a":{"dtype":"I8","shape":[-1],"data_offsets":[0,0]}}"#),
        .notCounts(tensor: "a", field: "shape", found: "-1")),
    Lie(
        "a fractional extent",
        file(#"{"a":{"dtype":"I8","shape":[1.0],"data_offsets":[0,1]}}"#, data: 1),
        .notCounts(tensor: "a", field: "shape", found: "1.0")),
    Lie(
        "an extent with an exponent",
        file(#"{"a":{"dtype":"I8","shape":[1e0],"data_offsets":[0,1]}}"#, data: 1),
        .notCounts(tensor: "a", field: "shape", found: "1e0")),
    Lie(
        "a shape that is a number",
        file(#"{"a":{"dtype":"I8","shape":1,"data_offsets":[0,1]}}"#, data: 1),
        .notCounts(tensor: "a", field: "shape", found: "1")),
    Lie(
        "nine dimensions",
        file(#"{"a":{"dtype":"I8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}"#, data: 1),
        .rankTooHigh(tensor: "a", rank: 9, limit: 8)),
    Lie(
        "a dtype nobody knows",
        file(#"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, data: 4),
        .unknownType(tensor: "a", found: "\"F33\"")),
    Lie(
        "a dtype that is a number",
        file(#"{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}"#, data: 4),
        .unknownType(tensor: "a", found: "32")),
]

private let offsetLies = [
    Lie(
        "data cut short",
        file(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 7),
        .outOfRange(tensor: "a", end: 8, dataBytes: 7)),
    Lie(
        "offsets beyond any file",
        file(#"{"a":{"dtype":"I8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}"#),
        .outOfRange(tensor: "a", end: .max, dataBytes: 0)),
    Lie(
        "an end before its begin",
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, data: 4),
        .reversedOffsets(tensor: "a", begin: 4, end: 0)),
    Lie(
        "a negative offset",
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, data: 4),
        .notCounts(tensor: "a", field: "data_offsets", found: "-4")),
    Lie(
        "one offset",
        file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}"#, data: 4),
        .notCounts(tensor: "a", field: "data_offsets", found: "1 numbers, expected 2")),
    Lie(
        "two tensors in the same bytes",
        file(
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4),
        .overlap("a", "b")),
    Lie(
        "two tensors that share a byte",
        file(
            #"{"b":{"dtype":"I8","shape":[4],"data_offsets":[3,7]},"#
                + #""a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#, data: 7),
        .overlap("a", "b")),
    Lie(
        "a hole between two tensors",
        file(
            #"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"#
                + #""b":{"dtype":"I8","shape":[1],"data_offsets":[3,4]}}"#, data: 4),
        .hole(before: "b", bytes: 2)),
    Lie(
        "a hole before the first tensor",
        file(#"{"a":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}"#, data: 2),
        .hole(before: "a", bytes: 1)),
    Lie(
        "bytes after the last tensor",
        file(#"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#, data: 2),
        .trailingBytes(1)),
    Lie("bytes and no tensor", file("{}", data: 3), .trailingBytes(3)),
]

private let headerLies = [
    Lie("an empty file", [], .truncated(fileBytes: 0, needed: 8)),
    Lie("seven bytes", [UInt8](repeating: 0, count: 7), .truncated(fileBytes: 7, needed: 8)),
    Lie(
        "a header longer than the file", [9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D],
        .truncated(fileBytes: 10, needed: 17)),
    Lie(
        "a header of 2⁶⁴ − 1 bytes", [UInt8](repeating: 255, count: 8),
        .headerTooLarge(bytes: .max, limit: SafetensorsHeader.maximumBytes)),
    Lie(
        "a header one byte over the cap", [1, 0, 0x80, 0, 0, 0, 0, 0],
        .headerTooLarge(bytes: 8_388_609, limit: 8_388_608)),
    Lie("an empty header", file(""), .badJSON(.unexpectedEnd(expected: "a value"))),
    Lie("a header that is a list", file("[]"), .notAnObject(what: "header", found: "an array of 0")),
    Lie("a tensor that is a number", file(#"{"a":1}"#), .notAnObject(what: "a", found: "1")),
    Lie("a header that is cut", file(#"{"a":"#), .badJSON(.unexpectedEnd(expected: "a value"))),
    Lie("a header with a tail", file("{}x"), .badJSON(.unexpectedByte(0x78, at: 2, expected: "the end"))),
    Lie("a name that is not UTF-8", file([0x7B, 0x22, 0xFF, 0x22, 0x3A]), .badJSON(.invalidUTF8(at: 1))),
    Lie(
        "the same name twice",
        file(
            #"{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"#
                + #""a":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}"#, data: 2),
        .badJSON(.duplicateKey("a", at: 53))),
    Lie(
        "the same name twice, once escaped", file(#"{"a":0,"\u0061":0}"#), .badJSON(.duplicateKey("a", at: 7))
    ),
    Lie(
        "names equal to a reader of text",
        file(
            "{\"\u{E9}\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                + "\"e\u{301}\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[1,2]}}", data: 2),
        .duplicateName("\u{E9}")),
    Lie(
        "10,000 brackets", file([UInt8](repeating: UInt8(ascii: "["), count: 10_000)),
        .badJSON(.nestedTooDeeply(at: 4, limit: 4))),
    Lie(
        "metadata that is a list", file(#"{"__metadata__":[]}"#),
        .notAnObject(what: "__metadata__", found: "an array of 0")),
    Lie(
        "metadata that is not text", file(#"{"__metadata__":{"k":1}}"#),
        .metadataNotText(key: "k", found: "1")),
    Lie(
        "no dtype", file(#"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, data: 1),
        .missingField(tensor: "a", field: "dtype")),
    Lie(
        "no shape", file(#"{"a":{"dtype":"I8","data_offsets":[0,1]}}"#, data: 1),
        .missingField(tensor: "a", field: "shape")),
    Lie(
        "no offsets", file(#"{"a":{"dtype":"I8","shape":[1]}}"#, data: 1),
        .missingField(tensor: "a", field: "data_offsets")),
    Lie(
        "a field nobody knows", file(#"{"a":{"dtype":"I8","shape":[0],"data_offsets":[0,0],"x":1}}"#),
        .unknownField(tensor: "a", field: "x")),
]

@Suite struct SafetensorsHeaderTests {
    @Test(arguments: headerLies + shapeLies + offsetLies)
    func `each lie has its own error`(lie: Lie) {
        #expect(throws: lie.flaw) { try parse(lie.bytes) }
    }

    @Test func `tensors are found wherever the header lists them`() throws {
        let bytes = file(
            #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[2,10]},"#
                + #""a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]},"#
                + #""none":{"dtype":"I64","shape":[0,7],"data_offsets":[2,2]}}   "#, data: 10)
        let header = try parse(bytes)
        let start = bytes.count - 10
        let (a, b) = (start..<start + 2, start + 2..<start + 10)
        typealias Tensor = SafetensorsHeader.Tensor
        #expect(header.tensors["a"] == Tensor(type: .bfloat16, shape: [], bytes: a))
        #expect(header.tensors["b"] == Tensor(type: .float32, shape: [2, 1], bytes: b))
        #expect(
            header.tensors["none"] == Tensor(type: .int64, shape: [0, 7], bytes: a.upperBound..<a.upperBound))
        #expect(header.tensors.count == 3)
    }

    @Test func `a file cut anywhere is refused`() throws {
        let whole = file(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 4)
        _ = try parse(whole)
        for length in 0..<whole.count {
            #expect(throws: SafetensorsFlaw.self) { try parse(Array(whole.prefix(length))) }
        }
    }
}
