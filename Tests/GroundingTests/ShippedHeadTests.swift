import Grounding
import ModelFiles
import Testing

@Suite struct ShippedHeadTests {
    private static let path =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        + "/models/grounding/support.head"

    @Test func `the head of the project is read, is small, and is its own copy`() throws {
        let bytes = try MappedFile(path: Self.path).contents()
        let head = try SupportHead(bytes: bytes)
        #expect(head.bytes == bytes)
        #expect(bytes.count < 1 << 20)
    }

    @Test func `no byte of it can be changed`() throws {
        let bytes = try MappedFile(path: Self.path).contents()
        for index in stride(from: 0, to: bytes.count, by: 61) {
            var changed = bytes
            changed[index] ^= 0x10
            #expect(throws: SupportHeadError.self) { try SupportHead(bytes: changed) }
        }
    }
}
