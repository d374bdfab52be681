/// What somebody said of an answer: that a sentence answers a question, or does not.
///
/// It has no word of the sentence, so that what was taught of a document is no copy of it.
public struct AnswerLesson: Sendable, Hashable {
    let pair: JudgedPair
    /// `SupportFeatures` of the sentence for the question when it was judged; a later version may have others.
    let values: [Float]
    /// Whether the sentence answers the question.
    public let isRight: Bool
}

/// A question and a sentence, as far as they are the same again.
struct JudgedPair: Sendable, Hashable {
    let question: QuestionKey
    let sentence: SentenceKey
}

/// A question without its articles, capitals, accents, marks and endings.
struct QuestionKey: Sendable, Hashable {
    private let rawValue: UInt64

    /// - Parameter text: as it was sent; of a very long one the end counts.
    init(_ text: String) { self.init(Word.words(of: GroundingCheck.asked(of: text))) }

    init(_ words: [Word]) {
        let stems = words.filter { !Self.empty.contains($0.folded) }.map(\.stem)
        rawValue = SupportHead.checksum(Array(stems.joined(separator: " ").utf8)[...])
    }

    private static let empty: Set<String> = ["a", "an", "the", "please"]
}

/// A sentence without its capitals, accents and marks.
struct SentenceKey: Sendable, Hashable {
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ sentence: ContextSentence) {
        rawValue = SupportHead.checksum(Array(sentence.words.map(\.folded).joined(separator: " ").utf8)[...])
    }
}

extension AnswerLesson {
    public init(_ sentence: SupportingSentence, of question: String, isRight: Bool) {
        pair = JudgedPair(question: QuestionKey(question), sentence: SentenceKey(sentence.sentence))
        values = sentence.features.values
        self.isRight = isRight
    }

    /// As a log keeps it, beside the question and what was said: the sentence's number, then the features; little-endian.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(integer: pair.sentence.rawValue)
        for value in values { bytes.append(integer: value.bitPattern) }
        return bytes
    }

    /// - Returns: nil for bytes that no lesson has.
    public init?(bytes: [UInt8], of question: String, isRight: Bool) {
        guard bytes.count >= 8, bytes.count % 4 == 0, bytes.count <= 8 + 4 * Self.mostValues else {
            return nil
        }
        func integer(_ range: Range<Int>) -> UInt64 {
            bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let values = stride(from: 8, to: bytes.count, by: 4).map {
            Float(bitPattern: UInt32(truncatingIfNeeded: integer($0..<$0 + 4)))
        }
        guard values.allSatisfy(\.isFinite) else { return nil }
        pair = JudgedPair(
            question: QuestionKey(question), sentence: SentenceKey(rawValue: integer(0..<8)))
        self.values = values
        self.isRight = isRight
    }

    /// Of any version.
    private static let mostValues = 1024
}
