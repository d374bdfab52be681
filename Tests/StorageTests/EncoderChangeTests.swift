import Learning
import Testing

@testable import Storage

@Suite struct EncoderChangeTests {
    @Test func `slots are listed with the rows they belong to, and replaced with them`() throws {
        let directory = try TemporaryDirectory()
        let log = try EventLog(path: "\(directory.path)/slmd.db")
        let stored = try slottedExample()
        let contents: [EventContent] = [.taught(stored), .trained([stored], .adding), .held(stored, .canary)]
        _ = try log.append(contents.map { NewEvent($0, origin: origin, time: 0) }, encoder: encoder)
        let stale = try log.staleRows(encoder: "other", limit: 10)
        #expect(stale.map(\.slots) == [stored.slots, stored.slots, stored.slots])
        let fresh = try slottedExample(3)
        for row in stale {
            try log.replace(
                [FreshFeatures(place: row.place, features: features(3), slots: fresh.lesson)],
                encoder: "other")
        }
        let expected: [EventContent] = [.taught(fresh), .trained([fresh], .adding), .held(fresh, .canary)]
        #expect(try events(of: log).map(\.content) == expected)
    }

    @Test func `rows of another encoder are listed until their features are replaced`() throws {
        let directory = try TemporaryDirectory()
        let log = try EventLog(path: "\(directory.path)/slmd.db")
        let (a, b) = (try intent("a_b"), try intent("b"))
        let stored = StoredExample(
            text: "t", context: "c", example: Example(intent: a, features: features(1)))
        let contents: [EventContent] = [
            .taught(stored), .renamed(a, to: b), .removed(b), .trained([stored], .replacing),
        ]
        _ = try log.append(
            contents.map { NewEvent($0, origin: origin, time: 0) }, names: [a: features(2), b: features(3)],
            encoder: encoder)
        #expect(try log.staleRows(encoder: encoder, limit: 10).isEmpty)

        let stale = try log.staleRows(encoder: "other", limit: 10)
        #expect(stale.map(\.text) == ["t", "t", "a b", "b"])
        #expect(stale.map(\.context) == ["c", "c", nil, nil])
        #expect(stale.map(\.place)[2...] == [.name(a), .name(b)])
        #expect(try log.staleRows(encoder: "other", limit: 3) == Array(stale[..<3]))

        for row in stale {
            try log.replace([FreshFeatures(place: row.place, features: features(9))], encoder: "other")
        }
        #expect(try log.staleRows(encoder: "other", limit: 10).isEmpty)
        try log.forgetEncoders(except: "other")
        let fresh = StoredExample(text: "t", context: "c", example: Example(intent: a, features: features(9)))
        let expected: [EventContent] = [
            .taught(fresh), .renamed(a, to: b), .removed(b), .trained([fresh], .replacing),
        ]
        #expect(try events(of: log).map(\.content) == expected)
        #expect(try log.names(of: [a, b]) == [a: features(9), b: features(9)])
    }
}
