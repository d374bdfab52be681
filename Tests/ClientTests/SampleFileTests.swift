import Testing
import Wire

@testable import slmctl

private func read(_ text: String, _ path: String = "f", _ format: SampleFormat? = nil) throws -> [Sample] {
    try SampleFile(path: path, bytes: Array(text.utf8), format: format).samples
}

private let expected = [
    Sample(text: "I need report", intent: "request_data"), Sample(text: "Bye", intent: "end"),
]

@Test(arguments: [
    (
        "f.jsonl",
        "{\"text\":\"I need report\",\"intent\":\"request_data\"}\n\n{\"intent\":\"end\",\"text\":\"Bye\",\"n\":1}"
    ),
    ("f.tsv", "request_data\tI need report\r\nend\tBye\r\n"),
    ("f.csv", "intent,text\nrequest_data,I need report\nend,Bye\n"),
    ("f.CSV", "text,id,intent\r\n\"I need report\",1,request_data\r\nBye,2,\"end\""),
    (
        "f",
        "{\"text\":\"I need report\",\"intent\":\"request_data\"}\n{\"text\":\"Bye\",\"intent\":\"end\"}\n"
    ),
    ("-", "request_data\tI need report\nend\tBye"),
    ("f.txt", "\u{FEFF}Text,Intent\nI need report,request_data\nBye,end\n"),
])
func `the three formats give the same samples`(path: String, text: String) throws {
    #expect(try read(text, path) == expected)
}

@Test func `the format asked for counts more than the extension`() throws {
    #expect(try read("request_data\tI need report\nend\tBye", "f.csv", .tsv) == expected)
}

@Test func `quoted fields hold commas, line ends and quotes`() throws {
    let samples = try read("text,intent\n\"a, \"\"b\"\"\r\nc\",x\nd,y\n", "f.csv")
    #expect(samples == [Sample(text: "a, \"b\"\r\nc", intent: "x"), Sample(text: "d", intent: "y")])
}

@Test func `a context is kept where there is one`() throws {
    let line = #"{"text":"a","intent":"b","context":"c"}"#
    #expect(try read(line, "f.jsonl") == [Sample(text: "a", intent: "b", context: "c")])
    #expect(try read("text,intent,context\na,b,c\nd,e,\n", "f.csv").map(\.context) == ["c", nil])
}

@Test(arguments: [
    ("f.tsv", "a\tthe [x](y)\nb\t[c\nb\tc ]\n"), ("f.csv", "text,intent\nthe [x](y),a\n[c,b\nc ],b\n"),
    (
        "f.jsonl",
        #"{"text":"the [x](y)","intent":"a"}\#n{"text":"[c","intent":"b"}\#n{"text":"c ]","intent":"b"}"#
    ),
])
func `where one slot is marked, every text with a bracket is`(path: String, text: String) throws {
    #expect(try read(text, path).map(\.isMarked) == [true, true, false])
    let plain = try SampleFile(path: path, bytes: Array(text.utf8), format: nil, isPlain: true)
    #expect(plain.samples.map(\.isMarked) == [false, false, false])
}

@Test func `brackets of a file without marks are what they are`() throws {
    let samples = try read("a\ttravel alerts for [country] (all)\nb\t[x]\n", "f.tsv")
    #expect(samples.map(\.isMarked) == [false, false])
}

@Test func `marks that are all escaped mark nothing`() throws {
    let samples = try read("a\tsee \\[1\\](x)\nb\t[x]\n", "f.tsv")
    #expect(samples.map(\.isMarked) == [false, false])
}

@Test func `what the daemon refuses of an example is told by its line`() throws {
    let bytes = Array("text,intent\n\"a\nb\",x\nc,y\n".utf8)
    let file = try SampleFile(path: "f.csv", bytes: bytes, format: nil)
    let refused = ErrorReply(.badLabel, "example 2: too long", item: 2)
    #expect(file.placed(refused).message == "f.csv:4: too long")
    let foreign = ErrorReply(.badLabel, "example 3: too long", item: 3)
    #expect(file.placed(foreign) == foreign)
    let other = ErrorReply(.busy, "busy")
    #expect(file.placed(other) == other)
}

@Test(arguments: [
    ("f.tsv", "a\tb\nc\n", "f.tsv:2: expected intent<TAB>text, found no tab"),
    ("f.tsv", "a\tb\tc\n", "f.tsv:1: expected intent<TAB>text, found 3 columns"),
    ("f.tsv", "a\t \n", "f.tsv:1: expected a text, found an empty one"),
    ("f.tsv", "\tb\n", "f.tsv:1: expected an intent, found an empty one"),
    (
        "f.jsonl", "{\"text\":\"a\",\"intent\":\"b\"}\n{\"text\":5}",
        "f.jsonl:2: expected a string for text, found a number"
    ),
    ("f.jsonl", "{\"text\":\"a\"}", "f.jsonl:1: expected a string for intent, found nothing"),
    ("f.jsonl", "{\"text\":\"a", "f.jsonl:1: expected a JSON object, found {\"text\":\"a"),
    ("f.jsonl", "[1]", "f.jsonl:1: expected a JSON object, found [1]"),
    ("f.csv", "a,b\nc,d", "f.csv:1: expected a header with text and intent once, found a,b"),
    (
        "f.csv", "text,intent,Text\na,b,c",
        "f.csv:1: expected a header with text and intent once, found text,intent,Text"
    ),
    ("f.csv", "text,intent\na,b\nc", "f.csv:3: expected 2 columns, found 1"),
    ("f.csv", "text,intent\n\"a\nb,c", "f.csv:2: expected a closing quote, found the end of the file"),
    (
        "f.csv", "text,intent\n\"a\nb\"c,d",
        "f.csv:3: expected a comma after the closing quote, found more text"
    ),
    ("f.csv", "text,intent\na\"b,c", "f.csv:2: expected quotes around the whole field, found one inside it"),
    ("f.csv", "text,intent\n", "f.csv:1: expected at least one example, found none"),
    ("f.tsv", "", "f.tsv:1: expected at least one example, found none"),
    ("f", "hello", "f:1: expected JSON lines, intent<TAB>text or CSV, found none of them"),
    ("-", "a\tb\nc", "standard input:2: expected intent<TAB>text, found no tab"),
])
func `a broken line is named`(path: String, text: String, message: String) {
    #expect(throws: Failure(.data, "bad_line", message)) { try read(text, path) }
}

@Test(arguments: [
    (#"{"text":"a","intent":"b","text":"c"}"#, "text"),
    (#"{"text":"a","intent":"b", "intent" : "b"}"#, "intent"),
    (#"{"n":[1],"text":"a","intent":"b","n":{}}"#, "n"),
    (#"{"a\"":1,"text":"a","intent":"b","a\"":2}"#, #"a\""#),
])
func `a key that is there twice is named`(line: String, key: String) {
    #expect(throws: Failure(.data, "bad_line", "f.jsonl:1: expected one value for \(key), found several")) {
        try read(line, "f.jsonl")
    }
}

@Test(arguments: [
    #"{"text":"text","intent":"text"}"#, #"{"n":{"text":1,"text":2},"text":"\",\"text\":","intent":"b"}"#,
    #"{"text":"a","intent":"b","n":["text","text",{"intent":1}]}"#,
])
func `only keys of the outermost object count as there twice`(line: String) throws {
    #expect(try read(line, "f.jsonl").count == 1)
}

@Test func `line 3517 is named when it is the broken one`() {
    let lines = (1...5000).map { $0 == 3517 ? "{\"text\": \"no intent\"}" : #"{"text":"t","intent":"i"}"# }
    #expect(throws: Failure(.data, "bad_line", "f.jsonl:3517: expected a string for intent, found nothing")) {
        try read(lines.joined(separator: "\n"), "f.jsonl")
    }
}

@Test(arguments: ["f.tsv", "f.csv", "f.jsonl"])
func `bytes that are not UTF-8 are named by their line`(path: String) {
    let bytes = Array("intent,text\n".utf8) + [0x61, 0x2C, 0xFF, 0x0A]
    #expect {
        _ = try SampleFile(path: path, bytes: path == "f.csv" ? bytes : [0xFF, 0x0A], format: nil)
    } throws: { error in
        (error as? Failure)?.message.hasSuffix(
            ":\(path == "f.csv" ? 2 : 1): expected UTF-8, found other bytes") == true
    }
}
