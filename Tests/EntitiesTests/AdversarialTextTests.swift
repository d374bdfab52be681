import Glibc
import Testing

@testable import Entities

/// No text as long as is read takes long, whatever its words are. `slmd-bench entity-speed` times every two classes of words
/// in a release build, where 50 ms are asked.
@Suite struct AdversarialTextTests {
    private static let recognizer = EntityRecognizer()
    private static let reference = ReferenceTime(rfc3339: "2016-11-07T16:12:00")
    /// Of the processor. Builds for tests are not optimised, and sanitisers slow them further: 50 times what is asked.
    private static let limit = Duration.milliseconds(2_500)

    /// The first and the longest words of each table of the grammar of time.
    private static let wordsOfTime: [String] = {
        let tables = [
            TimeWords.months, TimeWords.weekdays, TimeWords.pluralWeekdays, TimeWords.unitPhrases,
            TimeWords.unitLetters, TimeWords.seasons, TimeWords.meridiems, TimeWords.relatives,
            TimeWords.dayWords, TimeWords.now, TimeWords.few, TimeWords.edges, TimeWords.decades,
        ].map { $0.map(\.0) }
        let others = [
            TimeWords.units.map(\.1), TimeWords.parts.map(\.0), TimeWords.pluralParts.map(\.0),
            TimeWords.meals.map(\.0), TimeWords.limits.map(\.0), TimeWords.frequencies.map(\.words),
            HolidayWords.all.map(\.1),
        ]
        return (tables + others).flatMap { words in
            [words.first, words.max { $0.utf8.count < $1.utf8.count }].compactMap(\.self)
        }
    }()

    /// The words of each rule itself, as it would be said.
    private static let rules: [String] = Set(TimeRules.all.map(\.pattern)).sorted().map { pattern in
        pattern.split(separator: " ").flatMap { Sentence.pieces(of: String($0)) }
            .filter { !["(", ")", "|", "?", "~", "^"].contains($0) }
            .map { said[$0] ?? ($0 == $0.lowercased() ? $0 : "5") }
            .joined(separator: " ")
    }
    private static let said = [
        "MONTH": "may", "WEEKDAY": "monday", "UNIT": "day", "UNITS": "days", "PART": "morning",
        "RELATIVE": "next", "LIMIT": "before", "DATE": "tomorrow", "TIME": "at 5",
        "DATETIME": "tomorrow at 5",
        "DATERANGE": "next week", "TIMERANGE": "in the morning", "DURATION": "2 days", "YEAR": "2015",
        "ORDINAL": "5th", "HOLIDAY": "christmas", "MERIDIEM": "pm", "SEASON": "summer", "CLOCK": "5:30",
    ]

    private static func time(
        repeating piece: String, bytes: Int = EntityRecognizer.longestText
    ) -> Duration {
        let text = String(repeating: piece + " ", count: bytes / (piece.utf8.count + 1) + 1)
        let start = processorTime()
        _ = recognizer.entities(in: text, at: reference)
        return processorTime() - start
    }

    /// Of this thread.
    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test(arguments: wordsOfTime) func `the words of a table`(piece: String) {
        #expect(Self.time(repeating: piece) < Self.limit)
    }

    /// There are some two hundred: a quarter of the text, in a quarter of the time.
    @Test(arguments: rules) func `the words of a rule`(piece: String) {
        #expect(Self.time(repeating: piece, bytes: EntityRecognizer.longestText / 4) < Self.limit / 4)
    }

    /// Words that go on with each other as often as words can, and numbers that overflow.
    @Test(arguments: [
        "next", "2 days and", "from 3 to", "monday", "1/2/", "12:30 -", "99999999999999999999 years ago",
        "first week of", "the end of the", "5", "every", "before after since", "2015-", "in 999999999 years",
        "a.m.", "twenty", "0", "last 9999999 business days", "january 1",
    ])
    func `what goes on and on`(piece: String) {
        #expect(Self.time(repeating: piece) < Self.limit)
    }

    @Test(arguments: [
        "one", "twenty-", "hundred", "one million", "fifths", "half a", "one and", "1/", "1,1", "1.1.", "1e1",
        "one out of", "between 1 and", "more than", "(1", "+1-", "minus", "$1", "1 dollar", "5 feet 2",
        "12 %",
        "5 °C", "5 years old", "5 km/h", "a@", "a.b.", "http://a.b/", "www.", "::", "1.1.1.1", "#", "@a",
        "555-1",
        "yes", "no", "\"1\"", "x'", "é", "½", "👌🏽", "(", "urn:uuid:",
    ])
    func `numbers, measures and addresses`(piece: String) {
        #expect(Self.time(repeating: piece) < Self.limit)
        #expect(Self.time(repeating: piece + piece) < Self.limit)
    }
}
