import Testing
import Tokenizers

@testable import Generation

@Suite struct `A generator` {
    private static let prompts = [
        "the cat sat on the mat and the cat sat", "abcabcabcabcab", "What is in the report of 3 May?", "x",
        "one two three one two three one", "zzzzzzzzzzzzzzzz",
    ]
    private static let samplings = [
        Sampling(), Sampling(temperature: 1, seed: 7),
        Sampling(temperature: 0.7, topK: 20, topP: 0.9, seed: 3),
        Sampling(temperature: 2, minP: 0.02, repetitionPenalty: 1.2, seed: 99),
    ]

    private let small: SmallModel

    init() throws { small = try SmallModel() }

    @Test(arguments: samplings)
    func `says what the decoder gives token by token`(sampling: Sampling) throws {
        for prompt in Self.prompts {
            let result = try #require(Generator(small.model).run(small.request(prompt, 20, sampling)))
            #expect(result.text == (try small.plain(prompt, 20, sampling)), "\(prompt)")
        }
    }

    @Test func `says the same in company`() throws {
        let generator = Generator(small.model)
        var expected: [GenerationID: String] = [:]
        for (place, prompt) in Self.prompts.enumerated() {
            let sampling = Self.samplings[place % Self.samplings.count]
            let request = try small.request(prompt, 12 + 3 * place, sampling)
            expected[generator.begin(request)] = try small.plain(prompt, 12 + 3 * place, sampling)
            generator.step { _ in }
        }
        let results = generator.runAll()
        #expect(results.mapValues(\.text) == expected)
    }

    @Test func `tells the text piece by piece`() throws {
        let generator = Generator(small.model)
        let id = generator.begin(try small.request(Self.prompts[0]))
        var told = ""
        var pieces = 0
        let results = generator.runAll { event in
            guard case .text(id, let more) = event else { return }
            told += more
            pieces += 1
        }
        #expect(told == results[id]?.text)
        #expect(pieces > 1)
    }

    // MARK: What is kept

    @Test func `goes on from what it computed before`() throws {
        let generator = Generator(small.model)
        let first = try #require(generator.run(small.request(Self.prompts[0], 10)))
        #expect(first.usage.cachedTokens == 0)
        let again = try #require(generator.run(small.request(Self.prompts[0], 10)))
        #expect(again.text == first.text)
        #expect(again.usage.cachedTokens == first.usage.promptTokens - 1)
        // A second turn: what was said is known too.
        let turn = try #require(generator.run(small.request(Self.prompts[0] + first.text + " so", 8)))
        #expect(turn.usage.cachedTokens == first.usage.promptTokens + first.usage.generatedTokens - 1)
        #expect(turn.text == (try small.plain(Self.prompts[0] + first.text + " so", 8, Sampling())))
    }

    @Test func `shares a beginning with what still runs`() throws {
        let generator = Generator(small.model)
        let system = "Be short and answer from the text. "
        let first = generator.begin(try small.request(system + "who?"))
        generator.step { _ in }
        let second = generator.begin(try small.request(system + "when?"))
        let results = generator.runAll()
        #expect(results[first]?.usage.cachedTokens == 0)
        #expect(results[second]?.usage.cachedTokens == system.utf8.count + 2)  // and "wh"
        for (id, question) in [(first, "who?"), (second, "when?")] {
            #expect(results[id]?.text == (try small.plain(system + question, 20, Sampling())))
        }
    }

    /// How many tokens were cached would tell one user what another said.
    @Test func `uses for one user nothing that another said`() throws {
        let generator = Generator(small.model)
        let secret = "the code is 4711 and nothing else"
        let first = try #require(generator.run(small.request(secret, 4, owner: 1)))
        let spy = try #require(generator.run(small.request(secret, 4, owner: 2)))
        #expect(spy.usage.cachedTokens == 0 && spy.text == first.text)
        let running = generator.begin(try small.request(secret + " at", 4, owner: 1))
        generator.step { _ in }
        let other = generator.begin(try small.request(secret + " at", 4, owner: 3))
        let results = generator.runAll()
        #expect(results[running]?.usage.cachedTokens == secret.utf8.count)
        #expect(results[other]?.usage.cachedTokens == 0)
    }

    @Test func `shares whole pages of what the system says with everybody`() throws {
        let generator = Generator(small.model)
        let system = ChatMessage(.system, "be short, and say only what is known")
        var cached: [Int] = []
        for (owner, question) in [(1, "a"), (2, "a"), (2, "b")] as [(UInt32, String)] {
            let prompt = try small.model.encode(
                .messages([system, ChatMessage(.user, question)], .fail), reply: 1)
            let request = try GenerationRequest(prompt, for: small.model, owner: owner, maximumTokens: 1)
            cached.append(try #require(generator.run(request)).usage.cachedTokens)
        }
        #expect(cached[0] == 0 && cached[1] == 32 && cached[2] > 32)
    }

    @Test func `lets go of what was not used for the longest time`() throws {
        let small = try SmallModel(pages: 4)
        let generator = Generator(small.model)
        for prompt in Self.prompts.prefix(3) {
            _ = generator.run(try small.request(prompt, 24))
            #expect(generator.cachedTokens <= small.model.cacheTokens)
        }
        let last = try #require(generator.run(small.request(Self.prompts[2], 24)))
        #expect(last.usage.cachedTokens == last.usage.promptTokens - 1)
        let oldest = try #require(generator.run(small.request(Self.prompts[0], 24)))
        #expect(oldest.usage.cachedTokens < 4)
        #expect(oldest.text == (try small.plain(Self.prompts[0], 24, Sampling())))
    }

    @Test func `begins no more than it has places for`() throws {
        let small = try SmallModel(pages: 16, together: 3)
        let generator = Generator(small.model)
        for _ in 0..<3 { _ = generator.begin(try small.request("x", 2)) }
        #expect(!generator.hasRoom(for: try small.request("x", 2)))
        #expect(generator.runAll().count == 3)
        #expect(generator.hasRoom(for: try small.request("x", 2)))
    }

    // MARK: Ends

    @Test func `ends where it was asked to`() throws {
        let whole = try small.plain(Self.prompts[0], 20, Sampling())
        let generator = Generator(small.model)
        let cut = try #require(generator.run(small.request(Self.prompts[0], 5)))
        #expect(cut.reason == .length && cut.text == String(whole.prefix(5)))
        #expect(cut.usage.generatedTokens == 5)
        let stop = String(whole.dropFirst(6).prefix(2))
        let stopped = try #require(generator.run(small.request(Self.prompts[0], 20, stops: [stop])))
        #expect(stopped.reason == .stop)
        #expect(whole.hasPrefix(stopped.text + stop) && !stopped.text.contains(stop))
    }

    @Test func `ends when the context is full`() throws {
        let prompt = String(repeating: "ab ", count: 18)
        let result = try #require(Generator(small.model).run(small.request(prompt, 1000)))
        #expect(result.reason == .context || result.reason == .end)
        #expect(result.usage.promptTokens + result.usage.generatedTokens <= small.model.context)
        #expect(throws: PromptError.tooLong(tokens: 64, limit: 63)) {
            try small.request(String(repeating: "a", count: 64))
        }
    }

    @Test func `ends at its deadline`() throws {
        let generator = Generator(small.model)
        let result = try #require(
            generator.run(small.request(Self.prompts[0], deadline: .now - .seconds(1))))
        #expect(result.reason == .deadline && result.text.isEmpty)
    }

    @Test func `chooses among replies`() throws {
        let generator = Generator(small.model)
        for sampling in Self.samplings {
            let choices = ["yes", "no", "not now", "yes please"]
            let result = try #require(
                generator.run(small.request(Self.prompts[2], 1, sampling, choices: choices)))
            #expect(choices.contains(result.text) && result.reason == .end)
        }
        #expect(throws: PromptError.badChoice("")) { try small.request("x", choices: ["a", ""]) }
    }

    // MARK: Whatever happens

    /// A thousand generations, of which some are given up at any time: each is told to be finished once, those that were not
    /// given up say what they say alone, and nothing is left.
    @Test func `loses nothing and mixes nothing up when many are given up`() throws {
        let small = try SmallModel(pages: 12, together: 5)
        let alone = try Self.prompts.map { prompt in
            try Self.samplings.map { try small.plain(prompt, 16, $0) }
        }
        var chance = SystemRandomNumberGenerator()
        let generator = Generator(small.model)
        var expected: [GenerationID: String] = [:]
        var given: Set<GenerationID> = []
        var finished: [GenerationID: GenerationResult] = [:]
        var begun = 0
        while begun < 1000 || !generator.isIdle {
            let (prompt, sampling) = (begun % Self.prompts.count, begun % Self.samplings.count)
            let request = try small.request(Self.prompts[prompt], 16, Self.samplings[sampling])
            if begun < 1000, generator.hasRoom(for: request) {
                expected[generator.begin(request)] = alone[prompt][sampling]
                begun += 1
            }
            if Int.random(in: 0..<4, using: &chance) == 0,
                let id = expected.keys.filter({ finished[$0] == nil }).randomElement(using: &chance)
            {
                generator.cancel(id)
                given.insert(id)
            }
            generator.step { event in
                guard case .finished(let id, let result) = event else { return }
                #expect(finished.updateValue(result, forKey: id) == nil)
            }
            #expect(generator.cachedTokens <= small.model.cacheTokens)
        }
        #expect(finished.count == 1000)
        #expect(given.count > 50 && given.count < 950)
        for (id, result) in finished {
            let text = expected[id] ?? ""
            if result.reason == .cancelled {
                #expect(given.contains(id) && text.hasPrefix(result.text))
            } else {
                #expect(result.text == text)
            }
        }
    }
}
