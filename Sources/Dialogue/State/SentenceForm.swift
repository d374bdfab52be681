/// The form of a sentence, whatever it is about.
public struct SentenceForm: Sendable, Hashable {
    /// Whether it ends or begins as a question does, and asks for nothing to be done: "could you book me in?" does.
    public let asks: Bool

    /// Whether it begins as what asks for something to be done does.
    public let requests: Bool

    /// Whether it is a single word, or a greeting.
    public let isShort: Bool

    /// Whether it is a pleasantry and nothing else.
    public let isCourteous: Bool

    /// - Parameter isPart: of a longer sentence, whose end says nothing of the form of this part.
    public init(_ text: String, isPart: Bool = false) {
        let (cues, words) = (Cues(text), Words.of(text))
        isCourteous = cues.courtesy != nil
        requests = RequestWords.begin(words)
        asks = (isPart ? RequestWords.ask(words) : cues.isQuestion) && !requests
        isShort = cues.wordCount < 2 || cues.greets
    }
}
