/// What is kept of conversations.
public struct ConversationSettings: Sendable, Hashable {
    /// Whether turns are kept at all.
    public var isKept: Bool
    /// Days after which they are removed.
    public var days: Int

    public init(isKept: Bool = true, days: Int = 30) {
        self.isKept = isKept
        self.days = days
    }
}

/// How the writing of conversations gets on.
public struct ConversationStatus: Sendable, Hashable {
    public let isKept: Bool
    /// Turns that are not written yet.
    public let waiting: Int
    /// Turns that were never written, since the start.
    public let lost: Int
    /// Why turns or their archive are not written at the moment; nil while all is well.
    public let fault: String?

    public init(isKept: Bool, waiting: Int, lost: Int, fault: String?) {
        self.isKept = isKept
        self.waiting = waiting
        self.lost = lost
        self.fault = fault
    }
}

/// A sign of life of the writer of conversations.
public struct WriterPulse: Sendable, Hashable {
    /// Whether something is due to be written.
    public let isBusy: Bool
    /// Counts up with every batch.
    public let steps: Int

    public init(isBusy: Bool, steps: Int) {
        self.isBusy = isBusy
        self.steps = steps
    }
}
