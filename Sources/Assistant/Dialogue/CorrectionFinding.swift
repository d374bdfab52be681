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
    /// The cosine from which on two sentences are about the same.
    private static let related: Float = 0.4
    /// Fewer words beside the values of slots say nothing but those.
    private static let fewestWords = 3

    let book: TaskBook
    /// How a text is understood, for itself.
    let understand: (String) -> Understanding?

    /// A correction, and what the sentence is without the words that correct.
    typealias Finding = (correction: IntentCorrection, rest: Understanding?)

    /// - Parameters:
    ///   - text: the sentence.
    ///   - detected: what it corrects, by its words and the head.
    ///   - candidates: what in the text may fill slots.
    /// - Returns: nil where nothing is corrected, or a value of a slot is.
    func correction(
        by text: String, _ detected: CorrectionDetector, _ candidates: [SlotCandidate],
        in state: DialogueState
    ) -> Finding? {
        let (words, isNamed) = (detected.words, detected.isNamed)
        guard let said = state.previous, let rejected = said.intent, said.canBeCorrected, !isAsked(state),
            // "I don't want the x-ray, I was asking if it is there" takes a value back, but says more.
            words.asks && words.explains || !state.isTakenBack(by: text, candidates, in: book)
        else { return nil }
        // "If there's one": no number.
        let candidates = candidates.filter { $0.text.lowercased() != "one" }
        let hasRest = words.remainingWords(beside: candidates.map(\.bytes)) >= Self.fewestWords
        // What the head alone takes for a correction has to name what it is about: "oh no!" puts nothing right.
        guard detected.correctsMeaning || isNamed && words.sharesWord(with: said.text), !words.goesOn,
            hasRest || words.rejects && (candidates.isEmpty || words.asks)
        else { return nil }
        // What was understood surely is put right by words that say so only.
        guard words.isStrong || isNamed || said.confidence < Self.sure else { return nil }
        let rest = hasRest ? understand(words.remainder) : nil
        // What is about something else is something new.
        if let rest, !isAbout(said, words, rest) { return nil }
        if words.asks, hasRest, rejected == KnownIntent.question {
            // Taken for what it was, but not surely: that it was asked is a lesson all the same.
            guard said.confidence < Self.sure, words.isStrong else { return nil }
            return (IntentCorrection(turn: said.number, rejected: rejected, meant: [rejected]), rest)
        }
        // What is said anew in the same sense corrects nothing.
        if rest?.intent == rejected, !isNamed, !words.rejects { return nil }
        return finding(words, rest, said, rejected, isValued: !candidates.isEmpty)
    }

    /// - Parameter isValued: whether the sentence may fill slots.
    private func finding(
        _ words: CorrectionWords, _ rest: Understanding?, _ said: SaidTurn, _ rejected: String,
        isValued: Bool
    ) -> Finding? {
        let choices = choices(
            rest ?? understand(said.text), asks: words.asks && rest != nil, without: rejected)
        guard let first = choices.first else { return nil }
        if let rest, first.probability >= Self.certain,
            words.asks || rest.isClear && rest.intent == first.intent
        {
            return (IntentCorrection(turn: said.number, rejected: rejected, meant: [first.intent]), rest)
        }
        guard !isValued || words.rejects && words.asks else { return nil }
        let offered = choices.map(\.intent) + (choices.count < 2 ? [rejected] : [])
        return (IntentCorrection(turn: said.number, rejected: rejected, meant: offered), rest)
    }

    /// Whether what remains of a sentence is about an earlier turn.
    private func isAbout(_ said: SaidTurn, _ words: CorrectionWords, _ rest: Understanding) -> Bool {
        if words.refersBack || words.sharesWord(with: said.text) || words.rejects && words.asks {
            return true
        }
        return understand(said.text).map { rest.nearness(to: $0.sentence) >= Self.related } ?? false
    }

    /// A no to a question is an answer.
    private func isAsked(_ state: DialogueState) -> Bool {
        switch state.expectation {
        case .confirmation, .change, .intent: true
        case .slots, nil: false
        }
    }

    /// The likely intents with the share each has of what is left without the rejected one and those that are about the
    /// talk itself, the likeliest first: who puts a mistake right did not mean a yes or a goodbye.
    ///
    /// - Parameter asks: whether the sentence says that something was asked.
    private func choices(
        _ understanding: Understanding?, asks: Bool, without rejected: String
    ) -> [RankedLabel] {
        let left = (understanding?.ranked ?? []).filter { label in
            label.intent != rejected && !KnownIntent.aboutTheTalk.contains(label.intent)
        }
        let weighed = left.map { label in
            let weight: Double = asks && label.intent == KnownIntent.question ? 10 : 1
            return RankedLabel(intent: label.intent, probability: label.probability * weight)
        }
        let total = weighed.reduce(0) { $0 + $1.probability }
        guard total > 0 else { return [] }
        let shares = weighed.map { RankedLabel(intent: $0.intent, probability: $0.probability / total) }
            .sorted { ($1.probability, $0.intent) < ($0.probability, $1.intent) }
        return Array(shares.prefix { $0.probability >= Self.likely }.prefix(Self.mostChoices))
    }
}

extension SaidTurn {
    /// Answers to a question, a yes and a greeting are not what is put right.
    fileprivate var canBeCorrected: Bool {
        !isAnswer && intent != KnownIntent.confirmation && !SentenceForm(text).isShort
    }
}
