/// The form of a sentence, whatever it is about.
public struct SentenceForm: Sendable, Hashable {
    /// Whether it ends or begins as a question does.
    public let asks: Bool

    public init(_ text: String) { asks = Cues(text).isQuestion }
}
