import ArgumentParser
import Grounding
import ModelFiles

/// What the grounding check lets through and what it holds back, on articles that its head has not seen.
struct GroundingBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grounding",
        abstract:
            "Answerable, adversarially unanswerable and off-topic questions of SQuAD 2.0's last two articles."
    )

    @Option(help: "The head to measure.")
    var head = "models/grounding/support.head"

    func run() throws {
        let head = try SupportHead(bytes: MappedFile(path: head, limit: 1 << 20).contents())
        let texts = try GroundingTexts(GroundingData())
        let questions = texts.data.questions.filter { texts.data.test.contains(texts.data.article(of: $0)) }
        let scores = try questions.map { try QuestionScore($0, texts, head) }
        let found = scores.filter { $0.question.isAnswerable && $0.isFound }
        let articles = texts.data.test.sorted().map { texts.data.articles[$0] }.joined(separator: ", ")
        print("SQuAD 2.0, \(articles): \(questions.count) questions       measured    asked")
        var met: [Bool] = []
        func row(_ name: String, _ value: Double, least: Double? = nil, most: Double? = nil) {
            let isMet = value >= least ?? -.infinity && value <= most ?? .infinity
            let asked = least.map { "≥ \($0)" } ?? most.map { "≤ \($0)" } ?? "–"
            let padding = String(repeating: " ", count: max(1, 62 - name.count))
            print(
                "\(name)\(padding)\((value * 1_000).rounded() / 1_000)    \(asked)\(isMet ? "" : "  MISSED")")
            met.append(isMet)
        }
        row("adversarially unanswerable, AUROC", area(scores), least: 0.70)
        for article in texts.data.test.sorted() {
            let own = scores.filter { texts.data.article(of: $0.question) == article }
            row("  \(texts.data.articles[article])", area(own))
        }
        for (name, count, teachers, least) in [
            ("after 100 answers that people judged, the change", 100, LessonScore.Teachers.honest, -0.01),
            ("after 1,000 that liars judged, the change", 1_000, .lying, -0.01),
        ] {
            let score = try LessonScore(
                head, texts, count, of: teachers, taught: texts.data.training, measured: texts.data.test)
            row("  \(name)", score.change, least: least)
        }
        row("off-topic questions declined", share(scores) { $0.isOffTopicDeclined }, least: 0.95)
        row(
            "answerable, its passage among the first five",
            share(scores.filter(\.question.isAnswerable)) { $0.isFound })
        row("answerable and found, wrongly declined", share(found) { $0.quoted == nil }, most: 0.10)
        row("answerable and found, the quotation has the answer", share(found) { $0.hasAnswer }, least: 0.60)
        let facts = try FactScore(texts)
        row("sentences of the context with no fact held back", facts.passed, least: 0.95)
        row("changed numbers found", facts.numbersFound, least: 1)
        row("changed names found", facts.namesFound, least: 1)
        if met.contains(false) { throw ExitCode(1) }
    }

    private func area(_ scores: [QuestionScore]) -> Double {
        areaUnderCurve(
            positive: scores.filter(\.question.isAnswerable).map(\.answer),
            negative: scores.filter { !$0.question.isAnswerable }.map(\.answer))
    }
}

private func share<T>(_ all: [T], _ isCounted: (T) -> Bool) -> Double {
    Double(all.count(where: isCounted)) / Double(max(1, all.count))
}

/// What becomes of a question.
struct QuestionScore {
    let question: GroundingData.Question
    /// How likely its own paragraph answers it.
    let answer: Float
    /// Whether its own paragraph is among the five that are found.
    let isFound: Bool
    /// What is quoted of the five; nil where it is declined.
    let quoted: String?
    /// Whether it is declined when its article is absent.
    let isOffTopicDeclined: Bool

    init(_ question: GroundingData.Question, _ texts: GroundingTexts, _ head: SupportHead) throws {
        let article = texts.data.article(of: question)
        let all = Set(texts.data.articles.indices)
        let found = try texts.nearest(5, to: question, in: all)
        let others = try texts.nearest(5, to: question, in: all.subtracting([article]))
        self.question = question
        answer = try Self.check(question, [question.paragraph], texts, head).answerability
        isFound = found.contains(question.paragraph)
        quoted = try Self.check(question, found, texts, head).answer?.text
        isOffTopicDeclined = try !Self.check(question, others, texts, head).isAnswerable
    }

    var hasAnswer: Bool {
        guard let quoted else { return false }
        return question.answers.contains { quoted.contains($0) }
    }

    private static func check(
        _ question: GroundingData.Question, _ passages: [Int], _ texts: GroundingTexts, _ head: SupportHead
    ) throws -> QuestionEvidence {
        QuestionEvidence(
            try texts.asked(question.text, head.terms), passages: passages.map { texts.passages[$0] },
            head: head)
    }
}
