import Testing

@testable import Learning

struct CheckpointTests {
    private func bytes() throws -> [UInt8] {
        var scatterer = Scatterer()
        return taughtHead(scatterer.examples(3, of: try intentNames("a", "b"))).encoded()
    }

    @Test func `each lie of a checkpoint has its own error`() throws {
        let good = try bytes()
        #expect(throws: CheckpointError.truncated(at: 0, wanted: 8, left: 0)) { try IntentHead(decoding: []) }
        var other = good
        other[0] = 0x58
        #expect(throws: CheckpointError.notACheckpoint(found: Array(other[..<8]))) {
            try IntentHead(decoding: other)
        }
        other = good
        other[8] = 9
        #expect(throws: CheckpointError.unknownVersion(found: 9, expected: IntentHead.version)) {
            try IntentHead(decoding: other)
        }
        for change in [Array(good.dropLast()), good + [0]] {
            let error = #expect(throws: CheckpointError.self) { try IntentHead(decoding: change) }
            guard case .checksum = error else {
                Issue.record("found \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `an example of another width than the head's has its own error`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b")
        var head = taughtHead(scatterer.examples(3, of: names))
        head.memory.classes[1].examples[2] = scatterer.features(of: 1, width: 80)
        #expect(throws: CheckpointError.featuresWidth(of: names[1], found: 80, expected: 64)) {
            try IntentHead(decoding: head.encoded())
        }
    }

    @Test func `features round-trip in at most two kilobytes`() throws {
        var scatterer = Scatterer()
        let features = scatterer.features(of: 1, width: 384)
        #expect(features.encoded().count <= 2048)
        #expect(try Features(decoding: features.encoded()) == features)
        #expect(throws: CheckpointError.trailingBytes(1)) { try Features(decoding: features.encoded() + [0]) }
        #expect(
            throws: CheckpointError.outOfRange(field: "width of a features block", found: 5000, limit: 4096)
        ) {
            try Features(decoding: [0x88, 0x13, 0, 0])
        }
    }
}
