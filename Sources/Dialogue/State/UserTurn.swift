/// What was said and how it was understood: all that a dialogue's state depends on, with the decisions.
public struct UserTurn: Codable, Sendable, Hashable {
    /// Its place in the session, from 1; erased turns leave gaps.
    public let number: Int
    /// Whether so much time had passed that the dialogue begins anew.
    public let isFresh: Bool
    /// Set with this turn; nil where it stays as it was.
    public let clock: SessionClock?
    public let text: String
    /// Microseconds since 1970, UTC.
    public let time: Int64
    /// The day it was said, in the session's time zone: `2026-01-09`.
    public let today: String
    /// The time of day then: `10:00`; nil in turns that were kept without.
    public let now: String?
    /// Nil while nothing has been learnt.
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Double
    public let isOutOfScope: Bool
    /// In the order of the text, none over another of its type.
    public let candidates: [SlotCandidate]
    /// Yes or no, where the sentence is or begins with that.
    public let answer: Bool?
    /// The task that its words begin, if any.
    public let task: String?
    /// What other tasks it begins, in the order of the text; nil for none.
    public let further: [FurtherTask]?
    /// Nil where no earlier turn's intent is corrected.
    public let correction: IntentCorrection?
    /// Whether it puts something right, be it a value; nil in turns that were kept before this was told: then its words
    /// alone say it.
    public let corrects: Bool?
    /// Whether what it taught was taken back: then it did nothing. Nil for no.
    public private(set) var isTakenBack: Bool?

    public init(
        number: Int, isFresh: Bool = false, clock: SessionClock? = nil, text: String, time: Int64,
        today: String, now: String? = nil, intent: String?, confidence: Double, isOutOfScope: Bool,
        candidates: [SlotCandidate], answer: Bool?, task: String?, further: [FurtherTask]? = nil,
        correction: IntentCorrection? = nil, corrects: Bool? = nil
    ) {
        self.number = number
        self.isFresh = isFresh
        self.clock = clock
        self.text = text
        self.time = time
        self.today = today
        self.now = now
        self.intent = intent
        self.confidence = confidence
        self.isOutOfScope = isOutOfScope
        self.candidates = candidates
        self.answer = answer
        self.task = task
        self.further = further
        self.correction = correction
        self.corrects = corrects
    }

    /// The same turn once what it taught was taken back.
    public var takenBack: UserTurn {
        var turn = self
        turn.isTakenBack = true
        return turn
    }
}

/// A task that a part of a sentence begins, after another one: "my blood test, and then book me an appointment".
public struct FurtherTask: Codable, Sendable, Hashable {
    public let task: String
    /// Where its part begins, in bytes of UTF-8.
    public let start: Int

    public init(task: String, start: Int) {
        self.task = task
        self.start = start
    }
}

/// That an earlier turn was taken for the wrong intent.
public struct IntentCorrection: Codable, Sendable, Hashable {
    /// Which turn of the session it was, from 1.
    public let turn: Int
    /// What that was taken for.
    public let rejected: String
    /// What was meant, the likeliest first; one alone is certain enough to be learnt.
    public let meant: [String]

    public init(turn: Int, rejected: String, meant: [String]) {
        self.turn = turn
        self.rejected = rejected
        self.meant = meant
    }
}
