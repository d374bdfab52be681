import Foundation
import Testing

@testable import Entities

/// Offsets were computed with Python's zoneinfo.
@Suite struct TimeZoneTests {
    private static let folder = "/usr/share/zoneinfo"
    private static let moments = [
        -2_000_000_000, 0, 479_091_599, 479_091_600, 1_711_846_799, 1_711_846_800, 4_000_000_000,
        32_500_000_000,
    ]
    private static let expected: [(String, [Int])] = [
        ("Europe/Berlin", [3600, 3600, 3600, 3600, 3600, 7200, 7200, 3600]),
        ("America/New_York", [-18000, -18000, -18000, -18000, -14400, -14400, -14400, -18000]),
        ("Australia/Sydney", [36000, 36000, 36000, 36000, 39600, 39600, 36000, 39600]),
        ("Asia/Kolkata", [19800, 19800, 19800, 19800, 19800, 19800, 19800, 19800]),
        ("Etc/UTC", [0, 0, 0, 0, 0, 0, 0, 0]),
    ]

    private static var hasZones: Bool { FileManager.default.fileExists(atPath: "\(folder)/Europe/Berlin") }

    @Test(.enabled(if: hasZones, "the tz database is not installed"), arguments: expected)
    func `files of the system say what clocks show`(name: String, offsets: [Int]) throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: "\(Self.folder)/\(name)")))
        let zone = try #require(TimeZoneRules(file: bytes))
        #expect(Self.moments.map(zone.offset) == offsets)
    }

    @Test(.enabled(if: hasZones, "the tz database is not installed"))
    func `a file that ends early or lies about its counts is refused`() throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: "\(Self.folder)/Europe/Berlin")))
        for end in 0..<bytes.count { #expect(TimeZoneRules(file: Array(bytes[..<end])) == nil) }
        for place in 20..<44 {
            var lying = bytes
            lying[place] = 0xFF
            #expect(TimeZoneRules(file: lying) == nil, "count at \(place)")
        }
    }

    /// Of Python's zoneinfo; where midnight is left out, the day begins an hour later, and where it comes twice, with the first.
    @Test(
        .enabled(if: hasZones, "the tz database is not installed"),
        arguments: [
            ("Europe/Berlin", "2026-01-09", 1_767_913_200), ("Europe/Berlin", "2026-03-29", 1_774_738_800),
            ("Europe/Berlin", "2026-10-25", 1_792_879_200), ("Asia/Tokyo", "2026-01-09", 1_767_884_400),
            ("America/New_York", "2026-03-08", 1_772_946_000),
            ("America/Sao_Paulo", "2018-11-04", 1_541_300_400), ("Etc/UTC", "2026-01-09", 1_767_916_800),
        ])
    func `a day begins when the clocks of a place say so`(name: String, day: String, moment: Int) throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: "\(Self.folder)/\(name)")))
        let zone = try #require(TimeZoneRules(file: bytes))
        let date = try #require(ReferenceTime(rfc3339: day)).date
        let time = ReferenceTime(beginningOf: date, in: zone)
        #expect(time.secondsSince1970 == moment && time.date == date)
    }

    @Test(arguments: [
        ("UTC0", 1_700_000_000, 0), ("<+0330>-3:30", 1_700_000_000, 12_600),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_711_846_799, 3_600),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_711_846_800, 7_200),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_729_990_799, 7_200),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_729_990_800, 3_600),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_704_067_200, 39_600),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 1_720_000_000, 36_000),
        ("EST5EDT", 1_720_000_000, -14_400), ("IST-2IDT,M3.4.4/26,M10.5.0", 1_711_670_400, 10_800),
        ("XXX3YYY,J60,J300", 1_709_251_200, -10_800), ("XXX3YYY,59/-1,300", 1_709_172_000, -7_200),
    ])
    func `rules of each year`(rule: String, moment: Int, offset: Int) throws {
        #expect(try #require(TimeZoneRules(posix: rule)).offset(at: moment) == offset)
    }

    @Test(arguments: [
        "", "A0", "ABC", "ABC25", "ABC1DEF,", "ABC1DEF,M13.1.0,M1.1.0", "ABC1DEF,M3.6.0,M1.1.0",
        "ABC1DEF,J0,J1",
        "ABC1DEF,366,1", "ABC1DEF,M3.1.0", "ABC1DEF,M3.1.0,M4.1.0,", "ABC1DEF,M3.1.0/168,M4.1.0", "<ABC1",
        "ABC1:60", "ABC9999999999999999999999", "é0",
    ])
    func `texts that are no rule`(text: String) {
        #expect(TimeZoneRules(posix: text) == nil)
    }

    @Test func `a moment is told on the clocks of a place`() throws {
        let zone = try #require(TimeZoneRules(posix: "CET-1CEST,M3.5.0,M10.5.0/3"))
        let reference = ReferenceTime(secondsSince1970: 1_711_846_800, in: zone)
        #expect(reference == ReferenceTime(rfc3339: "2024-03-31T03:00:00+02:00"))
        #expect(reference.secondsSince1970 == 1_711_846_800)
        // The mean time of a place before it had a zone has seconds; the offset is told in minutes.
        let old = ReferenceTime(secondsSince1970: 0, in: TimeZoneRules(offset: 3_208))
        #expect(old == ReferenceTime(rfc3339: "1970-01-01T00:53:28+00:53"))
    }
}
