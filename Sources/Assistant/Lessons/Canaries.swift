internal import Learning
internal import Storage

/// Examples that must stay right, and which of them are.
struct Canaries: Sendable {
    /// More are refused: each costs a prediction before and after every guarded lesson.
    static let most = 500

    private let examples: [Example]
    /// Of the head at `event`, in this generation of it.
    private var known: (event: EventID, generation: Int, areRight: [Bool])?
    /// Of the head that was looked at last, which may come in force.
    private var candidate: [Bool]?

    init(_ examples: [Example] = []) { self.examples = examples }

    var isEmpty: Bool { examples.isEmpty }

    /// Whether one that is right by the classifier in force is wrong by a candidate.
    ///
    /// - Complexity: O(canaries · intents · d), some 0.1 ms each.
    mutating func breaks(
        _ candidate: IntentClassifier, after current: IntentClassifier, at event: EventID, of generation: Int
    ) -> Bool {
        let before =
            known.flatMap { $0.event == event && $0.generation == generation ? $0.areRight : nil }
            ?? areRight(by: current)
        known = (event, generation, before)
        let after = areRight(by: candidate)
        guard !zip(before, after).contains(where: { $0 && !$1 }) else { return true }
        self.candidate = after
        return false
    }

    /// The head is at `event` now: by the candidate when that was learnt, and else as it was.
    mutating func settle(at event: EventID, of generation: Int) {
        if let areRight = candidate ?? known?.areRight { known = (event, generation, areRight) }
        candidate = nil
    }

    private func areRight(by classifier: IntentClassifier) -> [Bool] {
        examples.map { classifier.rank($0.features).best?.intent == $0.intent }
    }
}
