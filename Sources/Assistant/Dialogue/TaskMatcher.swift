internal import Dialogue
internal import Tensors
internal import Transformers

/// Which task a sentence begins: its intent says so, or it is near one of the task's examples. A lesson that says nearly the
/// same is one more example of the tasks that its intent begins; what it says to be a question or another task's matter begins
/// no task that has nothing nearer.
struct TaskMatcher: Sendable {
    /// A lesson near a sentence.
    struct NearLesson: Sendable, Hashable {
        let intent: String
        /// The cosine of their vectors.
        let nearness: Float
    }

    /// What speaks for a task, beside the nearness of the sentence to its examples, a cosine.
    private enum Weight {
        /// The intent begins it; times the intent's confidence.
        static let intent: Float = 0.25
        /// The sentence has a value for a required slot.
        static let slot: Float = 0.15
        /// It asks something, and has not all values.
        static let question: Float = -0.35
        static let questionWithValue: Float = -0.2
    }
    /// A question is one whatever its form from here on, and whatever values it has from there on.
    private static let (likelyQuestion, sureQuestion) = (0.9, 0.95)
    /// A task begins from here on.
    private static let enough: Float = 0.6
    /// Less near to all examples, a sentence begins no task.
    private static let least: Float = 0.25
    /// A lesson as near as this says nearly the same.
    private static let nearLesson: Float = 0.8

    let book: TaskBook
    /// The sentence vectors of each task's examples, L2-normalised.
    private let examples: [[[Float]]]

    private static let tokensAPass = 512

    /// - Complexity: a pass of the encoder over all examples.
    init(_ book: TaskBook, reading: TurnReading) {
        self.book = book
        let sentences = book.tasks.map(\.examples)
        let tokens = sentences.joined().map { sentence in
            reading.admit(Utterance(sentence)).map(CorrectedTurn.init(asIs:)).flatMap(reading.tokenize)
        }
        var vectors = reading.embed(tokens, tokens: Self.tokensAPass)[...]
        examples = sentences.map { sentences in
            // An example that cannot be read is near nothing.
            sentences.compactMap { _ in try? vectors.removeFirst().get().text.sentence.values }
        }
    }

    /// The task a sentence begins; nil if none.
    ///
    /// - Parameters:
    ///   - sentence: its vector, L2-normalised.
    ///   - intent: what it is taken for, with its probability.
    ///   - form: of the sentence.
    ///   - candidates: what in it may fill slots.
    ///   - today: in the session's time zone: `2026-01-09`.
    ///   - lesson: the nearest to the sentence; asked for only where it may change something.
    /// - Complexity: O(examples · width).
    func task(
        begunBy sentence: [Float], intent: RankedLabel?, form: SentenceForm, _ candidates: [SlotCandidate],
        today: String, lesson: () -> NearLesson?
    ) -> String? {
        let nearnesses = examples.map { vectors in
            vectors.map { Understanding.nearness($0, sentence) }.max() ?? 0
        }
        let untaught = task(nearnesses, intent, form, candidates, today, lesson: nil)
        guard let intent, untaught == nil || belongsElsewhere(intent.intent, than: untaught),
            isOfConcern(intent.intent), let lesson = lesson(), lesson.intent == intent.intent,
            lesson.nearness >= Self.nearLesson
        else { return untaught }
        return task(nearnesses, intent, form, candidates, today, lesson: lesson)
    }

    /// Whether an intent says something about the tasks: it begins one, or is about none.
    private func isOfConcern(_ intent: String) -> Bool {
        intent == KnownIntent.question || KnownIntent.aboutTheTalk.contains(intent)
            || book.tasks.contains { $0.intents.contains(intent) }
    }

    private func belongsElsewhere(_ intent: String, than task: String?) -> Bool {
        task.flatMap(book.task).map { !$0.intents.contains(intent) } ?? false
    }

    /// - Parameters:
    ///   - nearnesses: of the sentence to the examples of each task.
    ///   - lesson: of an intent that is of concern.
    private func task(
        _ nearnesses: [Float], _ intent: RankedLabel?, _ form: SentenceForm, _ candidates: [SlotCandidate],
        _ today: String, lesson: NearLesson?
    ) -> String? {
        var best: (name: String, score: Float)?
        for (place, task) in book.tasks.enumerated() {
            let (vectors, isOwn) = (examples[place], lesson.map { task.intents.contains($0.intent) })
            let taught = lesson?.nearness ?? 0
            if isOwn == false, taught >= nearnesses[place] { continue }
            let nearness = isOwn == true ? max(taught, nearnesses[place]) : nearnesses[place]
            guard nearness >= Self.least || vectors.isEmpty else { continue }
            let filled = task.requiredSlots(filledBy: candidates, today: today)
            let score = nearness + Self.bonus(intent, form, task, filled: filled.count)
            let isEnough =
                score >= Self.enough
                || vectors.isEmpty && intent.map { task.intents.contains($0.intent) } ?? false
            if isEnough, score > best?.score ?? -1 { best = (task.name, score) }
        }
        return best?.name
    }

    private static func bonus(
        _ intent: RankedLabel?, _ form: SentenceForm, _ task: DialogueTask, filled: Int
    ) -> Float {
        let slots = Weight.slot * Float(min(filled, 2))
        guard let intent else { return slots }
        if task.intents.contains(intent.intent) { return slots + Weight.intent * Float(intent.probability) }
        let isWhole = filled > 0 && filled == task.slots.count { $0.isRequired }
        // Who asks for something to be done asks no question.
        guard intent.intent == KnownIntent.question, form.asks || intent.probability >= likelyQuestion,
            !form.requests
        else { return slots }
        if isWhole { return slots + (intent.probability >= likelyQuestion ? Weight.questionWithValue : 0) }
        let isSure = filled == 0 || intent.probability >= sureQuestion
        return slots + (isSure ? Weight.question : Weight.questionWithValue)
    }
}
