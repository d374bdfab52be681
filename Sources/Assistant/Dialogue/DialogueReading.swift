internal import Dialogue
internal import Entities

/// What a message is read with: its session's clock, and its place in the session.
struct DialogueReading {
    let reference: ReferenceTime
    private let message: UserMessage
    private let time: Int64
    private let number: Int
    private let isFresh: Bool
    private let clock: SessionClock?
    private let matcher: TaskMatcher
    private let nearLesson: (Understanding) -> TaskMatcher.NearLesson?

    /// - Parameters:
    ///   - lifetime: after so many seconds without a turn a dialogue begins anew.
    ///   - nearLesson: the lesson nearest to a text.
    init(
        _ message: UserMessage, _ state: DialogueState, time: Int64, now: ReferenceTime, lifetime: Int,
        _ matcher: TaskMatcher, nearLesson: @escaping (Understanding) -> TaskMatcher.NearLesson?
    ) {
        self.message = message
        self.matcher = matcher
        self.nearLesson = nearLesson
        self.time = time
        number = state.turns + 1
        isFresh = state.isExpired(at: time, lifetime: lifetime)
        let seconds = now.secondsSince1970 ?? 0
        clock = message.clock.map { clock in
            SessionClock(
                shift: (clock.secondsSince1970 ?? seconds) - seconds, offset: clock.offset ?? now.offset ?? 0)
        }
        reference =
            (clock ?? state.clock).map { clock in
                ReferenceTime(secondsSince1970: seconds + clock.shift, offset: clock.offset)
            } ?? now
    }

    /// - Parameters:
    ///   - understanding: of the message.
    ///   - understand: how another text would be understood.
    func turn(
        _ prediction: Prediction, _ understanding: Understanding, _ state: DialogueState,
        _ understand: @escaping (String) -> Understanding?
    ) -> UserTurn {
        let text = message.utterance.text
        let candidates = matcher.book.candidates(
            in: text, entities: prediction.entities, slots: prediction.slots, at: reference)
        let detected = CorrectionDetector(text) { intent in
            prediction.ranked.first { $0.intent == intent }?.probability ?? 0
        }
        let finding = CorrectionFinding(book: matcher.book, understand: understand)
            .correction(by: text, detected, candidates, in: state)
        let parts = finding == nil ? parts(of: text, understand) : nil
        let task = parts?.first.task ?? task(text, understanding, prediction, finding, candidates)
        return UserTurn(
            number: number, isFresh: isFresh, clock: clock, text: text, time: time,
            today: reference.date.text, now: reference.timeOfDay,
            intent: prediction.intent, confidence: prediction.confidence,
            isOutOfScope: prediction.isOutOfScope, candidates: parts?.candidates ?? candidates,
            answer: Self.answer(prediction.entities),
            task: task, further: parts?.further, correction: finding?.correction, corrects: detected.corrects)
    }

    /// The task that is begun; what is left of a correction says what is wanted now.
    private func task(
        _ text: String, _ understanding: Understanding, _ prediction: Prediction,
        _ finding: CorrectionFinding.Finding?, _ candidates: [SlotCandidate]
    ) -> String? {
        let meant = finding?.correction.meant.first
        guard meant != KnownIntent.question else { return nil }
        let intent = meant.map { RankedLabel(intent: $0, probability: 1) } ?? prediction.ranked.first
        let said = finding?.rest ?? understanding
        return matcher.task(
            begunBy: said.sentence, intent: intent, form: SentenceForm(text), candidates,
            today: reference.date.text, lesson: { nearLesson(said) })
    }

    /// A part of a sentence that begins a task.
    private struct Part {
        let task: String
        let start: Int
        /// What in it may fill slots: "from the 2nd" names a day where the part ends, and not within the sentence.
        let candidates: [SlotCandidate]
    }

    /// Two parts that begin a task each.
    private struct Parts {
        let first: Part
        let second: Part

        var further: [FurtherTask] { [FurtherTask(task: second.task, start: second.start)] }
        var candidates: [SlotCandidate] { first.candidates + second.candidates }
    }

    /// The parts of a sentence that begin two tasks, each understood for itself; nil where it begins no two.
    private func parts(
        of text: String, _ understand: (String) -> Understanding?
    ) -> Parts? {
        for start in SentenceParts.splits(text, naming: matcher.book.tasks.map(\.name)) {
            let first = part(of: text, 0..<start, understand)
            let second = part(of: text, start..<text.utf8.count, understand)
            if let first, let second, first.task != second.task { return Parts(first: first, second: second) }
        }
        return nil
    }

    /// - Returns: nil where a part begins no task.
    private func part(
        of text: String, _ bytes: Range<Int>, _ understand: (String) -> Understanding?
    ) -> Part? {
        let words = SentenceParts.part(bytes, of: text)
        guard let understood = understand(words) else { return nil }
        let prediction = understood.prediction(with: EntitySearch(EntitySearch.grammars, at: reference))
        let candidates = matcher.book.candidates(
            in: words, entities: prediction.entities, slots: prediction.slots, at: reference)
        let task = matcher.task(
            begunBy: understood.sentence, intent: understood.ranked.first,
            form: SentenceForm(words, isPart: true), candidates, today: reference.date.text,
            lesson: { nearLesson(understood) })
        return task.map { task in
            Part(
                task: task, start: bytes.lowerBound,
                candidates: candidates.map { $0.moved(by: bytes.lowerBound) })
        }
    }

    /// Yes or no, where the entities say one.
    private static func answer(_ entities: [Entity]) -> Bool? {
        let answers = entities.compactMap { entity -> Bool? in
            if case .boolean(let isYes) = entity.value { isYes } else { nil }
        }
        return answers.first
    }
}
