import Foundation
import ModelFiles
import Tensors
import Testing

/// Random blocks and what the format's own Python package makes of them, written by `make_blocks.py`.
private struct Golden {
    let block: [UInt8]
    /// Bit patterns.
    let floats: [UInt32]

    init(_ line: Substring) {
        let parts = line.split(separator: " ")
        block = parts[0].bytes
        let bytes = parts[1].bytes
        floats = stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<(start + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    static func all(_ type: GGUFTensorType) throws -> [Golden] {
        let folder = #filePath.dropLast("GGUFFileTests.swift".count)
        let text = try String(contentsOfFile: "\(folder)Blocks/\(type.name).txt", encoding: .utf8)
        return text.split(separator: "\n").map(Golden.init)
    }
}

extension Substring {
    /// Of hexadecimal digits.
    fileprivate var bytes: [UInt8] {
        let digits = utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

struct GGUFFileTests {
    @Test(arguments: GGUFTensorType.allCases.filter { $0.blockCount > 1 })
    func `blocks become the reference's floats, bit for bit`(type: GGUFTensorType) throws {
        let goldens = try Golden.all(type)
        #expect(goldens.count == 3)
        for golden in goldens {
            #expect(dequantised(golden.block, type).map(\.bitPattern) == golden.floats)
        }
        let together = dequantised(goldens.flatMap(\.block), type)
        #expect(together.map(\.bitPattern) == goldens.flatMap(\.floats))
    }

    @Test func `floats of each width are 1.5`() {
        #expect(dequantised([0, 0, 0xc0, 0x3f], .f32) == [1.5])
        #expect(dequantised([0, 0x3e], .f16) == [1.5])
        #expect(dequantised([0xc0, 0x3f], .bf16) == [1.5])
    }

    private func dequantised(_ bytes: [UInt8], _ type: GGUFTensorType) -> [Float] {
        type.dequantised(bytes.span.bytes)
    }

    @Test func `a tensor is read by name and shape, a number by key and kind`() throws {
        let bytes = GGUFBytes.made(tensors: 1, keys: 2) {
            $0.append(key: "layers", 30)
            $0.append(key: "name", "small")
            $0.append(tensor: "t", [2, 1])
            $0.appendData(0)
            $0.append(Float(1).bitPattern)
            $0.append(Float(-2).bitPattern)
        }
        let file = try TemporaryFile(bytes)
        let path = file.path
        let model = try GGUFFile(path: path)
        #expect(try model.floats("t", shape: [1, 2]) == [1, -2])
        let metadata = model.header.metadata
        #expect(try metadata.integer("layers") == 30)
        #expect(try metadata.string("name") == "small")
        #expect(throws: GGUFError.shapeMismatch(path: path, tensor: "t", expected: [2, 1], found: [1, 2])) {
            try GGUFFile(path: path).floats("t", shape: [2, 1])
        }
        #expect(throws: GGUFError.noSuchTensor(path: path, tensor: "u")) {
            try GGUFFile(path: path).floats("u", shape: [1])
        }
        #expect(try metadata.optionalNumber("base") == nil)
        #expect(throws: GGUFFlaw.missingKey("heads")) { try metadata.integer("heads") }
        #expect(throws: GGUFFlaw.wrongKind(key: "name", expected: "a whole number", found: "a string")) {
            try metadata.integer("name")
        }
        #expect(throws: GGUFFlaw.wrongKind(key: "layers", expected: "a number", found: "a whole number")) {
            try metadata.optionalNumber("layers")
        }
        #expect(throws: GGUFError.malformed(path: path, .missingKey("tokenizer.ggml.model"))) {
            try GGUFFile(path: path).vocabulary()
        }
    }

    @Test func `a file that is not there is named`() {
        #expect(throws: GGUFError.self) {
            try GGUFFile(path: "/nowhere/model.gguf").header.version
        }
    }
}
