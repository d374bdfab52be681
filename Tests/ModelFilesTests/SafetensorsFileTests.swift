import ModelFiles
import SystemPackage
import Testing

private func safetensors(_ header: String, _ data: [UInt8]) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) } + Array(header.utf8) + data
}

@Suite struct SafetensorsFileTests {
    /// Bytes by hand from IEEE 754, at odd offsets so that nothing is aligned.
    static let header =
        #"{"i8":{"dtype":"I8","shape":[3],"data_offsets":[0,3]},"#
        + #""f16":{"dtype":"F16","shape":[2,2],"data_offsets":[3,11]},"#
        + #""bf16":{"dtype":"BF16","shape":[2],"data_offsets":[11,15]},"#
        + #""f32":{"dtype":"F32","shape":[2],"data_offsets":[15,23]},"#
        + #""i64":{"dtype":"I64","shape":[1],"data_offsets":[23,31]}}"#
    static let data: [UInt8] =
        [0x00, 0x7F, 0x80]
        + [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0x00, 0x7C]
        + [0x80, 0x3F, 0x49, 0xC0]
        + [0xDB, 0x0F, 0x49, 0x40, 0x01, 0x00, 0x00, 0x80]
        + [1, 2, 3, 4, 5, 6, 7, 8]

    @Test func `every type converts exactly, at any alignment`() throws {
        let temporary = try TemporaryFile(safetensors(Self.header, Self.data))
        let file = try SafetensorsFile(path: temporary.path)
        #expect(file.tensorNames == ["bf16", "f16", "f32", "i64", "i8"])
        #expect(try file.floats("i8", shape: [3]) == [0, 127, -128])
        #expect(try file.floats("f16", shape: [2, 2]) == [1, -2, 0x1p-24, .infinity])
        #expect(try file.floats("bf16", shape: [2]) == [1, -3.140625])
        #expect(
            try file.floats("f32", shape: [2])
                == [.pi, -.leastNonzeroMagnitude].map { $0 == .pi ? 3.1415927 : $0 })
    }

    @Test func `a type without a conversion is named`() throws {
        let temporary = try TemporaryFile(safetensors(Self.header, Self.data))
        let path = temporary.path
        #expect(throws: SafetensorsError.unsupportedType(path: path, tensor: "i64", .int64)) {
            try SafetensorsFile(path: path).floats("i64", shape: [1])
        }
    }

    @Test func `an absent tensor and another shape are errors that name both`() throws {
        let temporary = try TemporaryFile(safetensors(Self.header, Self.data))
        let path = temporary.path
        #expect(throws: SafetensorsError.noSuchTensor(path: path, tensor: "x")) {
            try SafetensorsFile(path: path).shape(of: "x")
        }
        #expect(
            throws: SafetensorsError.shapeMismatch(path: path, tensor: "f16", expected: [4], found: [2, 2])
        ) {
            try SafetensorsFile(path: path).floats("f16", shape: [4])
        }
    }

    @Test func `a file that is not there, is a directory, or is empty says so`() throws {
        let empty = try TemporaryFile([])
        let path = empty.path
        #expect(throws: SafetensorsError.file(.unreadable(path: "/nonexistent", .noSuchFileOrDirectory))) {
            _ = try SafetensorsFile(path: "/nonexistent")
        }
        #expect(throws: SafetensorsError.file(.notAFile(path: "/"))) { _ = try SafetensorsFile(path: "/") }
        #expect(throws: SafetensorsError.malformed(path: path, .truncated(fileBytes: 0, needed: 8))) {
            _ = try SafetensorsFile(path: path)
        }
    }
}
