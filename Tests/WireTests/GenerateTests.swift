import JSON
import Testing
import Wire

private func json(_ value: some JSONWritable) -> String {
    String(decoding: JSONWriter.encode(value), as: UTF8.self)
}

/// What a daemon reads in a request to generate.
private func read(_ params: String) throws(RequestFault) -> GenerateParams? {
    let frame = #"{"jsonrpc":"2.0","id":1,"method":"generate","params":\#(params)}"#
    guard case .generate(let params) = try Request(decoding: Array(frame.utf8)).call else { return nil }
    return params
}

private let question: [GenerateParams.Message] = [
    .init(role: .system, text: "Be short."), .init(role: .user, text: "Why is the sky \"blue\"?"),
    .init(role: .assistant, text: ""), .init(role: .user, text: "é😀\n"),
]

private let everything = GenerateParams(
    .messages(question), overflow: .dropOldest, maximumTokens: 64,
    sampling: .init(
        temperature: 0.7, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1, seed: 1 << 53),
    stop: ["\n", "END"], choices: ["yes", "no"], timeoutMilliseconds: 2500, isStreamed: false)

@Test(arguments: [
    GenerateParams(.text("Once upon a time")), GenerateParams(.text("")), GenerateParams(.messages(question)),
    everything,
])
func `a request to generate reads back as it was written`(params: GenerateParams) throws {
    #expect(try read(json(params)) == params)
}

@Test func `a request to generate has the fields of the contract in their order`() {
    #expect(json(GenerateParams(.text("a"))) == #"{"prompt":"a","max_tokens":256}"#)
    #expect(
        json(everything)
            == #"{"messages":[{"role":"system","text":"Be short."},"#
            + #"{"role":"user","text":"Why is the sky \"blue\"?"},{"role":"assistant","text":""},"#
            + #"{"role":"user","text":"é😀\n"}],"overflow":"drop_oldest","max_tokens":64,"temperature":0.7,"#
            + #""top_k":40,"top_p":0.9,"min_p":0.05,"repetition_penalty":1.1,"seed":9007199254740992,"#
            + #""stop":["\n","END"],"choices":["yes","no"],"timeout_ms":2500,"stream":false}"#)
}

@Test func `what is left out of a request to generate has its default`() throws {
    let params = try #require(try read(#"{"prompt":"a"}"#))
    #expect(params == GenerateParams(.text("a")))
    #expect(params.maximumTokens == 256 && params.isStreamed && params.stop.isEmpty)
    #expect(params.choices == nil && params.timeoutMilliseconds == nil && params.overflow == .error)
    let sampling = params.sampling
    #expect(sampling.temperature == 0 && sampling.topK == nil && sampling.topP == 1 && sampling.minP == 0)
    #expect(sampling.repetitionPenalty == 1 && sampling.seed == 0)
    #expect(try read(#"{"prompt":"a","messages":null,"top_k":null,"stop":null}"#) == params)
}

@Test(arguments: [
    (#""temperature":100,"top_p":5e-324,"min_p":1,"repetition_penalty":0.01,"seed":0"#),
    (#""temperature":0,"top_p":1,"min_p":0,"repetition_penalty":100,"seed":9007199254740992"#),
    (#""max_tokens":1,"top_k":1,"timeout_ms":1,"stop":[]"#),
    (#""max_tokens":2147483647,"top_k":2147483647,"timeout_ms":3600000"#),
])
func `the ends of each range are in it`(fields: String) throws {
    #expect(throws: Never.self) { try read(#"{"prompt":"a",\#(fields)}"#) }
}

@Test(arguments: [
    ("{}", "params: expected one of prompt and messages, found none"),
    (
        #"{"prompt":"a","messages":[{"role":"user","text":"a"}]}"#,
        "params: expected one of prompt and messages, found both"
    ),
    (#"{"prompt":5}"#, "params.prompt: expected a string, found a number"),
    (#"{"messages":[]}"#, "params.messages: expected one message at least, found none"),
    (#"{"messages":"a"}"#, "params.messages: expected an array of objects, found a string"),
    (#"{"messages":["a"]}"#, "params.messages[0]: expected an object, found something else"),
    (
        #"{"messages":[{"role":"user","text":"a"},{"text":"a"}]}"#,
        #"params.messages[1].role: expected "system" or "user" or "assistant", found nothing"#
    ),
    (
        #"{"messages":[{"role":"tool","text":"a"}]}"#,
        #"params.messages[0].role: expected "system" or "user" or "assistant", found "tool""#
    ),
    (#"{"messages":[{"role":"user"}]}"#, "params.messages[0].text: expected a string, found nothing"),
    (
        #"{"messages":[{"role":"user","text":"a","name":"b"}]}"#,
        "params.messages[0].name: expected one of role, text, found an unknown parameter"
    ),
    (
        #"{"prompt":"a","overflow":"drop_oldest"}"#,
        #"params.overflow: expected "error" with prompt, which has no messages, found "drop_oldest""#
    ),
    (
        #"{"prompt":"a","overflow":"truncate"}"#,
        #"params.overflow: expected "error" or "drop_oldest", found "truncate""#
    ),
    (
        #"{"prompt":"a","max_tokens":0}"#,
        "params.max_tokens: expected an integer from 1 to 2147483647, found 0"
    ),
    (
        #"{"prompt":"a","max_tokens":"9"}"#,
        "params.max_tokens: expected an integer from 1 to 2147483647, found a string"
    ),
    (
        #"{"prompt":"a","temperature":-0.1}"#,
        "params.temperature: expected a number from 0 to 100, found -0.1"
    ),
    (
        #"{"prompt":"a","temperature":101}"#, "params.temperature: expected a number from 0 to 100, found 101"
    ),
    (
        #"{"prompt":"a","temperature":"hot"}"#,
        "params.temperature: expected a number from 0 to 100, found a string"
    ),
    (#"{"prompt":"a","top_k":0}"#, "params.top_k: expected an integer from 1 to 2147483647, found 0"),
    (#"{"prompt":"a","top_p":0}"#, "params.top_p: expected a number above 0 and at most 1, found 0"),
    (#"{"prompt":"a","top_p":1.5}"#, "params.top_p: expected a number above 0 and at most 1, found 1.5"),
    (#"{"prompt":"a","min_p":-1}"#, "params.min_p: expected a number from 0 to 1, found -1"),
    (
        #"{"prompt":"a","repetition_penalty":0}"#,
        "params.repetition_penalty: expected a number from 0.01 to 100, found 0"
    ),
    (#"{"prompt":"a","seed":-1}"#, "params.seed: expected an integer from 0 to 9007199254740992, found -1"),
    (
        #"{"prompt":"a","seed":1.5}"#,
        "params.seed: expected an integer from 0 to 9007199254740992, found 1.5"
    ),
    (#"{"prompt":"a","stop":"x"}"#, "params.stop: expected an array of 0 to 16 strings, found a string"),
    (#"{"prompt":"a","stop":["x",5]}"#, "params.stop[1]: expected a string, found something else"),
    (#"{"prompt":"a","stop":["x",""]}"#, "params.stop[1]: expected 1 to 256 bytes, found 0"),
    (#"{"prompt":"a","choices":[]}"#, "params.choices: expected an array of 1 to 256 strings, found 0"),
    (#"{"prompt":"a","choices":[""]}"#, "params.choices[0]: expected 1 to 1024 bytes, found 0"),
    (
        #"{"prompt":"a","timeout_ms":3600001}"#,
        "params.timeout_ms: expected an integer from 1 to 3600000, found 3600001"
    ),
    (#"{"prompt":"a","stream":1}"#, "params.stream: expected true or false, found a number"),
])
func `what is wrong in a request to generate is named`(params: String, message: String) {
    let fault = #expect(throws: RequestFault.self) { try read(params) }
    #expect(fault?.error.kind == .invalidParams)
    #expect(fault?.error.message == message)
}

@Test(arguments: ["NaN", "Infinity", "1e999"])
func `what is no number of JSON is none of a temperature`(number: String) {
    let fault = #expect(throws: RequestFault.self) { try read(#"{"prompt":"a","temperature":\#(number)}"#) }
    #expect(fault?.error.kind == .parse)
}

@Test func `stop strings are counted in bytes, and so many there may be`() throws {
    func stops(_ strings: [String]) -> String { json(GenerateParams(.text("a"), stop: strings)) }
    let longest = String(repeating: "é", count: 128)
    #expect(try read(stops(Array(repeating: longest, count: 16)))?.stop.count == 16)
    let long = #expect(throws: RequestFault.self) { try read(stops(["x", longest + "a"])) }
    #expect(long?.error.message == "params.stop[1]: expected 1 to 256 bytes, found 257")
    let many = #expect(throws: RequestFault.self) { try read(stops(Array(repeating: "x", count: 17))) }
    #expect(many?.error.message == "params.stop: expected an array of 0 to 16 strings, found 17")
}

private let usage = TokenUsage(
    promptTokens: 12, cachedTokens: 8, generatedTokens: 3, promptSeconds: 0.25, generateSeconds: 0.5)

@Test func `a reply has the fields of the contract in their order`() {
    let usual =
        #""usage":{"prompt_tokens":12,"cached_tokens":8,"generated_tokens":3,"#
        + #""prompt_seconds":0.25,"generate_seconds":0.5}"#
    #expect(
        json(GenerateResult(text: "a \"b\"", stopReason: .end, usage: usage))
            == #"{"text":"a \"b\"","stop_reason":"end",\#(usual)}"#)
    #expect(
        json(GenerateResult(text: "", stopReason: .context, usage: usage, droppedMessages: 0))
            == #"{"text":"","stop_reason":"context",\#(usual),"dropped_messages":0}"#)
}

@Test(arguments: GenerateResult.StopReason.allCases, [nil, 3])
func `a reply reads back as it was written`(reason: GenerateResult.StopReason, dropped: Int?) throws {
    let result = GenerateResult(text: "é\n", stopReason: reason, usage: usage, droppedMessages: dropped)
    let bytes = JSONWriter.encode(Answer(id: .number(3), result: result))
    guard case .answer(.number(3), result) = try Incoming<GenerateResult>(decoding: bytes) else {
        Issue.record("not the same reply")
        return
    }
}

@Test func `a delta carries its request's id, and reads back`() throws {
    let delta = Delta(id: .text("x"), text: "é\n")
    #expect(
        json(Notification(delta)) == #"{"jsonrpc":"2.0","method":"delta","params":{"id":"x","delta":"é\n"}}"#)
    let bytes = JSONWriter.encode(Notification(delta))
    guard case .delta(delta) = try Incoming<GenerateResult>(decoding: bytes) else {
        Issue.record("not a delta")
        return
    }
}

@Test(arguments: [nil, "chatml"], [nil, "ab"])
func `the state of the language model is one flat object`(template: String?, digest: String?) throws {
    let slm = SLMStatus(
        model: .init(
            name: "SmolLM2", architecture: "llama", precision: "Q4_1", template: template, digest: digest,
            context: 8192),
        cache: .init(tokens: 5, limitTokens: 2048, bytes: 90, limitBytes: 50_331_648),
        work: .init(
            running: 1, waiting: 2, generations: 3, promptTokens: 40, cachedTokens: 8, generatedTokens: 17,
            promptTokensPerSecond: 1500.5, tokensPerSecond: 250))
    let name = template.map { "\"\($0)\"" } ?? "null"
    let sha256 = digest.map { #""digest":"\#($0)","# } ?? ""
    #expect(
        json(slm)
            == #"{"model":"SmolLM2","architecture":"llama","precision":"Q4_1","template":\#(name),\#(sha256)"#
            + #""context":8192,"cache":{"tokens":5,"limit_tokens":2048,"bytes":90,"limit_bytes":50331648},"#
            + #""running":1,"waiting":2,"generations":3,"prompt_tokens":40,"cached_tokens":8,"#
            + #""generated_tokens":17,"prompt_tokens_per_second":1500.5,"tokens_per_second":250.0}"#)
    let bytes = JSONWriter.encode(Answer(id: .number(3), result: slm))
    guard case .answer(_, slm) = try Incoming<SLMStatus>(decoding: bytes) else {
        Issue.record("not the same state")
        return
    }
}
