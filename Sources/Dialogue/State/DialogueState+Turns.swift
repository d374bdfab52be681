extension DialogueState {
    /// Below, an intent is not believed against what the words say.
    static let believed = 0.5
    static let sure = 0.75
    /// An answer that picks one of several has no more words.
    private static let longestChoice = 4

    /// Takes in what was said.
    ///
    /// - Complexity: O(candidates · slots).
    public mutating func take(_ turn: UserTurn, in book: TaskBook) -> Development {
        if turn.isFresh { expire() }
        turns = turn.number
        clock = turn.clock ?? clock
        updatedAt = turn.time
        lastIntent = turn.intent
        forgetUnknownTasks(book)
        let reading = Reading(turn)
        if let correction = turn.correction { return take(correction, reading, in: book) }
        if case .intent(let question) = expectation {
            expectation = nil
            if let answer = choice(in: turn, of: question) { return take(answer, reading, in: book) }
        }
        if let courtesy = reading.courtesy(after: expectation) {
            return Development(courtesy == .thanks ? .thanked : .praised)
        }
        previous = SaidTurn(
            number: turn.number, text: turn.text, isAnswer: expectation != nil, intent: turn.intent,
            confidence: turn.confidence)
        if cancels(reading, in: book), !begins(another: turn.task) || reading.cues.deniesWish {
            return cancel()
        }
        if goal == nil, let done = completed, reading.cancels(done.task),
            turn.task == nil || reading.cues.deniesWish
        {
            return Development(.tooLate)
        }
        if let development = takeAnswer(reading, in: book) { return development }
        if let task = turn.task, book.task(named: task) != nil, !reading.cues.deniesWish,
            !isAnswer(reading, in: book)
        {
            return take(task, reading, in: book)
        }
        if let development = takeValues(reading, in: book) { return development }
        return takeRest(reading, in: book)
    }

    /// A turn with what its words do.
    private struct Reading {
        let turn: UserTurn
        let cues: Cues
        /// Something that was said is put right.
        let corrects: Bool
        /// Without those that are said not to be meant.
        private let said: [SlotCandidate]
        /// Of these, what is said of the first task, where there are several.
        let candidates: [SlotCandidate]

        init(_ turn: UserTurn) {
            self.turn = turn
            let cues = Cues(turn.text)
            self.cues = cues
            corrects = turn.corrects ?? CorrectionDetector(turn.text).corrects
            // Who takes his leave "for today" names no day.
            said = cues.closes ? [] : turn.candidates.filter { !cues.negation.denies($0.bytes) }
            let end = turn.further?.first?.start ?? .max
            candidates = said.filter { $0.bytes.lowerBound < end }
        }

        func cancels(_ task: String?) -> Bool { cues.cancels(task, isValued: !turn.candidates.isEmpty) }

        /// What is said of a further task.
        func candidates(of further: FurtherTask) -> [SlotCandidate] {
            let end = turn.further?.map(\.start).filter { $0 > further.start }.min() ?? .max
            return said.filter { (further.start..<end).contains($0.bytes.lowerBound) }
        }

        var moment: SaidMoment { SaidMoment(today: turn.today, now: turn.now) }

        /// A plain yes or no: what asks, hesitates or says both is neither.
        var answer: Bool? {
            guard !cues.isQuestion, cues.wordCount <= 8 else { return nil }
            if turn.answer == false { return false }
            guard !cues.objects else { return nil }
            return turn.answer ?? (isIntent(KnownIntent.confirmation) && !turn.isOutOfScope ? true : nil)
        }

        /// A pleasantry that answers nothing: "ok, great" agrees where a yes is asked for, "thank you" does not.
        func courtesy(after expectation: Expectation?) -> Courtesy? {
            let agrees = expectation == .confirmation && turn.answer == true
            return agrees || !candidates.isEmpty ? nil : cues.courtesy
        }

        /// Whether what is wanted is understood.
        var isServable: Bool {
            guard let intent = turn.intent, !KnownIntent.answers.contains(intent) else { return false }
            return isIntent(intent) && !turn.isOutOfScope
        }

        /// What ends everything is believed only when it is sure.
        var isFarewell: Bool {
            turn.intent == KnownIntent.farewell && turn.confidence >= DialogueState.sure && !turn.isOutOfScope
        }

        func isIntent(_ intent: String) -> Bool {
            turn.intent == intent && turn.confidence >= DialogueState.believed
        }
    }

    /// Goes past a turn that was taken back: all is what it was before, but for the time.
    public mutating func pass(_ turn: UserTurn) {
        if turn.isFresh { expire() }
        (turns, updatedAt) = (turn.number, turn.time)
        clock = turn.clock ?? clock
    }

    /// The same where the state after that turn is all that is known of it.
    public mutating func pass(to later: DialogueState) {
        (turns, updatedAt, clock) = (later.turns, later.updatedAt, later.clock)
    }

    private var asked: [String] {
        if case .slots(let names) = expectation { names } else { [] }
    }

    /// Tasks may have gone from the file.
    private mutating func forgetUnknownTasks(_ book: TaskBook) {
        let current = goal?.begunAt
        goals.removeAll { book.task(named: $0.task) == nil }
        if current != goal?.begunAt { expectation = nil }
        let task = goal.flatMap { book.task(named: $0.task) }
        if asked.contains(where: { task?.slot(named: $0) == nil }) { expectation = nil }
    }

    private func begins(another task: String?) -> Bool {
        task != nil && task != goal?.task
    }

    /// A short sentence that has what was asked for begins no other task.
    private func isAnswer(_ reading: Reading, in book: TaskBook) -> Bool {
        guard !asked.isEmpty, begins(another: reading.turn.task), reading.cues.wordCount <= 5,
            let values = filling(reading, in: book)?.outcome(of: reading.candidates).values
        else { return false }
        return asked.contains { values[$0] != nil }
    }

    /// Whether a sentence takes back what is going on, or a value of it: then it says nothing of what was meant before.
    ///
    /// - Parameter candidates: what in it may fill slots.
    public func isTakenBack(by text: String, _ candidates: [SlotCandidate], in book: TaskBook) -> Bool {
        let cues = Cues(text)
        if let goal = goal ?? completed, cues.cancels(goal.task, isValued: !candidates.isEmpty) {
            return true
        }
        return (goal ?? completed).map { !Self.emptied($0, by: cues, candidates, [:], in: book).isEmpty }
            ?? false
    }

    private func cancels(_ reading: Reading, in book: TaskBook) -> Bool {
        // "Cancel the reminder" leaves the rest.
        guard let goal, reading.cancels(goal.task) else { return false }
        return Self.emptied(goal, by: reading.cues, reading.turn.candidates, [:], in: book).isEmpty
    }

    /// The slots of a goal whose values a sentence takes out without giving others.
    private static func emptied(
        _ goal: Goal, by cues: Cues, _ candidates: [SlotCandidate], _ values: [String: SlotFilling.Said],
        in book: TaskBook
    ) -> [String] {
        let slots = book.task(named: goal.task)?.slots ?? []
        return slots.filter { slot in
            guard let old = goal.slots[slot.name] else { return false }
            let isKept = values[slot.name].map { $0.value == old.value } ?? true
            return isKept && cues.takesOut(old, of: slot, candidates)
        }.map(\.name)
    }

    private func filling(_ reading: Reading, in book: TaskBook) -> SlotFilling? {
        guard let goal, let task = book.task(named: goal.task) else { return nil }
        return SlotFilling(
            task: task, known: goal.slots, asked: asked, corrects: reading.corrects,
            moment: reading.moment, cues: reading.cues)
    }

    private mutating func cancel() -> Development {
        goals.removeLast()
        expectation = nil
        return Development(.cancelled)
    }

    // MARK: Corrections of what an earlier turn was taken for

    /// What was begun by a mistake ends.
    private mutating func take(
        _ correction: IntentCorrection, _ reading: Reading, in book: TaskBook
    ) -> Development {
        if let goal, goal.begunAt == correction.turn {
            goals.removeLast()
            expectation = nil
        }
        guard correction.meant.count == 1, let meant = correction.meant.first else {
            expectation = .intent(correction)
            return Development(.correctedUnsurely)
        }
        guard meant != correction.rejected || reading.turn.correction != nil else {
            return Development(.unclear)
        }
        if previous?.number == correction.turn { previous?.intent = meant }
        guard let task = reading.turn.task, book.task(named: task) != nil else {
            return Development(.corrected, lesson: correction)
        }
        var development = take(task, reading, in: book)
        development.lesson = correction
        return development
    }

    /// The intent that an answer picks among those that were offered.
    private func choice(in turn: UserTurn, of question: IntentCorrection) -> IntentCorrection? {
        let words = Words.of(turn.text).map(\.folded)
        guard words.count <= Self.longestChoice else { return nil }
        let said = Set(words)
        let named = question.meant.filter { intent in
            let words = Words.of(intent.replacing("_", with: " ")).map(\.folded)
            return !words.isEmpty && words.allSatisfy(said.contains)
        }
        let ordinals = [["first", "one", "1"], ["second", "two", "2"], ["third", "three", "3"]]
        let numbered = zip(question.meant, ordinals).filter { !said.isDisjoint(with: $1) }.map(\.0)
        let picked = named.count == 1 ? named : numbered
        guard picked.count == 1 else { return nil }
        return IntentCorrection(turn: question.turn, rejected: question.rejected, meant: picked)
    }

    // MARK: Yes and no

    private mutating func takeAnswer(_ reading: Reading, in book: TaskBook) -> Development? {
        guard expectation == .confirmation, let goal else { return nil }
        let values = filling(reading, in: book)?.outcome(of: reading.candidates).values ?? [:]
        let changes = values.filter { goal.slots[$0.key]?.value != $0.value.value }
        guard changes.isEmpty,
            Self.emptied(goal, by: reading.cues, reading.turn.candidates, values, in: book).isEmpty
        else { return nil }
        switch reading.answer {
        case false? where reading.cues.closes: return nil
        case true?:
            confirm()
            return Development(.confirmed)
        case false?:
            expectation = .change
            return Development(.refused)
        case nil: return nil
        }
    }

    private mutating func confirm() {
        expectation = nil
        guard var goal = goals.popLast() else { return }
        goal.isConfirmed = true
        goal.misses = 0
        for name in goal.slots.keys { goal.slots[name]?.isConfirmed = true }
        goals.append(goal)
    }

    // MARK: Tasks and values

    private mutating func take(_ task: String, _ reading: Reading, in book: TaskBook) -> Development {
        let isNew = begins(another: task)
        if isNew {
            if reading.cues.replaces, goal != nil { goals.removeLast() }
            goals.removeAll { $0.task == task }
            goals.append(Goal(task: task, begunAt: turns))
            expectation = nil
        }
        let later = queue(reading, in: book)
        var filled = fill(reading, in: book)
        filled.later = later
        if !isNew, filled.slots.isEmpty, filled.emptied.isEmpty, later.isEmpty {
            return filled.refusal.map { Development(.unfitting, refusal: $0) } ?? takeRest(reading, in: book)
        }
        return filled.development(isNew ? .began : filled.changes ? .changed : .filled)
    }

    /// What else a sentence begins waits beneath the task that is current.
    ///
    /// - Returns: the tasks.
    private mutating func queue(_ reading: Reading, in book: TaskBook) -> [String] {
        var later: [String] = []
        for further in reading.turn.further ?? [] where further.task != goal?.task {
            guard let task = book.task(named: further.task) else { continue }
            let filling = SlotFilling(
                task: task, known: [:], asked: [], corrects: false, moment: reading.moment, cues: reading.cues
            )
            var waiting = Goal(task: task.name, begunAt: turns)
            waiting.slots = filling.outcome(of: reading.candidates(of: further)).values.mapValues {
                FilledSlot(value: $0.value, text: $0.text, turn: turns)
            }
            goals.removeAll { $0.task == task.name }
            goals.insert(waiting, at: max(0, goals.count - 1))
            later.append(task.name)
        }
        return later
    }

    private mutating func takeValues(_ reading: Reading, in book: TaskBook) -> Development? {
        reopen(reading, in: book)
        guard goal != nil else { return nil }
        let filled = fill(reading, in: book)
        if !filled.slots.isEmpty || !filled.emptied.isEmpty {
            return filled.development(filled.changes ? .changed : .filled)
        }
        return filled.refusal.map { Development(.unfitting, refusal: $0) }
    }

    /// "No, the 9th" after a task was done takes it up again.
    private mutating func reopen(_ reading: Reading, in book: TaskBook) {
        guard goal == nil, let done = completed, reading.corrects, reading.cues.wordCount <= 7,
            let task = book.task(named: done.task)
        else { return }
        let filling = SlotFilling(
            task: task, known: done.slots, asked: [], corrects: true, moment: reading.moment,
            cues: reading.cues)
        let values = filling.outcome(of: reading.candidates).values
        guard
            !values.isEmpty
                || !Self.emptied(done, by: reading.cues, reading.turn.candidates, values, in: book).isEmpty
        else { return }
        var goal = Goal(task: done.task, begunAt: turns)
        goal.slots = done.slots
        goals.append(goal)
    }

    /// What a turn gave the slots.
    private struct Filled {
        var slots: [String] = []
        var assumed: [String] = []
        /// Those that have none any more.
        var emptied: [String] = []
        /// Whether one had another value.
        var changes = false
        var refusal: Refusal?
        /// Tasks that the sentence begins beside.
        var later: [String] = []

        func development(_ kind: Development.Kind) -> Development {
            Development(kind, slots: slots, assumed: assumed, refusal: refusal, later: later)
        }
    }

    private mutating func fill(_ reading: Reading, in book: TaskBook) -> Filled {
        guard let filling = filling(reading, in: book), var goal = goals.last else { return Filled() }
        var outcome = filling.outcome(of: reading.candidates)
        if outcome.values.isEmpty, let answer = wholeAnswer(reading, in: filling.task) {
            outcome = SlotFilling.Outcome(values: answer)
        }
        var filled = Filled(
            slots: outcome.values.keys.sorted(),
            assumed: outcome.values.filter(\.value.isAssumed).keys.sorted(),
            emptied: Self.emptied(goal, by: reading.cues, reading.turn.candidates, outcome.values, in: book),
            refusal: outcome.refusal)
        filled.changes = !filled.emptied.isEmpty
        guard !outcome.values.isEmpty || filled.changes else { return filled }
        for name in filled.emptied { goal.slots[name] = nil }
        for (name, said) in outcome.values where !filled.emptied.contains(name) {
            if let old = goal.slots[name], old.value != said.value { filled.changes = true }
            goal.slots[name] = FilledSlot(value: said.value, text: said.text, turn: turns)
        }
        if let withdrawn = outcome.withdrawn { goal.slots[withdrawn] = nil }
        goal.misses = 0
        if filled.changes || outcome.withdrawn != nil { goal.isConfirmed = false }
        goals[goals.count - 1] = goal
        expectation = nil
        return filled
    }

    /// A slot that takes any text, and one for a yes or no.
    private func wholeAnswer(
        _ reading: Reading, in task: DialogueTask
    ) -> [String: SlotFilling.Said]? {
        guard asked.count == 1, let slot = asked.first.flatMap(task.slot(named:)) else { return nil }
        let text = reading.turn.text
        func said(_ value: String) -> [String: SlotFilling.Said] {
            [slot.name: .init(value: value, text: text, end: text.utf8.count, isAssumed: false)]
        }
        switch slot.type {
        case .text where !reading.cues.isQuestion && !reading.cues.closes: return said(text)
        case .entity(.boolean): return reading.turn.answer.map { said($0 ? "yes" : "no") }
        default: return nil
        }
    }

    // MARK: The rest

    /// "That's all for today" ends the talk, but is no answer to whether something is right.
    private func closes(_ reading: Reading) -> Bool {
        let isAsked = expectation == .confirmation || expectation == .change
        return reading.cues.closes && (!isAsked || reading.turn.answer == false)
    }

    private mutating func takeRest(_ reading: Reading, in book: TaskBook) -> Development {
        if reading.cues.greets { return Development(.greeted) }
        let leaves = reading.isFarewell && (goal == nil || reading.cues.leaves)
        if leaves || closes(reading) { return Development(.farewell) }
        if reading.cues.isQuestion || reading.isIntent(KnownIntent.question) { return Development(.asked) }
        guard goal != nil else { return Development(reading.isServable ? .unserved : .unclear) }
        if !asked.isEmpty || expectation == .confirmation || expectation == .change {
            goals[goals.count - 1].misses += 1
            return Development(.unfitting)
        }
        return Development(.unclear)
    }
}
