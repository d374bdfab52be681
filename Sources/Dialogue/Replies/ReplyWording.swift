/// Words replies from templates alone: no model is needed, and no value changes.
public struct ReplyWording: Sendable {
    public let book: TaskBook
    public let phrases: Phrases

    public init(_ book: TaskBook, phrases: Phrases = Phrases()) {
        self.book = book
        self.phrases = phrases
    }

    /// The reply.
    ///
    /// - Parameters:
    ///   - before: the state the decision was made in.
    ///   - found: the data; nil where none were looked for.
    ///   - isLearnt: whether what a correction taught is in force.
    public func reply(
        to decision: Decision, after development: Development, _ before: DialogueState,
        found: FoundData? = nil, isLearnt: Bool = true
    ) -> String {
        let noted = development.lesson.map { _ in isLearnt ? phrases.corrected : phrases.notLearnt }
        let said = words(of: decision, after: development, before, found: found)
        let later = development.later.isEmpty || decision.then != nil ? nil : phrases.afterwards
        let notes = [
            noted, refusal(in: development), assumption(in: development, before, besides: said), later,
        ]
        return (notes + [said]).compactMap(\.self).joined(separator: " ")
    }

    /// What of the sentence is not taken, beside what is.
    private func refusal(in development: Development) -> String? {
        guard let refusal = development.refusal, development.kind != .unfitting else { return nil }
        return "\"\(refusal.text)\"? \(phrase(for: refusal))"
    }

    /// What was taken for one of the things that it may mean, unless the reply has the value anyway.
    private func assumption(
        in development: Development, _ state: DialogueState, besides said: String?
    ) -> String? {
        let values = development.assumed.compactMap { state.goal?.slots[$0]?.value }
            .map { $0.replacing("_", with: " ") }
            .filter { said?.contains($0) != true }
        return values.isEmpty ? nil : "\(phrases.assumed) \(values.joined(separator: ", "))."
    }

    private func phrase(for refusal: Refusal) -> String {
        switch refusal.reason {
        case .invalid: phrases.invalid
        case .past: phrases.past
        }
    }

    /// - Returns: nil where that something is learnt says all.
    private func words(
        of decision: Decision, after development: Development, _ before: DialogueState, found: FoundData?
    ) -> String? {
        let isAll = development.kind == .corrected && decision.move.action == .answer
        let first = isAll ? nil : sentence(for: decision.move, after: development, before, found: found)
        guard let then = decision.then else { return first }
        var later = before
        later.follow(
            Decision(
                move: decision.move, then: nil, rule: decision.rule, admissible: [], propensity: 1))
        let second = sentence(for: then, after: development, later, found: nil)
        return [first, second].compactMap(\.self).joined(separator: " ")
    }

    private func sentence(
        for move: Move, after development: Development, _ state: DialogueState, found: FoundData?
    ) -> String {
        let task = state.goal.flatMap { book.task(named: $0.task) }
        let slots = state.goal?.slots ?? [:]
        switch move.action {
        case .askMissingInfo: return task.flatMap { question(for: move, of: $0, slots) } ?? phrases.unclear
        case .confirm: return question(confirming: task, slots)
        case .answer: return answer(to: development)
        case .clarify: return clarification(development, state)
        case .cancel: return phrases.cancelled
        case .end: return phrases.farewell
        default:
            guard let task else { return phrases.done }
            switch found {
            case .unreadable: return phrases.unreadable
            case .rows([]): return task.nothingFound?.filled(with: slots) ?? phrases.nothingFound
            // Never a model's words: who asks for a result wants each value beside its label, all of them, at once and
            // the same each time. A rewording can only leave some out, or be refused by the check a second later.
            case .rows(let rows): return task.reply.filled(with: slots, rows: rows)
            case nil: return task.reply.filled(with: slots, rows: [])
            }
        }
    }

    private func answer(to development: Development) -> String {
        switch development.kind {
        case .greeted: phrases.greeting
        case .thanked: phrases.welcome
        case .praised: phrases.pleased
        case .tooLate: phrases.tooLate
        default: phrases.noAnswer
        }
    }

    private func clarification(_ development: Development, _ state: DialogueState) -> String {
        switch development.kind {
        case .refused: return phrases.change
        case .unfitting:
            let fault = development.refusal.map(phrase) ?? phrases.unfitting
            return state.expectation == .change ? "\(fault) \(phrases.change)" : fault
        case .correctedUnsurely:
            guard case .intent(let question) = state.expectation else { return phrases.unclear }
            let choices = question.meant.map { $0.replacing("_", with: " ") }
            return "\(phrases.didYouMean) \(choices.joined(separator: ", "))?"
        case .unserved: return phrases.noTask
        default: return phrases.unclear
        }
    }

    /// The questions of the slots, one after the other, and the choices where they are to be named.
    private func question(
        for move: Move, of task: DialogueTask, _ values: [String: FilledSlot]
    ) -> String? {
        let slots = move.slots.compactMap(task.slot(named:))
        guard !slots.isEmpty else { return nil }
        var sentences = slots.map { $0.question.filled(with: values) }
        if move.namesChoices, let choices = slots.first.flatMap(book.choices(for:)) {
            let named = choices.map { $0.replacing("_", with: " ") }
            sentences.append("\(phrases.choices) \(named.joined(separator: ", ")).")
        }
        return sentences.joined(separator: " ")
    }

    private func question(confirming task: DialogueTask?, _ slots: [String: FilledSlot]) -> String {
        guard let task else { return phrases.unclear }
        if let confirmation = task.confirmation { return confirmation.filled(with: slots) }
        let needing = task.slots.filter(\.needsConfirmation)
        let values = (needing.isEmpty ? task.slots : needing).compactMap { slot in
            slots[slot.name].map { "\(slot.name): \($0.value)" }
        }
        return "\(values.joined(separator: ", "))?".replacing("_", with: " ")
    }
}
