/// A backup that is ready to be taken away.
public struct Backup: Sendable {
    public let file: Download
    /// The newest event in it.
    public let event: Int64
    /// Of the head that its log makes.
    public let digest: String

    public init(file: Download, event: Int64, digest: String) {
        self.file = file
        self.event = event
        self.digest = digest
    }
}

/// What a backup that was restored has brought.
public struct RestoredBackup: Sendable, Hashable {
    /// The newest event of the log.
    public let event: Int64
    /// Of the head now.
    public let digest: String
    public let intents: Int
    /// Events in the log.
    public let events: Int
    /// Of the head that a replay of the whole log from nothing gives; nil unless that was asked for.
    public let replayedDigest: String?
    /// The folder where the state before lies.
    public let previous: String

    public init(
        event: Int64, digest: String, intents: Int, events: Int, replayedDigest: String?, previous: String
    ) {
        self.event = event
        self.digest = digest
        self.intents = intents
        self.events = events
        self.replayedDigest = replayedDigest
        self.previous = previous
    }
}

/// How a backup is restored.
public struct RestoreTerms: Sendable, Hashable {
    /// Whether to replay its whole log from nothing before anything changes.
    public let isProved: Bool
    /// Whether the state before stays on the disk beyond the next start.
    public let keepsPrevious: Bool

    public init(isProved: Bool = false, keepsPrevious: Bool = false) {
        self.isProved = isProved
        self.keepsPrevious = keepsPrevious
    }
}
