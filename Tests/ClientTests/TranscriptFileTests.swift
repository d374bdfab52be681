import Testing
import Wire

@testable import slmctl

private let line = #"{"microseconds":5,"text":"hi","confidence":0.5,"session":"s"}"#

private func read(_ text: String) throws -> TranscriptFile {
    try TranscriptFile(path: "t.jsonl", bytes: Array(text.utf8))
}

@Test func `a transcript has its turns and its session`() throws {
    let file = try read("\(line)\n\n\(line)\n")
    #expect(file.session == "s" && file.turns.map(\.microseconds) == [5, 5])
    #expect(try read(#"{"microseconds":5,"text":"hi","confidence":0.5}"#).session == nil)
}

@Test(arguments: [
    ("", "t.jsonl:1: expected at least one turn, found none"),
    ("\(line)\n{", "t.jsonl:2: expected a JSON object, found {"),
    ("\(line)\n\n{\"text\":\"a\"}", "t.jsonl:3: expected an integer for microseconds, found nothing"),
    (
        #"{"microseconds":-1}"#,
        "t.jsonl:1: expected an integer from 0 to 9007199254740992 for microseconds, found -1"
    ),
    (
        #"{"microseconds":1,"text":"a","confidence":2}"#,
        "t.jsonl:1: expected a number from 0 to 1 for confidence, found 2"
    ),
    (
        #"{"microseconds":1,"text":"a","confidence":1,"action":"end","reply":"b"}"#,
        "t.jsonl:1: expected a string beside action, reply and record for record, found nothing"
    ),
    (
        "\(line)\n" + #"{"microseconds":1,"text":"a","confidence":1,"session":"t"}"#,
        "t.jsonl:2: expected a turn of session s, found one of session t"
    ),
    (
        #"{"microseconds":1,"text":"a","confidence":1,"text":"b"}"#,
        "t.jsonl:1: expected one value for text, found several"
    ),
])
func `a broken line of a transcript is named`(text: String, message: String) {
    #expect(throws: Failure(.data, "bad_line", message)) { try read(text) }
}

@Test func `a misspelt field of a transcript does not pass for an absent one`() throws {
    let error = #expect(throws: Failure.self) {
        try read(#"{"microseconds":1,"text":"a","confidence":1,"intnet":"b"}"#)
    }
    #expect(error?.message.hasPrefix("t.jsonl:1: expected one of ") == true)
    #expect(error?.message.hasSuffix("for intnet, found an unknown parameter") == true)
}
