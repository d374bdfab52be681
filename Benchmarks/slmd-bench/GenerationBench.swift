import ArgumentParser
import CAllocations
import Generation
import JSON
import ModelFiles
import Tensors
import Tokenizers

/// What sharing passes, guessing and keeping conversations save, and what a token takes of memory.
struct GenerationBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generation",
        abstract: "Measure replies of the language model: in company, grounded ones, and second turns.",
        discussion: "SLMD_MODELS names the models, SLMD_DATA the folder with squad2.")

    @Option(help: "The folder of models.")
    var models = EncoderSpeed.environment("SLMD_MODELS") ?? "models"
    @Option(help: "Threads.") var threads = 2
    @Option(help: "Questions about paragraphs.") var questions = 40
    @Option(help: "Rounds of generations in company.") var rounds = 5

    func run() throws {
        let model = try LanguageModel(
            LanguageModelSettings(
                path: "\(models)/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf",
                cacheBytes: 200_000_000), pool: ComputePool(threads: threads))
        var figures = AccuracyFigures()
        try measureCompany(model, into: &figures)
        try measureSecondTurn(model, into: &figures)
        try measureAllocations(model, into: &figures)
        do {
            try measureGuesses(model, into: &figures)
        } catch BenchmarkError.notSet(let variable) {
            print("grounded answers: left out, \(variable) is not set")
        }
        guard figures.allReached else { throw ExitCode(1) }
    }

    private static let tasks = [
        "Write a short story about a lighthouse keeper.", "Explain how a bicycle stays upright.",
        "List ten uses of a paper clip.", "Describe the smell of rain in a city.",
    ]

    /// Four at once against one, in turn, without guesses: of what sharing a pass brings.
    private func measureCompany(_ model: LanguageModel, into figures: inout AccuracyFigures) throws {
        let requests = try Self.tasks.map { try Self.request($0, tokens: 96, model) }
        var (alone, together): ([Double], [Double]) = ([], [])
        for round in 0..<rounds {
            alone.append(Self.tokensPerSecond([requests[round % 4]], model))
            together.append(Self.tokensPerSecond(requests, model))
        }
        figures.add("one generation, tokens/s", asked: nil, measured: median(alone), digits: 1)
        figures.add("four at once, tokens/s", asked: nil, measured: median(together), digits: 1)
        figures.add(
            "four at once, times the tokens/s of one", asked: 2.5, measured: median(together) / median(alone))
    }

    /// Of the passes after the prompts.
    private static func tokensPerSecond(_ requests: [GenerationRequest], _ model: LanguageModel) -> Double {
        let generator = Generator(model, guesses: false)
        for request in requests { _ = generator.begin(request) }
        var (count, spent) = (0, Duration.zero)
        while !generator.isIdle {
            let before = generator.totals.generatedTokens
            let began = ContinuousClock.now
            generator.step { _ in }
            // What came with the last of a prompt is not counted.
            guard before >= requests.count else { continue }
            count += generator.totals.generatedTokens - before
            spent += ContinuousClock.now - began
        }
        return Double(count) / (spent / .seconds(1))
    }

    private func measureSecondTurn(_ model: LanguageModel, into figures: inout AccuracyFigures) throws {
        var times: [Double] = []
        for round in 0..<rounds {
            let generator = Generator(model)
            let words = String(repeating: "The keeper of house \(round) wrote what he saw. ", count: 44)
            var talk = [ChatMessage(.user, words + "What did he write?")]
            let first = try Self.answer(talk, tokens: 40, generator, model)
            talk += [ChatMessage(.assistant, first.text), ChatMessage(.user, "And who was he?")]
            let second = try Self.answer(talk, tokens: 1, generator, model)
            guard second.usage.cachedTokens >= 500 else {
                throw ValidationError("only \(second.usage.cachedTokens) tokens were kept")
            }
            times.append(second.usage.promptTime / .milliseconds(1))
        }
        figures.add(
            "second turn behind 500 tokens, to its first, ms", asked: 40, measured: median(times),
            atMost: true)
    }

    private static func answer(
        _ talk: [ChatMessage], tokens: Int, _ generator: Generator, _ model: LanguageModel
    ) throws -> GenerationResult {
        let prompt = try model.encode(.messages(talk, .fail), reply: tokens)
        _ = generator.begin(try GenerationRequest(prompt, for: model, maximumTokens: tokens))
        var answer: GenerationResult?
        while !generator.isIdle {
            generator.step { if case .finished(_, let result) = $0 { answer = result } }
        }
        guard let answer else { throw ValidationError("a generation is not finished") }
        return answer
    }

    /// Of the passes behind the first token: the sampler draws, and what repeats is guessed.
    private func measureAllocations(_ model: LanguageModel, into figures: inout AccuracyFigures) throws {
        let prompt = try model.encode(.messages([ChatMessage(.user, Self.tasks[0])], .fail), reply: 200)
        for (name, sampling) in [("greedy", Sampling()), ("drawn", Sampling(temperature: 0.8, topK: 40))] {
            let generator = Generator(model)
            _ = generator.begin(
                try GenerationRequest(prompt, for: model, maximumTokens: 200, sampling: sampling))
            for _ in 0..<8 { generator.step { _ in } }
            let before = (slmd_allocations(), generator.totals.generatedTokens)
            for _ in 0..<100 where !generator.isIdle { generator.step { _ in } }
            let allocations = slmd_allocations() - before.0
            let tokens = generator.totals.generatedTokens - before.1
            figures.add(
                "allocations a token, \(name)", asked: 0,
                measured: Double(allocations) / Double(max(1, tokens)), digits: 3, atMost: true)
        }
    }

    private func measureGuesses(_ model: LanguageModel, into figures: inout AccuracyFigures) throws {
        var (plain, guessed) = (Duration.zero, Duration.zero)
        var tokens = 0
        let tasks = try GroundedQuestion.load(questions)
        for (number, task) in tasks.enumerated() {
            let prompt = try model.encode(.messages(task.messages, .fail), reply: 64)
            let request = try GenerationRequest(prompt, for: model, maximumTokens: 64)
            var results: [Bool: GenerationResult] = [:]
            for guesses in number.isMultiple(of: 2) ? [false, true] : [true, false] {
                let generator = Generator(model, guesses: guesses)
                _ = generator.begin(request)
                while !generator.isIdle {
                    generator.step { if case .finished(_, let result) = $0 { results[guesses] = result } }
                }
            }
            guard let one = results[false], let other = results[true], one.text == other.text else {
                throw ValidationError("guesses change the answer to: \(task.question)")
            }
            plain += one.usage.generationTime
            guessed += other.usage.generationTime
            tokens += one.usage.generatedTokens - 1
        }
        let (slow, fast) = (plain / .seconds(1), guessed / .seconds(1))
        figures.add(
            "\(tasks.count) grounded answers, tokens/s", asked: nil, measured: Double(tokens) / slow,
            digits: 1)
        figures.add("the same with guesses, tokens/s", asked: nil, measured: Double(tokens) / fast, digits: 1)
        figures.add("guesses, times as fast, the same texts", asked: 1.5, measured: slow / fast)
    }

    private static func request(
        _ text: String, tokens: Int, _ model: LanguageModel
    ) throws -> GenerationRequest {
        try GenerationRequest(
            model.encode(.messages([ChatMessage(.user, text)], .fail), reply: tokens), for: model,
            maximumTokens: tokens)
    }
}

/// A question that a paragraph answers.
struct GroundedQuestion {
    let paragraph: String
    let question: String

    var messages: [ChatMessage] {
        [
            ChatMessage(.system, "Answer from this paragraph."),
            ChatMessage(.user, "\(paragraph)\n\n\(question)"),
        ]
    }

    /// The first answerable question of each paragraph.
    static func load(_ count: Int) throws -> [GroundedQuestion] {
        var paragraphs: [String: String] = [:]
        for line in try DataFile.lines("squad2/paragraphs.jsonl") {
            let value = try JSONValue(parsing: Array(line.utf8))
            if let id = value["id"]?.string { paragraphs[id] = value["text"]?.string }
        }
        var questions: [GroundedQuestion] = []
        for line in try DataFile.lines("squad2/questions.jsonl") where questions.count < count {
            let value = try JSONValue(parsing: Array(line.utf8))
            guard value["answerable"]?.bool == true, let id = value["paragraph"]?.string,
                let question = value["question"]?.string, let text = paragraphs.removeValue(forKey: id)
            else { continue }
            questions.append(GroundedQuestion(paragraph: text, question: question))
        }
        return questions
    }
}
