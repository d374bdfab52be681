import JSON
import Testing
import Wire

private func json(_ value: some JSONWritable) -> String {
    String(decoding: JSONWriter.encode(value), as: UTF8.self)
}

private let money = EntityEntry(
    type: "money", text: "12.5 €", bytes: 3..<11, characters: 2..<8, value: "12.50 EUR",
    measure: EntityMeasure(number: 12.5, currency: "EUR"), confidence: 1)

private let date = EntityEntry(
    type: "daterange", text: "next week", bytes: 12..<21, characters: 9..<18,
    value: "2016-11-14/2016-11-21",
    readings: [
        EntityReading(
            timex: "2016-W46", value: nil, start: "2016-11-14", end: "2016-11-21", modifier: "approx",
            days: ["2016-11-14"])
    ], confidence: 0.5)

private let dayless = EntityEntry(
    type: "date", text: "30 February", bytes: 0..<11, characters: 0..<11, value: nil,
    readings: [EntityReading(timex: "XXXX-02-30", value: nil, start: nil, end: nil, modifier: nil)],
    confidence: 1)

@Test func `an entity has the fields of the protocol in its order`() {
    #expect(
        json(EntitiesResult(text: "t", entities: [money, date, dayless], isTruncated: true))
            == #"{"text":"t","entities":[{"type":"money","text":"12.5 €","start":3,"end":11,"#
            + #""characters":[2,8],"value":"12.50 EUR","number":12.5,"currency":"EUR","confidence":1.0},"#
            + #"{"type":"daterange","text":"next week","start":12,"end":21,"characters":[9,18],"#
            + #""value":"2016-11-14/2016-11-21","readings":[{"timex":"2016-W46","start":"2016-11-14","#
            + #""end":"2016-11-21","modifier":"approx","days":["2016-11-14"]}],"confidence":0.5},"#
            + #"{"type":"date","text":"30 February","start":0,"end":11,"characters":[0,11],"value":null,"#
            + #""readings":[{"timex":"XXXX-02-30"}],"confidence":1.0}],"truncated":true}"#)
}

@Test func `entities read back as they were written, in a prediction too`() throws {
    let found = EntitiesResult(text: "é", entities: [money, date, dayless], isTruncated: false)
    guard
        case .answer(_, let back) = try Incoming<EntitiesResult>(
            decoding: JSONWriter.encode(Answer(id: .number(1), result: found)))
    else {
        Issue.record("not an answer")
        return
    }
    #expect(back == found)
    let prediction = PredictResult(
        text: "é", intent: nil, confidence: 0, ranking: [], entities: [date], isOutOfScope: true,
        status: .notTrained, tokens: TokenCounts(read: 3, total: 3))
    guard
        case .answer(_, let read) = try Incoming<PredictResult>(
            decoding: JSONWriter.encode(Answer(id: .number(1), result: prediction)))
    else {
        Issue.record("not an answer")
        return
    }
    #expect(read == prediction)
}

@Test(arguments: [
    #""start":5,"end":2,"characters":[0,1]"#, #""start":0,"end":2,"characters":[3,1]"#,
    #""start":-1,"end":2,"characters":[0,1]"#,
])
func `places that are none are no answer`(places: String) {
    let entity = #"{"type":"date","text":"t",\#(places),"value":null,"confidence":1}"#
    let answer = #"{"jsonrpc":"2.0","id":1,"result":{"text":"t","entities":[\#(entity)],"truncated":false}}"#
    #expect { try Incoming<EntitiesResult>(decoding: Array(answer.utf8)) } throws: {
        ($0 as? ErrorReply)?.kind == .invalidRequest
    }
}

@Test func `a question for entities reads back as it was written`() throws {
    for params in [EntitiesParams(text: "t"), EntitiesParams(text: "é", at: "x", timeZone: "y")] {
        let frame = Frame.encode(ClientMessage(id: .number(1), params))
        let request = try Request(decoding: Array(frame.dropFirst(Frame.headerBytes)))
        #expect(request.call == .entities(params))
    }
}
