/// Whether a sentence puts right what was understood before it: a value or what was meant.
///
/// Its words and the head decide together. The head knows how corrections sound once it was taught so, and that "no, that
/// will be all" is none; the words know them before, and whatever the sentence is about beside. So a sentence corrects
/// if the head takes it for that, or if its words say so and the head takes it for nothing else that is about the talk:
/// a yes, a goodbye, an answer.
public struct CorrectionDetector: Sendable, Hashable {
    /// From here on the head is believed.
    private static let believed = 0.5

    public let words: CorrectionWords
    /// Whether the head takes the sentence for a correction.
    public let isNamed: Bool
    /// Whether something is put right, be it a value.
    public let corrects: Bool
    /// Whether it can say what an earlier sentence meant. For that its words have to say so: the head alone also knows
    /// "oh no!", and words that change a value are too few without it.
    public let correctsMeaning: Bool

    /// - Parameters:
    ///   - text: the sentence.
    ///   - share: the probability from 0 to 1 that the head gives an intent, 0 for one that it does not know.
    /// - Complexity: O(words · phrases).
    public init(_ text: String, share: (String) -> Double = { _ in 0 }) {
        let words = CorrectionWords(text)
        let rivals = KnownIntent.aboutTheTalk.subtracting([KnownIntent.correction])
        let isRival = rivals.reduce(0) { $0 + share($1) } >= Self.believed
        self.words = words
        // "Oh, that's great": nothing is put right, whatever the head says.
        let isCourteous = SentenceForm(text).isCourteous
        isNamed = share(KnownIntent.correction) >= Self.believed
        // Who speaks of what he asked or wanted does not take his leave, whatever the head says.
        let says = words.corrects && (!isRival || words.explains)
        corrects = !isCourteous && (isNamed || says || words.changes && !isRival)
        correctsMeaning = !isCourteous && (says || isNamed && words.changes)
    }
}
