package import Learning

/// A text to be understood, perhaps as the answer to a previous turn.
public struct Utterance: Sendable, Hashable {
    /// What is done with the tokens beyond the encoder's limit.
    public enum Overflow: Sendable, Hashable { case truncate, fail }

    public let text: String
    /// What the system said before; cut silently at the encoder's limit.
    public let context: String?
    public let overflow: Overflow
    /// Who says it; in a session it is a turn of that.
    public let speaker: Contributor?

    public init(
        _ text: String, context: String? = nil, overflow: Overflow = .truncate, by speaker: Contributor? = nil
    ) {
        self.text = text
        self.context = context
        self.overflow = overflow
        self.speaker = speaker
    }
}

extension Utterance {
    /// What is left without the marks of its slots, and the slots; nil where none is marked.
    ///
    /// - Throws: `badSlots`.
    fileprivate func unmarked() throws(AssistantError) -> (utterance: Utterance, slots: [SlotSpan]?) {
        do throws(SlotMarkupError) {
            let annotated = try AnnotatedText(parsing: text)
            let utterance = Utterance(annotated.text, context: context, overflow: overflow, by: speaker)
            return (utterance, annotated.spans.isEmpty ? nil : annotated.spans)
        } catch {
            throw .badSlots(error.description)
        }
    }
}

/// Who speaks or teaches.
public struct Contributor: Sendable, Hashable {
    public let uid: UInt32
    public let pid: Int32
    public let session: String?

    public init(uid: UInt32, pid: Int32, session: String? = nil) {
        self.uid = uid
        self.pid = pid
        self.session = session
    }
}

/// One example given while running.
public struct Lesson: Sendable, Hashable {
    /// What its teacher is to the daemon.
    public enum Standing: Sendable, Hashable {
        /// Believed without question.
        case owner
        case ordinary
    }

    public let utterance: Utterance
    public let intent: String
    public let contributor: Contributor
    public let standing: Standing
    /// Whether it was taken from what was said, and nobody gave the intent.
    public let isSelfCorrection: Bool
    /// Nil when nobody says which slots the text has.
    package let slots: [SlotSpan]?

    public init(
        _ utterance: Utterance, intent: String, by contributor: Contributor, standing: Standing = .owner,
        isSelfCorrection: Bool = false
    ) {
        self.init(
            utterance, slots: nil, intent: intent, by: contributor, standing: standing,
            isSelfCorrection: isSelfCorrection)
    }

    /// A text with its slots marked, `show my [blood test](report_type)`; one without marks is taught as it is.
    ///
    /// - Throws: `badSlots`.
    public init(
        marked utterance: Utterance, intent: String, by contributor: Contributor,
        standing: Standing = .owner
    ) throws(AssistantError) {
        let (plain, slots) = try utterance.unmarked()
        self.init(
            plain, slots: slots, intent: intent, by: contributor, standing: standing, isSelfCorrection: false)
    }

    private init(
        _ utterance: Utterance, slots: [SlotSpan]?, intent: String, by contributor: Contributor,
        standing: Standing, isSelfCorrection: Bool
    ) {
        self.utterance = utterance
        self.slots = slots
        self.intent = intent
        self.contributor = contributor
        self.standing = standing
        self.isSelfCorrection = isSelfCorrection
    }
}

/// One of many examples, to train on or to evaluate with.
public struct LabelledText: Sendable, Hashable {
    public let text: String
    public let intent: String
    public let context: String?
    /// Whether the slots of the text are marked: `show my [blood test](report_type)`.
    public let isMarked: Bool

    public init(text: String, intent: String, context: String? = nil, isMarked: Bool = false) {
        self.text = text
        self.intent = intent
        self.context = context
        self.isMarked = isMarked
    }

    /// What is said, and its slots; nil when nobody says which it has.
    ///
    /// - Throws: `badSlots`.
    func read() throws(AssistantError) -> (utterance: Utterance, slots: [SlotSpan]?) {
        let utterance = Utterance(text, context: context)
        return isMarked ? try utterance.unmarked() : (utterance, nil)
    }
}
