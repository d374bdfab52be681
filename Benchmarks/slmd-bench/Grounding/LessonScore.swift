import Grounding

/// How well a head tells answerable questions from others after people have said something of its answers to other questions.
struct LessonScore {
    /// What people say.
    enum Teachers {
        /// What the reference answers say.
        case honest
        /// The contrary of it.
        case lying
    }

    /// The area under the curve, before and after.
    let before: Double
    let after: Double

    /// - Parameters:
    ///   - taught: the articles whose questions people speak of; so many answers, as many right ones as wrong ones, from all over
    ///     them.
    ///   - measured: other articles.
    init(
        _ head: SupportHead, _ texts: GroundingTexts, _ count: Int, of teachers: Teachers, taught: Set<Int>,
        measured: Set<Int>
    ) throws {
        var taughtHead = head
        for lesson in try texts.lessons(count, of: teachers, about: taught, head) { taughtHead.learn(lesson) }
        before = try texts.area(head, measured)
        after = try texts.area(taughtHead, measured)
    }

    var change: Double { after - before }
}

extension GroundingTexts {
    /// Each is of the sentence that the head takes for the answer.
    fileprivate func lessons(
        _ count: Int, of teachers: LessonScore.Teachers, about articles: Set<Int>, _ head: SupportHead
    ) throws -> [AnswerLesson] {
        let answers = try data.questions.filter { articles.contains(data.article(of: $0)) }.compactMap {
            question -> (lesson: AnswerLesson, isRight: Bool)? in
            let passage = passages[question.paragraph]
            let asked = try asked(question.text, head.terms)
            guard let best = head.best(.answer, for: asked, in: passage) else { return nil }
            let isRight =
                question.isAnswerable && question.starts.contains { best.sentence.span.contains($0) }
            let isSaidRight = isRight == (teachers == .honest)
            return (AnswerLesson(best, of: question.text, isRight: isSaidRight), isRight)
        }
        let (right, wrong) = (answers.filter(\.isRight), answers.filter { !$0.isRight })
        return (0..<count).compactMap { number in
            let own = number % 2 == 0 ? right : wrong
            return own.isEmpty ? nil : own[(number / 2) * own.count / (count / 2) % own.count].lesson
        }
    }

    fileprivate func area(_ head: SupportHead, _ articles: Set<Int>) throws -> Double {
        let own = data.questions.filter { articles.contains(data.article(of: $0)) }
        let scores = try own.map { question in
            let asked = try asked(question.text, head.terms)
            return head.best(.answer, for: asked, in: passages[question.paragraph])?.probability ?? 0
        }
        let both = zip(own, scores)
        return areaUnderCurve(
            positive: both.filter(\.0.isAnswerable).map(\.1),
            negative: both.filter { !$0.0.isAnswerable }.map(\.1))
    }
}
