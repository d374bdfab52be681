/// What the policy knows where it chooses.
///
/// Nothing in it names a task, a slot or a word, so that what is learnt in one task serves another.
public struct Situation: Sendable {
    /// Numbers that describe a move, each from 0 to 1:
    ///
    /// | | |
    /// |---|---|
    /// | 0 | 1 |
    /// | 1 | required slots that are missing, of 4 |
    /// | 2 | answers in a row that fitted nothing, of 3 |
    /// | 3 | values the user gave a turn of the goal, of 3 |
    /// | 4 | of the slots asked for: the share filled from word lists |
    /// | 5 | of the slots asked for: the share with the type of another that is missing |
    /// | 6 | the place of the first slot asked for among those missing, of 4 |
    /// | 7 | whether something was just changed or refused |
    /// | 8 | whether the task has to be confirmed |
    public static let featureCount = 9

    /// Where a dialogue stands, in words: `collecting 2` with two slots missing.
    public let step: String
    private let missing: [Slot]
    /// Of the move features those that do not depend on the move, and zeros.
    private let shared: [Double]

    /// - Parameters:
    ///   - state: after the turn was taken in.
    ///   - development: what the turn did.
    public init(_ state: DialogueState, after development: Development, in book: TaskBook) {
        missing = state.missingSlots(in: book)
        step = Self.step(of: state, missing: missing.count, in: book)
        var shared = [Double](repeating: 0, count: Self.featureCount)
        shared[0] = 1
        shared[1] = Self.share(missing.count, of: 4)
        if let goal = state.goal {
            let turns = max(1, state.turns - goal.begunAt + 1)
            shared[2] = Self.share(goal.misses, of: 3)
            shared[3] = Self.share(goal.slots.count, of: 3 * turns)
            let task = book.task(named: goal.task)
            let isConfirmed =
                task?.confirmation != nil || task?.slots.contains(where: \.needsConfirmation) ?? false
            shared[8] = isConfirmed ? 1 : 0
        }
        shared[7] = [.changed, .refused].contains(development.kind) ? 1 : 0
        self.shared = shared
    }

    /// - Returns: shape (featureCount).
    func features(of move: Move) -> [Double] {
        var features = shared
        let asked = missing.filter { move.slots.contains($0.name) }
        guard let first = asked.first else { return features }
        let listed = asked.count { if case .named = $0.type { true } else { false } }
        let doubtful = asked.count { slot in
            missing.contains { $0.type == slot.type && $0.name != slot.name }
        }
        features[4] = Self.share(listed, of: asked.count)
        features[5] = Self.share(doubtful, of: asked.count)
        features[6] = Self.share(missing.firstIndex(of: first) ?? 0, of: 4)
        return features
    }

    /// The moves with their features.
    public func options(_ moves: [Move]) -> [MoveOption] {
        moves.map { MoveOption(kind: MoveKind($0), features: features(of: $0)) }
    }

    static func step(of state: DialogueState, in book: TaskBook) -> String {
        step(of: state, missing: state.missingSlots(in: book).count, in: book)
    }

    private static func step(of state: DialogueState, missing: Int, in book: TaskBook) -> String {
        let step = state.currentStep(in: book)
        guard state.goal != nil, step == "collecting" else { return step }
        return missing == 0 ? "ready" : "collecting \(min(missing, 4))"
    }

    private static func share(_ count: Int, of whole: Int) -> Double {
        whole <= 0 ? 0 : min(1, Double(count) / Double(whole))
    }
}

/// A move as the policy sees it.
public struct MoveOption: Codable, Sendable, Hashable {
    public let kind: MoveKind
    /// Shape (Situation.featureCount), each from 0 to 1.
    public let features: [Double]

    public init(kind: MoveKind, features: [Double]) {
        precondition(
            features.count == Situation.featureCount, "a move has \(features.count) features")
        self.kind = kind
        self.features = features
    }
}
