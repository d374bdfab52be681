import Testing

@testable import Entities

/// What is relative is so to Monday, 7 November 2016, 16:12.
@Suite struct TimeTests {
    private static let reference = ReferenceTime(rfc3339: "2016-11-07T16:12:00")
    private static let recognizer = EntityRecognizer()

    private func found(_ text: String) throws -> [String] {
        let reference = try #require(Self.reference)
        return Self.recognizer.entities(in: text, of: TimeFamily.kinds, at: reference).map { entity in
            guard case .time(let time) = entity.value else { return "no time" }
            let readings = time.readings.map { reading in
                [
                    reading.timex, reading.value,
                    reading.start.map { "from \($0)" }, reading.end.map { "to \($0)" },
                ]
                .compactMap { $0 }.joined(separator: " ")
            }
            return "\(entity.kind.rawValue) [\(entity.text)] \(readings.joined(separator: "; "))"
        }
    }

    @Test(arguments: [
        ("ring her the day after tomorrow", "date [the day after tomorrow] 2016-11-09 2016-11-09"),
        ("no, the report of Nov 9th please", "date [Nov 9th] XXXX-11-09 2015-11-09; XXXX-11-09 2016-11-09"),
        (
            "book it for Thursday at half past two",
            "datetime [Thursday at half past two] XXXX-WXX-4T02:30 2016-11-03 02:30:00; "
                + "XXXX-WXX-4T02:30 2016-11-10 02:30:00; XXXX-WXX-4T14:30 2016-11-03 14:30:00; "
                + "XXXX-WXX-4T14:30 2016-11-10 14:30:00"
        ),
        ("results from last week", "daterange [last week] 2016-W44 from 2016-10-31 to 2016-11-07"),
        (
            "between 3 and 5 pm tomorrow",
            "datetimerange [between 3 and 5 pm tomorrow] (2016-11-08T15,2016-11-08T17,PT2H) "
                + "from 2016-11-08 15:00:00 to 2016-11-08 17:00:00"
        ),
        ("it takes an hour and a half", "duration [an hour and a half] PT1.5H 5400"),
        (
            "the scan of the week before last",
            "daterange [the week before last] 2016-W43 from 2016-10-24 to 2016-10-31"
        ),
        ("no, the 9th", "date [the 9th] XXXX-XX-09 2016-10-09; XXXX-XX-09 2016-11-09"),
        ("my scan from the 3rd", "date [the 3rd] XXXX-XX-03 2016-11-03; XXXX-XX-03 2016-12-03"),
        (
            "from the 28th to the 2nd",
            "daterange [from the 28th to the 2nd] (2016-10-28,2016-11-02,P5D) from 2016-10-28 to 2016-11-02; "
                + "(2016-11-28,2016-12-02,P4D) from 2016-11-28 to 2016-12-02"
        ),
        ("come by at 3pm", "time [3pm] T15 15:00:00"),
        ("drop by on Friday", "date [Friday] XXXX-WXX-5 2016-11-04; XXXX-WXX-5 2016-11-11"),
        ("I need it by 3pm", "timerange [by 3pm] T15 to 15:00:00"),
        ("remind me every other week", "set [every other week] P2W"),
        ("scans since 2014", "daterange [since 2014] 2014 from 2014-01-01"),
        ("as of 29 February 2015", "date [29 February 2015] 2015-02-29"),
    ])
    func `what a sentence says of time`(text: String, expected: String) throws {
        #expect(try found(text) == [expected])
    }

    @Test(arguments: [
        "you may go", "the 1:1 ratio", "call 555-03-2020-11", "a second opinion", "it costs $12",
        "version 2.3.4",
        "good morning", "one of them", "the sun sat still", "10 students", "the 9th floor",
        "from the 3rd floor", "from the 3rd to the 5th floor",
    ])
    func `what says nothing of time`(text: String) throws {
        #expect(try found(text) == [])
    }

    @Test func `a place in the text is told in bytes and in characters`() throws {
        let reference = try #require(Self.reference)
        let found = Self.recognizer.entities(in: "Café «demain»: tomorrow", of: [.date], at: reference)
        #expect(found.map(\.bytes) == [18..<26])
        #expect(found.map(\.characters) == [15..<23])
    }

    @Test func `the same sentence means the same a day later, a day later`() throws {
        let days = try ["2016-11-07", "2016-11-08"].map { try #require(ReferenceTime(rfc3339: $0)) }
        let values = days.map { day in
            Self.recognizer.entities(in: "in 3 days", of: [.date], at: day).map(\.value)
        }
        #expect(values[0] != values[1])
        #expect(values[0].count == 1 && values[1].count == 1)
    }

    @Test func `without a reference nothing is found`() {
        #expect(Self.recognizer.entities(in: "tomorrow at 5", of: TimeFamily.kinds).isEmpty)
    }
}
