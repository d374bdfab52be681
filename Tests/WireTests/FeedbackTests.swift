import JSON
import Testing
import Wire

private func call(_ params: some Params) throws -> Call {
    let frame = Frame.encode(ClientMessage(id: .number(1), params))
    return try Request(decoding: Array(frame.dropFirst(Frame.headerBytes))).call
}

@Test func `what is said of an answer reads back as it was written`() throws {
    let bare = FeedbackParams(text: "Is it?", isRight: false)
    let whole = FeedbackParams(
        text: "Is it?", isRight: true,
        citations: [CitedPlace(passage: 3, span: 0..<17), CitedPlace(passage: 4, span: 2..<9)], limit: 7,
        filter: PassageFilter(source: .id(4), tags: ["a"], isMine: true), session: "s")
    #expect(try call(bare) == .judgeAnswer(bare))
    #expect(try call(whole) == .judgeAnswer(whole))
    let citation = CitationEntry(
        passage: 3, source: "n", sourceID: 4, owner: 1000, start: 0, end: 2, text: "é")
    let result = FeedbackResult(
        judged: [FeedbackResult.Judged(event: 9, isAnswer: false, citation: citation)], isForAll: true)
    let bytes = JSONWriter.encode(result)
    #expect(
        String(decoding: bytes, as: UTF8.self)
            == #"{"judged":[{"event":9,"answers":false,"citation":{"passage":3,"source":"n","source_id":4,"owner":1000,"start":0,"end":2,"text":"é"}}],"for_all":true}"#
    )
    guard
        case .answer(_, let back) = try Incoming<FeedbackResult>(
            decoding: JSONWriter.encode(Answer(id: .number(3), result: result)))
    else {
        Issue.record("no answer")
        return
    }
    #expect(back == result)
}

@Test(arguments: [
    (#"{"right":true}"#, "params.text"), (#"{"text":"a"}"#, "params.right"),
    (#"{"text":"a","right":"yes"}"#, "params.right"),
    (#"{"text":"a","right":true,"citations":[{"passage":1,"start":3,"end":3}]}"#, "params.citations[0].end"),
    (
        #"{"text":"a","right":true,"citations":[{"passage":0,"start":3,"end":4}]}"#,
        "params.citations[0].passage"
    ),
    (
        #"{"text":"a","right":true,"citations":[{"passage":1,"start":-1,"end":4}]}"#,
        "params.citations[0].start"
    ),
    (
        #"{"text":"a","right":true,"citations":[{"passage":1,"start":0,"end":4,"text":"b"}]}"#,
        "params.citations[0].text"
    ),
    (
        #"{"text":"a","right":true,"citations":[{"passage":1,"start":0,"end":4},{"passage":1,"start":0,"end":4}]}"#,
        "params.citations"
    ),
    (
        #"{"text":"a","right":true,"citations":["#
            + [String](repeating: #"{"passage":1,"start":0,"end":4}"#, count: 9).joined(separator: ",")
            + "]}",
        "params.citations"
    ),
    (#"{"text":"a","right":true,"at":"now"}"#, "params.at"),
])
func `what says nothing of an answer is refused by its field`(params: String, field: String) {
    let frame = #"{"jsonrpc":"2.0","id":1,"method":"answer.feedback","params":\#(params)}"#
    do {
        _ = try Request(decoding: Array(frame.utf8))
        Issue.record("\(params) passes")
    } catch {
        #expect(error.error.message.hasPrefix("\(field): expected"), "\(error.error.message)")
    }
}
