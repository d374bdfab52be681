public import Knowledge
internal import Storage

/// What somebody says of the answer to a question.
public struct AnswerFeedback: Sendable, Hashable {
    /// A sentence of a passage.
    public struct Place: Sendable, Hashable {
        public let passage: PassageID
        /// In the passage's text, in bytes of UTF-8.
        public let span: Range<Int>

        public init(passage: PassageID, span: Range<Int>) {
            self.passage = passage
            self.span = span
        }
    }

    /// The question, and what it is answered from.
    public let query: KnowledgeQuery
    public let isRight: Bool
    /// The sentences that answer it, or do not. Where there are none, it is about what the question gets now: a quotation, or
    /// that it is declined.
    public let places: [Place]
    public let contributor: Contributor
    public let standing: Lesson.Standing
    /// Whether it counts for everybody's answers and not only for those of who says it.
    public let isForAll: Bool

    public init(
        _ query: KnowledgeQuery, isRight: Bool, places: [Place] = [], by contributor: Contributor,
        standing: Lesson.Standing = .owner, isForAll: Bool = false
    ) {
        self.query = query
        self.isRight = isRight
        self.places = places
        self.contributor = contributor
        self.standing = standing
        self.isForAll = isForAll
    }
}

/// A sentence, and what is known of it as an answer from now on.
public struct JudgedSentence: Sendable, Hashable {
    public let event: Int64
    public let citation: AnswerCitation
    /// Whether it answers the question.
    public let isRight: Bool

    public init(event: Int64, citation: AnswerCitation, isRight: Bool) {
        self.event = event
        self.citation = citation
        self.isRight = isRight
    }
}

/// What was said of an answer, as the log has it.
public enum AnswerJudgement: String, Sendable, Hashable {
    /// For who said it alone.
    case right, wrong
    case rightForAll = "right_for_all"
    case wrongForAll = "wrong_for_all"

    init(_ verdict: StoredJudgement.Verdict) {
        self =
            switch verdict {
            case .right: .right
            case .wrong: .wrong
            case .rightForAll: .rightForAll
            case .wrongForAll: .wrongForAll
            }
    }
}
