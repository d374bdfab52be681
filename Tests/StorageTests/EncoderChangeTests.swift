import Learning
import Testing

@testable import Storage

@Suite struct EncoderChangeTests {
    @Test func `rows of another encoder are listed until their features are replaced`() throws {
        let directory = try TemporaryDirectory()
        let log = try EventLog(path: "\(directory.path)/slmd.db")
        let (a, b) = (try intent("a_b"), try intent("b"))
        let stored = StoredExample(
            text: "t", context: "c", example: Example(intent: a, features: features(1)))
        let contents: [EventContent] = [
            .taught(stored, name: features(2)), .renamed(a, to: b, name: features(3)), .removed(b),
            .trained([stored], names: [a: features(4)], keepingBase: false),
        ]
        _ = try log.append(contents.map { NewEvent($0, origin: origin, time: 0) }, encoder: encoder)
        #expect(try log.staleRows(encoder: encoder, limit: 10).isEmpty)

        let stale = try log.staleRows(encoder: "other", limit: 10)
        #expect(stale.map(\.text) == ["t", nil, "t", "a b"])
        #expect(stale.map(\.context) == ["c", nil, "c", nil])
        #expect(stale.map(\.name) == [a, b, nil, nil])
        #expect(try log.staleRows(encoder: "other", limit: 3) == Array(stale[..<3]))

        for row in stale {
            let new = FreshFeatures(
                place: row.place, features: row.text == nil ? nil : features(9),
                name: row.name == nil ? nil : features(8))
            try log.replace([new], encoder: "other")
        }
        #expect(try log.staleRows(encoder: "other", limit: 10).isEmpty)
        try log.forgetEncoders(except: "other")
        let fresh = StoredExample(text: "t", context: "c", example: Example(intent: a, features: features(9)))
        let expected: [EventContent] = [
            .taught(fresh, name: features(8)), .renamed(a, to: b, name: features(8)), .removed(b),
            .trained([fresh], names: [a: features(9)], keepingBase: false),
        ]
        #expect(try events(of: log).map(\.content) == expected)
    }
}
