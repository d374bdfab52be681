internal import Synchronization

/// What became of a message at once.
public enum DialogueStep: Sendable {
    case taken(Result<DialogueTurn, AssistantError>)
    /// It waits for data, or behind one of its session that does.
    case waiting(WaitingTurn)

    /// The turn. Data that it waits for are read here.
    public func get() throws(AssistantError) -> DialogueTurn {
        switch self {
        case .taken(let result): try result.get()
        case .waiting(let waiting): try waiting.finish { false }.get()
        }
    }
}

/// A message that becomes a turn of its session once data are read that somebody else may keep, such as a database of the
/// user's. Until then it has changed nothing; one that nobody finishes was never said.
public final class WaitingTurn: Sendable {
    public let session: String
    private let take: @Sendable (_ isGivenUp: () -> Bool) -> Result<DialogueTurn, AssistantError>
    private let leave: @Sendable () -> Void
    private let hasLeft = Atomic<Bool>(false)

    /// - Parameters:
    ///   - take: reads what it wants to know, and takes it.
    ///   - leave: called once, when what is said next in the session need not wait for it.
    init(
        session: String,
        take: @escaping @Sendable (_ isGivenUp: () -> Bool) -> Result<DialogueTurn, AssistantError>,
        leave: @escaping @Sendable () -> Void
    ) {
        self.session = session
        self.take = take
        self.leave = leave
    }

    deinit { end() }

    /// Reads the data and takes the turn. Those of one session are to be finished one after another, in the order in which they
    /// were said, and each once.
    ///
    /// - Parameter isGivenUp: asked now and then; once it is true the message is as if it had not been said.
    /// - Returns: `cancelled` when it was given up.
    public func finish(isGivenUp: () -> Bool) -> Result<DialogueTurn, AssistantError> {
        defer { end() }
        return take(isGivenUp)
    }

    private func end() {
        if !hasLeft.exchange(true, ordering: .relaxed) { leave() }
    }
}
