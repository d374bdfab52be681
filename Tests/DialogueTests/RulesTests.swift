import Dialogue
import Testing

/// Whatever is said, and whichever admissible move is chosen, nothing is done with a task too early.
@Suite struct RulesTests {
    @Test(arguments: 0..<200) func `nothing is done too early`(_ seed: UInt64) {
        var random = SplitMix(seed)
        let book = TaskBook.clinic
        var state = DialogueState(session: "s", createdAt: 0)
        for number in 1...40 {
            let development = state.take(random.turn(number), in: book)
            let (moves, rule) = Rules.admissible(state, after: development, in: book)
            #expect(!moves.isEmpty)
            for move in moves { state.expectNotTooEarly(move, in: book) }
            let usual = Rules.decide(state, after: development, in: book)
            #expect(moves.contains(usual.move))
            // Any admissible choice, not only the usual one.
            let move = moves[Int(random.next() % UInt64(moves.count))]
            state.follow(
                Decision(move: move, then: nil, rule: rule, admissible: moves, propensity: 1))
        }
    }
}

extension DialogueState {
    /// A task's action needs its required slots, and what has to be confirmed confirmed.
    func expectNotTooEarly(_ move: Move, in book: TaskBook) {
        guard !Action.known.contains(move.action) || move.action == .fetchData else { return }
        guard let goal, let task = book.task(named: goal.task) else {
            Issue.record("\(move.action.rawValue) without a goal")
            return
        }
        #expect(move.action == task.action)
        for slot in task.slots where slot.isRequired { #expect(goal.slots[slot.name] != nil) }
        if task.confirmation != nil { #expect(goal.isConfirmed) }
        for slot in task.slots where slot.needsConfirmation {
            #expect(goal.slots[slot.name]?.isConfirmed ?? true)
        }
    }
}

/// Random numbers that are the same everywhere.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func turn(_ number: Int) -> UserTurn {
        let texts = [
            "no", "yes", "never mind", "what is that?", "book it instead", "not tomorrow", "hello", "cancel",
            "actually the blood test", "it is for my knee", "i meant something else",
        ]
        let intents = [
            "request_data", "book_appointment", "ask_question", "confirmation", "correction",
            "end_conversation",
        ]
        let candidates = [
            SlotCandidate(type: "date", text: "d", values: ["2026-01-12"], bytes: 0..<1, confidence: 1),
            SlotCandidate(type: "date", text: "e", values: ["2025-12-12"], bytes: 0..<1, confidence: 1),
            SlotCandidate(type: "time", text: "t", values: ["03:00", "15:00"], bytes: 0..<1, confidence: 1),
            SlotCandidate(
                type: "datetime", text: "x", values: ["2026-02-01T10:00"], bytes: 0..<1, confidence: 1),
            SlotCandidate(type: "report_type", text: "r", values: ["x_ray"], bytes: 0..<1, confidence: 1),
        ]
        let chosen = candidates.filter { _ in next() % 4 == 0 }
        let answers: [Bool?] = [true, false, nil, nil]
        let tasks: [String?] = ["get_report", "book_appointment", "gone", nil, nil, nil]
        return UserTurn(
            number: number, isFresh: next() % 50 == 0, text: texts.randomElement(using: &self) ?? "",
            time: Int64(number), today: "2026-01-09", intent: intents.randomElement(using: &self),
            confidence: Double(next() % 100) / 100, isOutOfScope: false, candidates: chosen,
            answer: answers.randomElement(using: &self) ?? nil,
            task: tasks.randomElement(using: &self) ?? nil,
            correction: next() % 30 == 0
                ? IntentCorrection(
                    turn: max(1, number - 1), rejected: "request_data", meant: ["ask_question"])
                : nil)
    }
}
