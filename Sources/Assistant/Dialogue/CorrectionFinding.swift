internal import Dialogue

/// Finds out whether a message corrects what the turn before it was taken for, and what that meant.
struct CorrectionFinding {
    /// From here on a meant intent is certain enough to be learnt without a question.
    static let certain = 0.7
    /// From here on an intent needs no lesson that confirms it.
    private static let sure = 0.9
    /// Of so many likely intents one is asked for.
    private static let mostChoices = 3
    /// Below, an intent is not offered.
    private static let likely = 0.05
    /// Fewer words beside the values of slots say nothing but those.
    private static let fewestWords = 3

    /// How a text is understood, for itself.
    let understand: (String) -> Understanding?

    /// A correction, and what the sentence is without the words that correct.
    typealias Finding = (correction: IntentCorrection, rest: Understanding?)

    /// - Parameter candidates: what in the text may fill slots.
    /// - Returns: nil where nothing is corrected, or a value of a slot is.
    func correction(
        by text: String, _ prediction: Prediction, _ candidates: [SlotCandidate], in state: DialogueState
    ) -> Finding? {
        guard let said = state.previous, let rejected = said.intent, !isAsked(state) else { return nil }
        let words = CorrectionWords(text)
        let isCorrection = prediction.intent == KnownIntent.correction && prediction.confidence >= 0.5
        let hasRest = words.remainingWords(beside: candidates.map(\.bytes)) >= Self.fewestWords
        guard words.corrects || isCorrection, hasRest || words.rejects && candidates.isEmpty else {
            return nil
        }
        let rest = hasRest ? understand(words.remainder) : nil
        let choices = choices(rest ?? understand(said.text), asks: words.asks && hasRest, without: rejected)
        if words.asks, hasRest, rejected == KnownIntent.question {
            // Taken for what it was, but not surely: that it was asked is a lesson all the same.
            guard said.confidence < Self.sure else { return nil }
            return (IntentCorrection(turn: said.number, rejected: rejected, meant: [rejected]), rest)
        }
        // What is said anew in the same sense corrects nothing.
        if rest?.intent == rejected, !isCorrection, !words.rejects { return nil }
        guard let first = choices.first else { return nil }
        if let rest, first.probability >= Self.certain, words.asks || rest.isClear {
            let correction = IntentCorrection(turn: said.number, rejected: rejected, meant: [first.intent])
            return (correction, rest)
        }
        guard choices.count > 1, candidates.isEmpty else { return nil }
        return (
            IntentCorrection(turn: said.number, rejected: rejected, meant: choices.map(\.intent)), rest
        )
    }

    /// A no to a question is an answer.
    private func isAsked(_ state: DialogueState) -> Bool {
        switch state.expectation {
        case .confirmation, .change, .intent: true
        case .slots, nil: false
        }
    }

    /// The likely intents with the share each has of what is left without the rejected one, the likeliest first; two at
    /// least, if there are as many.
    ///
    /// - Parameter asks: whether the sentence says that something was asked.
    private func choices(_ understanding: Understanding?, asks: Bool, without rejected: String)
        -> [RankedLabel]
    {
        let left = (understanding?.ranked ?? []).filter { label in
            label.intent != rejected && label.intent != KnownIntent.correction
        }
        let weighed = left.map { label in
            RankedLabel(
                intent: label.intent,
                probability: label.probability * Self.weight(of: label.intent, asks: asks))
        }
        let total = weighed.reduce(0) { $0 + $1.probability }
        guard total > 0 else { return [] }
        let shares = weighed.map { RankedLabel(intent: $0.intent, probability: $0.probability / total) }
            .sorted { ($1.probability, $0.intent) < ($0.probability, $1.intent) }
        let likely = shares.prefix { $0.probability >= Self.likely }.count
        return Array(shares.prefix(min(max(likely, 2), Self.mostChoices)))
    }

    /// Who puts a mistake right seldom meant a yes or a goodbye, and who says that he asked, asked.
    private static func weight(of intent: String, asks: Bool) -> Double {
        if intent == KnownIntent.question { return asks ? 10 : 1 }
        return [KnownIntent.clarification, KnownIntent.confirmation, KnownIntent.farewell].contains(intent)
            ? 0.3 : 1
    }
}
