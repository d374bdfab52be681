internal import Dialogue
internal import Tensors
internal import Transformers

/// Which task a sentence begins: its intent says so, or it is near one of the task's examples.
struct TaskMatcher: Sendable {
    /// From here on a sentence is near enough whatever its intent is.
    static let near: Float = 0.6
    /// Beside an intent that begins the task.
    static let nearWithIntent: Float = 0.3

    let book: TaskBook
    /// The sentence vectors of each task's examples, L2-normalised.
    private let examples: [[[Float]]]

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

    private static let tokensAPass = 512

    /// The task a sentence begins; nil if none.
    ///
    /// - Parameters:
    ///   - sentence: its vector, L2-normalised.
    ///   - hasValues: whether the sentence has a value for a slot of a task.
    /// - Complexity: O(examples · width).
    func task(
        begunBy sentence: [Float], intent: String?, isQuestion: Bool, hasValues: (DialogueTask) -> Bool
    ) -> String? {
        var best: (name: String, similarity: Float)?
        for (task, vectors) in zip(book.tasks, examples) {
            let similarity = vectors.map { Self.dot($0, sentence) }.max() ?? 0
            let hasIntent = intent.map(task.intents.contains) ?? false
            guard similarity >= (hasIntent ? Self.nearWithIntent : Self.near) || hasIntent && vectors.isEmpty
            else { continue }
            // Who asks something wants it done only if he says what with.
            guard hasIntent || !isQuestion || hasValues(task) else { continue }
            if similarity > best?.similarity ?? -1 { best = (task.name, similarity) }
        }
        return best?.name
    }

    private static func dot(_ first: [Float], _ second: [Float]) -> Float {
        var sum: Float = 0
        for (a, b) in zip(first, second) { sum += a * b }
        return sum
    }
}
