/// Makes the episodes of a session from its turns and decisions, in their order.
public struct EpisodeRecorder: Sendable {
    /// Which goal an episode is of.
    private struct Key: Hashable {
        let task: String
        let begunAt: Int

        init(_ goal: Goal) {
            task = goal.task
            begunAt = goal.begunAt
        }
    }

    private var open: [(key: Key, episode: Episode)] = []
    /// Done with the last decision: the next turn may take it up again.
    private var done: Episode?

    public init() {}

    /// Whether a goal is under way.
    public var isOpen: Bool { !open.isEmpty }

    /// Whether what was done last may still be taken up again.
    public var isDone: Bool { done != nil }

    /// Takes in a turn that the state has taken in, and the decision after it, which has not been followed yet.
    ///
    /// - Parameters:
    ///   - before: the state before the turn.
    ///   - after: the state after it.
    /// - Returns: the episodes that are over.
    public mutating func take(
        _ before: DialogueState, _ development: Development, _ after: DialogueState, _ decision: Decision,
        in book: TaskBook
    ) -> [Episode] {
        let step = Situation.step(of: after, in: book)
        takeOutcome(of: before, development, step)
        var over = takeBeginnings(after, development, step)
        over += takeEnds(after, isMistake: development.kind == .corrected)
        if let goal = after.goal { add(decision, to: Key(goal), after, development, in: book) }
        over += takeEnds(after, decision)
        return over
    }

    /// The session goes on no more.
    ///
    /// - Returns: the episodes that are over with that.
    public mutating func finish() -> [Episode] {
        let over = [done].compactMap(\.self) + open.map { Self.ended($0.episode, .abandoned, "left") }
        open = []
        done = nil
        return over.filter { !$0.transitions.isEmpty }
    }

    /// The turn is what came of the last decision about the goal that was current.
    private mutating func takeOutcome(
        of before: DialogueState, _ development: Development, _ step: String
    ) {
        guard let goal = before.goal, let place = open.firstIndex(where: { $0.key == Key(goal) }) else {
            return
        }
        Self.add(Self.outcome(of: development), step, to: &open[place].episode)
        Self.addReward(-Outcome.costOfTurn, to: &open[place].episode)
    }

    private mutating func takeBeginnings(
        _ after: DialogueState, _ development: Development, _ step: String
    ) -> [Episode] {
        let last = done
        done = nil
        let known = Set(open.map(\.key))
        guard let goal = after.goals.last(where: { !known.contains(Key($0)) }) else {
            return [last].compactMap(\.self)
        }
        if var last, development.kind != .began, last.task == goal.task {
            Self.add(.corrected, step, to: &last)
            // It was not done after all.
            Self.addReward(-Outcome.completed.reward - Outcome.costOfTurn, to: &last)
            open.append((Key(goal), last))
            return []
        }
        open.append((Key(goal), Episode(task: goal.task)))
        return [last].compactMap(\.self)
    }

    /// What the turn ended: the user left it, or it began by a mistake and tells nothing.
    private mutating func takeEnds(_ after: DialogueState, isMistake: Bool) -> [Episode] {
        let left = Set(after.goals.map(Key.init))
        let over = open.filter { !left.contains($0.key) }
        open.removeAll { !left.contains($0.key) }
        guard !isMistake else { return [] }
        return over.map { Self.ended($0.episode, .abandoned, "left") }.filter { !$0.transitions.isEmpty }
    }

    /// What the decision ends.
    private mutating func takeEnds(_ after: DialogueState, _ decision: Decision) -> [Episode] {
        var followed = after
        followed.follow(decision)
        let left = Set(followed.goals.map(Key.init))
        let over = open.filter { !left.contains($0.key) }
        open.removeAll { !left.contains($0.key) }
        guard followed.completed != after.completed || MoveKind(decision.move) == .act else {
            return over.map { Self.ended($0.episode, .abandoned, "left") }
                .filter { !$0.transitions.isEmpty }
        }
        done = over.last.map { Self.ended($0.episode, .completed, "done") }
        return []
    }

    private mutating func add(
        _ decision: Decision, to key: Key, _ after: DialogueState, _ development: Development,
        in book: TaskBook
    ) {
        guard let place = open.firstIndex(where: { $0.key == key }),
            let chosen = decision.admissible.firstIndex(of: decision.move), decision.propensity > 0,
            decision.propensity <= 1
        else { return }
        let situation = Situation(after, after: development, in: book)
        open[place].episode.transitions.append(
            Transition(
                step: situation.step, options: situation.options(decision.admissible), chosen: chosen,
                propensity: decision.propensity, policy: decision.policy, turn: after.turns,
                time: after.updatedAt))
    }

    private static func ended(_ episode: Episode, _ outcome: Outcome, _ next: String) -> Episode {
        var episode = episode
        // Whoever takes a task back has been counted when he did.
        let isCounted = outcome == .abandoned && episode.transitions.contains { $0.outcome == .abandoned }
        if isCounted {
            if let last = episode.transitions.indices.last {
                episode.transitions[last].outcome = outcome
                episode.transitions[last].next = next
            }
        } else {
            add(outcome, next, to: &episode)
        }
        return episode
    }

    private static func add(_ outcome: Outcome, _ next: String, to episode: inout Episode) {
        guard let last = episode.transitions.indices.last else { return }
        episode.transitions[last].outcome = outcome
        episode.transitions[last].next = next
        addReward(outcome.reward, to: &episode)
    }

    private static func addReward(_ reward: Double, to episode: inout Episode) {
        guard let last = episode.transitions.indices.last else { return }
        episode.transitions[last].reward += reward
    }

    private static func outcome(of development: Development) -> Outcome {
        switch development.kind {
        case .filled: .answered
        case .confirmed: .confirmed
        case .changed: .corrected
        case .refused: .refused
        case .unfitting, .unclear, .unserved: .missed
        case .asked, .began, .greeted, .thanked, .praised, .tooLate: .asked
        case .corrected, .correctedUnsurely: .rejected
        case .cancelled, .farewell: .abandoned
        }
    }
}
