/// The form of a sentence, whatever it is about.
public struct SentenceForm: Sendable, Hashable {
    /// Whether it ends or begins as a question does.
    public let asks: Bool

    /// Whether it is a single word, or a greeting.
    public let isShort: Bool

    /// Whether it is a pleasantry and nothing else.
    public let isCourteous: Bool

    public init(_ text: String) {
        let cues = Cues(text)
        isCourteous = cues.courtesy != nil
        asks = cues.isQuestion
        isShort = cues.wordCount < 2 || cues.greets
    }
}
