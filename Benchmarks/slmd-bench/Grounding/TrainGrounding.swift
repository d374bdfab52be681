import ArgumentParser
import Grounding
import SystemPackage

/// Fits the head of the grounding check and writes it to a file.
struct TrainGrounding: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-grounding",
        abstract: "Fit the head of the grounding check on SQuAD 2.0, all articles but the last two.",
        discussion: """
            Thresholds are taken from heads that were fitted without the article they are asked about. The same data \
            give the same file.
            """)

    @Argument(help: "The file to write.")
    var output = "models/grounding/support.head"

    func run() throws {
        let texts = try GroundingTexts(GroundingData())
        let training = texts.data.training
        var outside: [OutsideScores] = []
        print(
            "article fitted without       adversarial AUROC   subject AUROC   support AUROC   100 judged answers, 1,000 lies"
        )
        for article in training.sorted() {
            let head = try texts.head(fittedTo: training.subtracting([article]))
            let scores = try OutsideScores(head, texts, article, among: training)
            let name = texts.data.articles[article]
            let others = training.subtracting([article])
            let changes = try [(100, LessonScore.Teachers.honest), (1_000, .lying)].map { count, teachers in
                try LessonScore(head, texts, count, of: teachers, taught: others, measured: [article]).change
            }
            let columns = scores.columns + changes.map { rounded($0) }.joined(separator: "  ")
            print(name + String(repeating: " ", count: max(1, 29 - name.count)) + columns)
            outside.append(scores)
        }
        let thresholds = OutsideScores.thresholds(outside)
        print("thresholds: answer \(thresholds[0]), subject \(thresholds[1]), support \(thresholds[2])")
        let head = try texts.head(fittedTo: training).with(thresholds: thresholds)
        try write(head.bytes)
    }

    private func write(_ bytes: [UInt8]) throws {
        let file = try FileDescriptor.open(
            FilePath(output), .writeOnly, options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try file.closeAfter { _ = try file.writeAll(bytes) }
        print("\(output): \(bytes.count) bytes")
    }
}

/// What a head says of an article that it was not fitted to.
struct OutsideScores {
    private(set) var answerable: [Float] = []
    private(set) var unanswerable: [Float] = []
    private(set) var onSubject: [Float] = []
    private(set) var offSubject: [Float] = []
    private(set) var supported: [Float] = []
    private(set) var unsupported: [Float] = []

    /// Of true ones so many are given up: of answerable questions, and of supported replies.
    private static let givenUp = (subject: 0.07, support: 0.10)

    /// - Parameter articles: whose passages there are to be found.
    init(_ head: SupportHead, _ texts: GroundingTexts, _ article: Int, among articles: Set<Int>) throws {
        for question in texts.data.questions where texts.data.article(of: question) == article {
            let asked = try texts.asked(question.text, head.terms)
            func best(_ task: SupportHead.Task, _ asked: AskedText, _ passages: [Int]) -> Float {
                passages.compactMap { head.best(task, for: asked, in: texts.passages[$0])?.probability }.max()
                    ?? 0
            }
            let others = try texts.nearest(5, to: question, in: articles.subtracting([article]))
            offSubject.append(best(.subject, asked, others))
            let own = best(.answer, asked, [question.paragraph])
            if question.isAnswerable {
                answerable.append(own)
                let found = try texts.nearest(5, to: question, in: articles)
                if found.contains(question.paragraph) { onSubject.append(best(.subject, asked, found)) }
            } else {
                unanswerable.append(own)
            }
            guard let answer = question.answers.first else { continue }
            let statement = GroundingCheck.statement(of: answer, to: question.text)
            let support = best(.support, try texts.asked(statement, head.terms), [question.paragraph])
            if question.isAnswerable { supported.append(support) } else { unsupported.append(support) }
        }
    }

    var columns: String {
        [(answerable, unanswerable), (onSubject, offSubject), (supported, unsupported)].map {
            let area = areaUnderCurve(positive: $0.0, negative: $0.1)
            return rounded(area)
        }.map { $0 + String(repeating: " ", count: max(1, 20 - $0.count)) }.joined()
    }

    static func thresholds(_ all: [OutsideScores]) -> [Float] {
        [
            0.5, quantile(givenUp.subject, of: all.flatMap(\.onSubject)),
            quantile(givenUp.support, of: all.flatMap(\.supported)),
        ]
    }

}

private func rounded(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }

extension GroundingTexts {
    /// Passages of other subjects that a question is told from.
    private static let strangers = 3

    func asked(_ text: String, _ terms: TermWeights) throws -> AskedText {
        AskedText(text, vector: try vector(text), weights: terms)
    }

    func head(fittedTo articles: Set<Int>) throws -> SupportHead {
        let terms = TermWeights(
            topics: articles.sorted().map { article in
                data.paragraphs.filter { $0.article == article }.map(\.text)
            })
        var lessons: [SupportHead.Lesson] = []
        for question in data.questions where articles.contains(data.article(of: question)) {
            let asked = try asked(question.text, terms)
            lessons += self.lessons(.answer, asked, question)
            lessons += try subjectLessons(asked, question, articles)
            guard let answer = question.answers.first else { continue }
            let statement = GroundingCheck.statement(of: answer, to: question.text)
            lessons += self.lessons(.support, try self.asked(statement, terms), question)
        }
        return SupportHead(fitting: lessons, terms: terms)
    }

    /// Of its own paragraph's sentences, those with a reference answer are right.
    private func lessons(
        _ task: SupportHead.Task, _ asked: AskedText, _ question: GroundingData.Question
    ) -> [SupportHead.Lesson] {
        zip(SupportFeatures.of(asked, in: passages[question.paragraph]), holdsAnswer(question)).map {
            SupportHead.Lesson(task, $0, isTrue: $1)
        }
    }

    /// Sentences with a reference answer are of the question's subject, those of other articles are not.
    private func subjectLessons(
        _ asked: AskedText, _ question: GroundingData.Question, _ articles: Set<Int>
    ) throws -> [SupportHead.Lesson] {
        let own = lessons(.subject, asked, question).filter(\.isTrue)
        let others = try nearest(
            Self.strangers, to: question, in: articles.subtracting([data.article(of: question)]))
        return own
            + others.flatMap { SupportFeatures.of(asked, in: passages[$0]) }.map {
                SupportHead.Lesson(.subject, $0, isTrue: false)
            }
    }
}
