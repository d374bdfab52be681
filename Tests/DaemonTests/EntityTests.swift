import Entities
import Testing
import Wire

@testable import slmd

/// The scripted service's clock shows Monday, 7 November 2016, 16:12, in Berlin.
@Suite struct EntityTests {
    @Test func `entities are answered with their places, their values and what they may mean`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let answer = try client.ask(EntitiesParams(text: "é: 5 kilos for 12.5 euros on Thursday at 9"))
            #expect(answer.entities.map(\.type) == ["quantity", "money", "datetime"])
            #expect(answer.entities.map(\.value) == ["5 kg", "12.50 EUR", "2016-11-10T09:00"])
            #expect(answer.entities.map(\.bytes) == [4..<11, 16..<26, 30..<43])
            #expect(answer.entities.map(\.characters) == [3..<10, 15..<25, 29..<42])
            #expect(answer.entities[0].measure == EntityMeasure(number: 5, unit: "kg"))
            #expect(answer.entities[1].measure == EntityMeasure(number: 12.5, currency: "EUR"))
            let values = answer.entities[2].readings.map(\.value)
            #expect(values.contains("2016-11-03T09:00") && values.contains("2016-11-10T21:00"))
            #expect(!answer.isTruncated)
        }
    }

    @Test func `dates are relative to the moment that is given, on the clocks of its offset or of a zone`()
        async throws
    {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            func today(_ at: String?, _ zone: String?) throws -> String? {
                let params = EntitiesParams(text: "today", at: at, timeZone: zone)
                return try client.ask(params).entities.first?.value
            }
            #expect(try today(nil, nil) == "2016-11-07")
            #expect(try today("2026-01-08T23:30:00-05:00", nil) == "2026-01-08")
            #expect(try today("2026-01-08T23:30:00Z", nil) == "2026-01-08")
            #expect(try today("2026-01-08", nil) == "2026-01-08")
            try #require(ZoneFiles.rules(of: "Asia/Tokyo") != nil, "the tz database is not installed")
            #expect(try today("2026-01-08T23:30:00Z", "Asia/Tokyo") == "2026-01-09")
            #expect(try today("2026-01-08", "Asia/Tokyo") == "2026-01-08")
            #expect(try today(nil, "Pacific/Kiritimati") == "2016-11-08")
        }
    }

    @Test(arguments: [
        (EntitiesParams(text: "a", at: "tomorrow"), "params.at", "\"tomorrow\""),
        (EntitiesParams(text: "a", at: "2026-01-08T10:00:00"), "params.at", "\"2026-01-08T10:00:00\""),
        (EntitiesParams(text: "a", at: "2026-02-30T10:00:00Z"), "params.at", "\"2026-02-30T10:00:00Z\""),
        (EntitiesParams(text: "a", at: ""), "params.at", "\"\""),
        (EntitiesParams(text: "a", timeZone: "Europe/Nowhere"), "params.time_zone", "\"Europe/Nowhere\""),
        (
            EntitiesParams(text: "a", timeZone: "../../../etc/passwd"), "params.time_zone",
            "\"../../../etc/passwd\""
        ),
        (EntitiesParams(text: "a", timeZone: "/etc/localtime"), "params.time_zone", "\"/etc/localtime\""),
        (EntitiesParams(text: "a", timeZone: "Europe"), "params.time_zone", "\"Europe\""),
        (EntitiesParams(text: "a", timeZone: ""), "params.time_zone", "\"\""),
    ])
    func `a moment or a zone that is none is refused`(
        params: EntitiesParams, subject: String, found: String
    ) async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(params, id: 1)
            let error = try client.nextError()
            #expect(error.kind == .invalidParams && error.subject == subject)
            #expect(error.message.hasPrefix("\(subject): expected "))
            #expect(error.message.hasSuffix(", found \(found)"))
        }
    }

    @Test func `what is longer than is read says so, and what is too long is refused`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let read = "5 kg" + String(repeating: " ", count: EntityRecognizer.longestText - 4)
            #expect(try !client.ask(EntitiesParams(text: read)).isTruncated)
            let answer = try client.ask(EntitiesParams(text: read + "6 kg"))
            #expect(answer.isTruncated && answer.entities.map(\.text) == ["5 kg"])
            try client.send(EntitiesParams(text: String(repeating: "a", count: 1 << 17)), id: 1)
            #expect(try client.nextError().kind == .textTooLong)
            #expect(try client.ask(EntitiesParams(text: "")).entities == [])
        }
    }

    @Test func `predictions have the entities of their text, and the status has the times of both`()
        async throws
    {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let prediction = try client.ask(PredictParams(text: "my blood test results from yesterday"))
            #expect(prediction.entities.map(\.value) == ["2016-11-06"])
            _ = try client.ask(EntitiesParams(text: "yesterday"))
            let latency = try client.ask(StatusParams()).latency
            #expect(latency["entities"]?.count == 1 && latency["predict"]?.count == 1)
        }
    }

    @Test func `the settings name a zone, or the system's own is taken`() throws {
        try #require(ZoneFiles.rules(of: "Asia/Tokyo") != nil, "the tz database is not installed")
        let settings = try SettingsFile(yaml: "time_zone: Asia/Tokyo", file: "f").settings
        #expect(settings.timeZone?.rules.offset(at: 0) == 32_400)
        #expect(try SettingsFile(yaml: "time_zone: local", file: "f").settings.timeZone == nil)
        #expect(
            throws: SettingsError.invalid([
                SettingsProblem(
                    file: "f", line: 2, column: 12,
                    kind: .badValue(
                        key: "time_zone", expected: "local, or \(ZoneFiles.expected)", found: "Asia/Tokio"))
            ])
        ) { try SettingsFile(yaml: "\ntime_zone: Asia/Tokio", file: "f") }
        #expect(ZoneFiles.local(variable: ":Asia/Tokyo").offset(at: 0) == 32_400)
        #expect(ZoneFiles.local(variable: "/usr/share/zoneinfo/Asia/Tokyo").offset(at: 0) == 32_400)
        #expect(ZoneFiles.local(variable: "XXX-9").offset(at: 0) == 32_400)
        #expect(ZoneFiles.local(variable: "") == .utc && ZoneFiles.local(variable: "nonsense") == .utc)
    }
}
