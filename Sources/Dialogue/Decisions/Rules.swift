/// The rules that say which actions are admissible. Whatever chooses among them, none acts on a task with a
/// required slot missing, or with one unconfirmed that has to be confirmed.
public enum Rules {
    /// So many answers in a row that fit nothing, and giving up becomes admissible.
    static let patience = 3
    /// One question asks for no more slots.
    static let mostSlots = 3
    /// Longer word lists are not read out.
    static let mostChoices = 8

    /// The admissible moves, the usual one first; never empty.
    public static func admissible(
        _ state: DialogueState, after development: Development, in book: TaskBook
    ) -> (moves: [Move], rule: Rule) {
        switch development.kind {
        case .farewell: ([Move(.end)], .farewell)
        case .greeted: ([Move(.answer)], .greeting)
        case .thanked, .praised: ([Move(.answer)], .courtesy)
        case .asked: ([Move(.answer)], .question)
        case .cancelled: ([Move(.cancel)], .cancelled)
        case .tooLate: ([Move(.answer)], .tooLate)
        case .corrected: ([Move(.answer)], .correction)
        case .correctedUnsurely: ([Move(.clarify)], .correctionUnsure)
        case .refused: ([Move(.clarify)] + givingUp(state), .refused)
        case .unserved: ([Move(.clarify)], .noTask)
        case .unfitting: ([Move(.clarify)] + instead(state, in: book), .notUnderstood)
        case .unclear: ([Move(.clarify)], .notUnderstood)
        case .began, .filled, .changed, .confirmed:
            next(state, in: book) ?? ([Move(.clarify)], .notUnderstood)
        }
    }

    /// What the current goal needs next; nil when there is none.
    public static func next(_ state: DialogueState, in book: TaskBook) -> (moves: [Move], rule: Rule)? {
        guard let goal = state.goal, let task = book.task(named: goal.task) else { return nil }
        let missing = state.missingSlots(in: book)
        guard missing.isEmpty else {
            return (missing.map { Move(.askMissingInfo, slots: [$0.name]) } + together(missing), .missingSlot)
        }
        guard isConfirmed(goal, task) else { return ([Move(.confirm)], .unconfirmed) }
        // What needs no confirmation may be confirmed once.
        return ([Move(task.action)] + (goal.isConfirmed ? [] : [Move(.confirm)]), .ready)
    }

    /// Questions for the first two missing slots, and three, of those that a part of an answer fills.
    private static func together(_ missing: [Slot]) -> [Move] {
        let slots = missing.filter { $0.type != .text && $0.type != .entity(.boolean) }.map(\.name)
        return (2...mostSlots).filter { $0 <= slots.count }.map { count in
            Move(.askMissingInfo, slots: Array(slots.prefix(count)))
        }
    }

    /// What may be done about an answer that fits nothing, besides saying so: to ask again with the choices, to
    /// ask for another slot first, to give up.
    private static func instead(_ state: DialogueState, in book: TaskBook) -> [Move] {
        guard state.goal != nil, case .slots(let asked) = state.expectation else { return [] }
        let missing = state.missingSlots(in: book)
        let told = missing.filter { slot in
            asked.contains(slot.name) && book.choices(for: slot).map { $0.count <= mostChoices } ?? false
        }
        let others = missing.filter { !asked.contains($0.name) }
        return told.prefix(1).map { Move(.askMissingInfo, slots: [$0.name], namesChoices: true) }
            + others.prefix(1).map { Move(.askMissingInfo, slots: [$0.name]) }
            + givingUp(state)
    }

    /// What was said so far is lost by it, so only who has not been understood several times is spared more.
    private static func givingUp(_ state: DialogueState) -> [Move] {
        (state.goal?.misses ?? 0) >= patience ? [Move(.cancel)] : []
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
        decide(state, after: development, in: book) { _ in (0, 1) }
    }

    /// Takes one of the admissible moves, and what follows it.
    ///
    /// - Parameters:
    ///   - policy: the version of what chooses.
    ///   - choose: gives the place of one among them, and the probability with which it is chosen.
    static func decide(
        _ state: DialogueState, after development: Development, in book: TaskBook, policy: Int? = nil,
        choosing choose: ([Move]) -> (place: Int, propensity: Double)
    ) -> Decision {
        let (moves, rule) = admissible(state, after: development, in: book)
        let (place, propensity) = choose(moves)
        let move = moves[place]
        return Decision(
            move: move, then: following(move, state, by: rule, in: book), rule: rule, admissible: moves,
            propensity: propensity, policy: policy)
    }

    /// Where a move leaves a task open, its question is asked again.
    private static func following(
        _ move: Move, _ state: DialogueState, by rule: Rule, in book: TaskBook
    ) -> Move? {
        var later = state
        switch move.action {
        case .askMissingInfo, .confirm, .end: return nil
        case .answer: break
        case .cancel: later.giveUp(by: rule)
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
        case .askMissingInfo, .confirm, .answer, .clarify: break
        case .cancel: giveUp(by: decision.rule)
        case .end:
            goals = []
            expectation = nil
        default: complete()
        }
        switch decision.then ?? decision.move {
        case let move where move.action == .askMissingInfo: expectation = .slots(move.slots)
        case let move where move.action == .confirm: expectation = .confirmation
        default: break
        }
    }

    /// The current goal is given up, unless the user has done so.
    mutating func giveUp(by rule: Rule) {
        guard rule != .cancelled, !goals.isEmpty else { return }
        goals.removeLast()
        expectation = nil
    }

    /// The current goal is done.
    mutating func complete() {
        guard let goal = goals.popLast() else { return }
        completed = goal
        expectation = nil
    }
}
