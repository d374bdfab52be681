import Foundation
import Testing
import Wire

@testable import slmctl

private let now = Date(timeIntervalSince1970: 1_700_000_000)

@Test(arguments: [
    ("90s", 1_699_999_910), ("2h", 1_699_992_800), ("3d", 1_699_740_800), ("1w", 1_699_395_200),
    ("2023-11-14", 1_699_920_000), ("2023-11-14T22:13:20Z", 1_700_000_000),
    ("2023-11-14T23:13:20+01:00", 1_700_000_000), ("2023-11-14T22:13:20.500Z", 1_700_000_000),
    ("2023-11-14T17:13:20.5-0500", 1_700_000_000), ("100000w", 0),
])
func `a moment is a span, a day or a time`(text: String, seconds: Int64) {
    #expect(Since.seconds(text, now: now) == seconds)
}

@Test(arguments: [
    "", "h", "-2h", "2 h", "yesterday", "9223372036854775807w", "2023-13-14", "1900-01-01",
    "2023-02-30", "2023-02-30T10:00:00Z", "2023-11-14T22:13:20", "2023-11-14 noon",
    "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z", "2023-11-14T22:13:60Z", "2023-11-14T22:13:20Zjunk",
    "2023-11-14T22:13:20Z+05:00", "2023-11-14T22:13:20+01:0", "2023-11-14T22:13:20+1:00",
    "2023-11-14T22:13:20+24:00", "2023-11-14T22:13:20.Z", "2023-11-14T22:13Z", "2023-11-14T22:13:20z",
])
func `anything else is no moment`(text: String) {
    #expect(Since.seconds(text, now: now) == nil)
}

@Test func `the id of a chat is nobody's to guess`() {
    let ids = (0..<100).map { _ in SessionID.random() }
    #expect(Set(ids).count == 100)
    #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
}

@Test func `a transcript has a heading a session, and nothing that a terminal obeys`() {
    var transcript = Transcript(on: .output)
    let lines = Canned.turns.map { transcript.text($0) }
    #expect(
        lines == [
            """
            session s-1 of uid 1000
            2026-01-08T10:00:00Z  > I need my report
              request_data 0.75 out of scope
            """,
            """
            2026-01-08T10:00:00Z  > I need my report
              corrected: ask_question (event 7)
            """,
            """

            session s-2 of uid 1000
            2026-01-08T10:00:00Z  < Hello!
            2026-01-08T10:00:00Z  > hi\\u{1B}[2J
              not trained
            """,
        ])
}
