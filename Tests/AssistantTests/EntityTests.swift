import Entities
import Testing

@testable import Assistant

/// The clock of the fixtures shows Tuesday, 14 November 2023, 22:13 UTC.
@Suite struct EntityTests {
    private func assistant(_ zone: TimeZoneRules) throws -> LocalAssistant {
        var settings = configuration(try TemporaryDirectory(), limits: TextLimits(textBytes: 100))
        settings.timeZone = zone
        return try open(settings)
    }

    private func values(_ entities: [Entity], at now: ReferenceTime) -> [String?] {
        entities.map { $0.value.normalised(at: now) }
    }

    @Test(arguments: [(0, "2023-11-13"), (7_200, "2023-11-14")])
    func `a prediction has the entities of its text, by the clocks of the zone`(
        offset: Int, yesterday: String
    ) throws {
        let assistant = try assistant(TimeZoneRules(offset: offset))
        let prediction = try assistant.predict([Utterance("my red apple of yesterday")])[0].get()
        #expect(prediction.entities.map(\.text) == ["yesterday"])
        #expect(values(prediction.entities, at: prediction.now) == [yesterday])
        let explained = try assistant.explain(Utterance("my red apple of yesterday"))
        #expect(explained.prediction.entities == prediction.entities)
    }

    @Test func `a reload changes the zone`() throws {
        let assistant = try assistant(.utc)
        #expect(assistant.now == ReferenceTime(rfc3339: "2023-11-14T22:13:20Z"))
        var settings = assistant.configuration
        settings.timeZone = TimeZoneRules(offset: 7_200)
        try assistant.reload(settings)
        #expect(assistant.now == ReferenceTime(rfc3339: "2023-11-15T00:13:20+02:00"))
    }

    @Test func `entities alone need no encoder, and are relative to what is given`() throws {
        let assistant = try assistant(.utc)
        let moment = try #require(ReferenceTime(rfc3339: "2016-11-07T16:12:00Z"))
        let found = try assistant.entities(in: "pay 25 euros tomorrow", at: moment)
        #expect(values(found, at: moment) == ["25 EUR", "2016-11-08"])
        #expect(throws: AssistantError.textTooLong(limitBytes: 100, foundBytes: 101)) {
            try assistant.entities(in: String(repeating: "a", count: 101), at: moment)
        }
    }
}
