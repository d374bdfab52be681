/// The rules that say which actions are admissible. Whatever chooses among them, none acts on a task with a
/// required slot missing, or with one unconfirmed that has to be confirmed.
public enum Rules {
    /// So many answers in a row that fit nothing, and giving up becomes admissible.
    static let patience = 3

    /// The admissible moves, the usual one first; never empty.
    public static func admissible(
        _ state: DialogueState, after development: Development, in book: TaskBook
    ) -> (moves: [Move], rule: Rule) {
        switch development.kind {
        case .farewell: ([Move(.end)], .farewell)
        case .greeted: ([Move(.answer)], .greeting)
        case .asked: ([Move(.answer)], .question)
        case .cancelled: ([Move(.cancel)], .cancelled)
        case .corrected: ([Move(.answer)], .correction)
        case .correctedUnsurely: ([Move(.clarify)], .correctionUnsure)
        case .refused: ([Move(.clarify), Move(.cancel)], .refused)
        case .unserved: ([Move(.clarify)], .noTask)
        case .unfitting, .unclear: ([Move(.clarify)], .notUnderstood)
        case .began, .filled, .changed, .confirmed:
            next(state, in: book) ?? ([Move(.clarify)], .notUnderstood)
        }
    }

    /// What the current goal needs next; nil when there is none.
    public static func next(_ state: DialogueState, in book: TaskBook) -> (moves: [Move], rule: Rule)? {
        guard let goal = state.goal, let task = book.task(named: goal.task) else { return nil }
        let missing = state.missingSlots(in: book)
        guard missing.isEmpty else {
            return (missing.map { Move(.askMissingInfo, slot: $0.name) }, .missingSlot)
        }
        guard isConfirmed(goal, task) else { return ([Move(.confirm)], .unconfirmed) }
        return ([Move(task.action)], .ready)
    }

    private static func isConfirmed(_ goal: Goal, _ task: DialogueTask) -> Bool {
        if task.confirmation != nil { return goal.isConfirmed }
        return task.slots.allSatisfy { slot in
            !slot.needsConfirmation || goal.slots[slot.name]?.isConfirmed ?? true
        }
    }

    /// Takes the usual move, and what follows it.
    public static func decide(
        _ state: DialogueState, after development: Development, in book: TaskBook
    ) -> Decision {
        let (moves, rule) = admissible(state, after: development, in: book)
        let move = moves.first ?? Move(.clarify)
        return Decision(
            move: move, then: following(move, state, in: book), rule: rule, admissible: moves, propensity: 1)
    }

    /// Where a move leaves a task open, its question is asked again.
    private static func following(_ move: Move, _ state: DialogueState, in book: TaskBook) -> Move? {
        var later = state
        switch move.action {
        case .askMissingInfo, .confirm, .end: return nil
        case .answer, .cancel: break
        case .clarify:
            guard state.expectation != .change else { return nil }
            if case .intent = state.expectation { return nil }
        default: later.complete()
        }
        return next(later, in: book)?.moves.first { $0.action == .askMissingInfo || $0.action == .confirm }
    }
}

extension DialogueState {
    /// Goes on by what was decided.
    public mutating func follow(_ decision: Decision) {
        lastAction = decision.move.action
        switch decision.move.action {
        case .askMissingInfo, .confirm, .answer, .clarify, .cancel: break
        case .end:
            goals = []
            expectation = nil
        default: complete()
        }
        switch decision.then ?? decision.move {
        case let move where move.action == .askMissingInfo: expectation = move.slot.map(Expectation.slot)
        case let move where move.action == .confirm: expectation = .confirmation
        default: break
        }
    }

    /// The current goal is done.
    mutating func complete() {
        guard let goal = goals.popLast() else { return }
        completed = goal
        expectation = nil
    }

    /// The state after a session's turns and decisions.
    public init(
        session: String, createdAt: Int64, replaying turns: some Sequence<(UserTurn, Decision)>,
        in book: TaskBook
    ) {
        self.init(session: session, createdAt: createdAt)
        for (turn, decision) in turns {
            _ = take(turn, in: book)
            follow(decision)
        }
    }
}
