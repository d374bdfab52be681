/// A dialogue with the episodes it is in the middle of: both a pure function of its turns and the decisions after
/// each.
public struct DialogueCourse: Sendable {
    public var state: DialogueState
    private var recorder = EpisodeRecorder()

    /// So long a task that was done may be taken up again before it counts, in microseconds.
    public static let reconsideration: Int64 = 300_000_000

    public init(session: String, createdAt: Int64) {
        state = DialogueState(session: session, createdAt: createdAt)
    }

    /// The course after a session's turns, and the decisions that were made then.
    public init(
        session: String, createdAt: Int64, replaying turns: some Sequence<(UserTurn, Decision)>,
        in book: TaskBook
    ) {
        self.init(session: session, createdAt: createdAt)
        for (turn, decision) in turns {
            guard turn.isTakenBack != true else {
                state.pass(turn)
                continue
            }
            let before = state
            let development = state.take(turn, in: book)
            _ = follow(decision, development, since: before, in: book)
        }
    }

    /// Goes on by what was decided after the last turn.
    ///
    /// - Parameters:
    ///   - development: what the turn did.
    ///   - before: the state before it.
    /// - Returns: the episodes that are over.
    public mutating func follow(
        _ decision: Decision, _ development: Development, since before: DialogueState, in book: TaskBook
    ) -> [Episode] {
        let over = recorder.take(before, development, state, decision, in: book)
        state.follow(decision)
        return over
    }

    /// When its episodes are over if nothing more is said, in microseconds since 1970, UTC; nil when none is left.
    ///
    /// - Parameter lifetime: seconds after which a dialogue begins anew.
    public func end(lifetime: Int) -> Int64? {
        if recorder.isOpen { return state.updatedAt + Int64(lifetime) * 1_000_000 }
        return recorder.isDone ? state.updatedAt + Self.reconsideration : nil
    }

    /// Its episodes are over, and count.
    public mutating func endEpisodes() -> [Episode] { recorder.finish() }
}
