import Testing
import Tokenizers

@testable import Generation

/// What becomes of generations when the pages run out.
@Suite struct `Room for generations` {
    /// Ten pages of 32 tokens for five replies of some 130 tokens each, of which all can begin.
    private static let prompts = [
        "the cat sat on the mat and the cat sat", "abcabcabcabcab", "What is in the report of 3 May?", "x",
        "one two three one two three one",
    ]
    private static let length = 120
    /// None of these texts ends early.
    private static let sampling = Sampling(temperature: 1, seed: 3)

    private let small: SmallModel

    init() throws { small = try SmallModel(pages: 10, together: 5, context: 256) }

    private func request(_ number: Int, owner: UInt32 = 0) throws -> GenerationRequest {
        try small.request(
            Self.prompts[number], Self.length, Self.sampling, owner: owner)
    }

    /// A generator whose newest generations have stood back for want of pages.
    private func crowded() throws -> (generator: Generator, begun: [GenerationID]) {
        let generator = Generator(small.model)
        let begun = try Self.prompts.indices.map { number in
            let request = try request(number)
            try #require(generator.hasRoom(for: request) || number >= 3)
            return generator.hasRoom(for: request) ? generator.begin(request) : nil
        }
        while generator.waiting.isEmpty {
            try #require(!generator.isIdle, "nothing had to stand back")
            generator.step { _ in }
        }
        return (generator, begun.compactMap(\.self))
    }

    @Test func `is asked of a prompt and the beginning of its reply, not of all that may come`() throws {
        let generator = Generator(small.model)
        let request = try request(3)
        // A page each for the prompt, and two for what follows it, where the whole would take four.
        for _ in 0..<3 {
            #expect(generator.hasRoom(for: request))
            _ = generator.begin(request)
        }
        #expect(!generator.hasRoom(for: request))
    }

    @Test func `that runs out has the newest stand back, and nothing is said otherwise or twice`() throws {
        let (generator, begun) = try crowded()
        #expect(generator.waiting == Array(begun.suffix(generator.waiting.count)))
        var told: [GenerationID: String] = [:]
        var stoodBack = Set(generator.waiting)
        let results = generator.runAll { event in
            if case .text(let id, let more) = event { told[id, default: ""] += more }
            stoodBack.formUnion(generator.waiting)
        }
        #expect(!stoodBack.contains(begun[0]), "the oldest always goes on")
        for (number, id) in begun.enumerated() {
            let alone = try small.plain(
                Self.prompts[number], Self.length, Self.sampling)
            let result = try #require(results[id])
            #expect(result.text == alone)
            // What was told before the others were counted is missing here.
            #expect(result.text.hasSuffix(told[id] ?? ""))
        }
    }

    @Test func `is enough for one by itself, whatever is kept`() throws {
        let small = try SmallModel(pages: 8, context: 256)
        let generator = Generator(small.model)
        for prompt in Self.prompts {
            let result = try #require(generator.run(small.request(prompt, 1000)))
            #expect(
                result.text == (try small.plain(prompt, small.model.context - prompt.utf8.count, Sampling())))
        }
    }

    @Test func `that is missing keeps nobody from being given up`() throws {
        let (generator, _) = try crowded()
        let waiting = generator.waiting
        for id in waiting { generator.cancel(id) }
        var ended: [GenerationID] = []
        generator.step { event in
            guard case .finished(let id, let result) = event else { return }
            #expect(result.reason == .cancelled)
            ended.append(id)
        }
        #expect(ended == waiting)
    }

    @Test func `is found again by one that stands back, where it is still kept`() throws {
        let generator = Generator(small.model)
        let prompt = String(repeating: "a long prompt ", count: 8)
        let id = generator.begin(try small.request(prompt, 30))
        for _ in 0..<10 { generator.step { _ in } }
        let read = generator.totals
        generator.standBack(id)
        #expect(generator.count == 0 && generator.hasRoom(for: id))
        generator.goOn(id)
        generator.step { _ in }
        #expect(generator.totals.generatedTokens > read.generatedTokens, "nothing had to be read again")
        #expect(generator.runAll()[id]?.text == (try small.plain(prompt, 30, Sampling())))
    }

    /// Whatever stands back, goes on, begins and is given up at any time, in too little room.
    @Test func `mixes nothing up, however it is taken and given`() throws {
        let alone = try Self.prompts.indices.map { number in
            try small.plain(Self.prompts[number], Self.length, Self.sampling)
        }
        var chance = SystemRandomNumberGenerator()
        let generator = Generator(small.model)
        var expected: [GenerationID: String] = [:]
        var finished: [GenerationID: GenerationResult] = [:]
        var (told, begun, stoodBack) = ([GenerationID: String](), 0, 0)
        while begun < 60 || !generator.isIdle {
            let number = begun % Self.prompts.count
            let request = try request(number, owner: UInt32.random(in: 0...1, using: &chance))
            if begun < 60, generator.hasRoom(for: request) {
                expected[generator.begin(request)] = alone[number]
                begun += 1
            }
            let left = expected.keys.filter { finished[$0] == nil }
            if Int.random(in: 0..<40, using: &chance) == 0, let id = left.randomElement(using: &chance) {
                generator.standBack(id)
            }
            if Int.random(in: 0..<300, using: &chance) == 0, let id = left.randomElement(using: &chance) {
                generator.cancel(id)
            }
            for id in generator.waiting.shuffled(using: &chance) where generator.hasRoom(for: id) {
                generator.goOn(id)
            }
            let waited = generator.waiting.count
            generator.step { event in
                switch event {
                case .text(let id, let more): told[id, default: ""] += more
                case .finished(let id, let result): #expect(finished.updateValue(result, forKey: id) == nil)
                }
            }
            stoodBack += max(0, generator.waiting.count - waited)
        }
        #expect(finished.count == 60)
        #expect(stoodBack > 0, "pages ran out too rarely")
        for (id, result) in finished {
            let text = expected[id] ?? ""
            #expect(result.text == told[id] ?? "")
            #expect(result.reason == .cancelled ? text.hasPrefix(result.text) : text == result.text)
        }
    }
}

/// Prompts that begin alike and come at one time.
@Suite struct `Beginnings that are alike` {
    private static let beginning = String(repeating: "what all of them say, ", count: 8)

    private let small: SmallModel

    init() throws { small = try SmallModel(pages: 64, context: 512) }

    private func results(
        _ prompts: [EncodedPrompt], owners: [UInt32],
        _ change: (Generator, [GenerationID]) -> Void = { _, _ in }
    ) throws -> (results: [GenerationResult?], totals: GenerationTotals) {
        let generator = Generator(small.model)
        let begun = try zip(prompts, owners).map { prompt, owner in
            generator.begin(
                try GenerationRequest(prompt, for: small.model, owner: owner, maximumTokens: 12))
        }
        change(generator, begun)
        let results = generator.runAll()
        return (begun.map { results[$0] }, generator.totals)
    }

    private func raw(_ endings: [String]) throws -> [EncodedPrompt] {
        try endings.map { try small.model.encode(.raw(Self.beginning + $0), reply: 12) }
    }

    @Test func `are computed once`() throws {
        let endings = ["a", "b", "c", "a"]
        let (results, totals) = try results(raw(endings), owners: [7, 7, 7, 7])
        let common = Self.beginning.utf8.count
        #expect(results.map { $0?.usage.cachedTokens } == [0, common, common, common])
        #expect(totals.cachedTokens == 3 * common)
        for (ending, result) in zip(endings, results) {
            #expect(result?.text == (try small.plain(Self.beginning + ending, 12, Sampling())))
        }
    }

    @Test func `are computed by the next where the first is given up`() throws {
        let (results, totals) = try results(raw(["a", "b", "c"]), owners: [7, 7, 7]) { generator, begun in
            generator.step { _ in }
            generator.cancel(begun[0])
        }
        #expect(results[0]?.reason == .cancelled)
        #expect(totals.cachedTokens > Self.beginning.utf8.count)
        for (ending, result) in zip(["b", "c"], results.dropFirst()) {
            #expect(result?.text == (try small.plain(Self.beginning + ending, 12, Sampling())))
        }
    }

    @Test func `of several users are shared in whole pages of what the system says`() throws {
        let system = ChatMessage(.system, Self.beginning)
        let prompts = try ["a", "a"].map { question in
            try small.model.encode(.messages([system, ChatMessage(.user, question)], .fail), reply: 12)
        }
        let (own, _) = try results(prompts, owners: [1, 1])
        #expect(own[1]?.usage.cachedTokens == prompts[0].count - 1)
        let (foreign, _) = try results(prompts, owners: [1, 2])
        #expect(foreign[1]?.usage.cachedTokens == Self.beginning.utf8.count / 32 * 32)
        let (said, _) = try results(raw(["a", "a"]), owners: [1, 2])
        #expect(said[1]?.usage.cachedTokens == 0)
    }
}
