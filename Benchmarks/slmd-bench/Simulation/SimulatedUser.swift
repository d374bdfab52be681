import Dialogue

/// SplitMix64: the same numbers everywhere.
struct SimulatedChance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func happens(_ probability: Double) -> Bool {
        Double(next() >> 11) / 9_007_199_254_740_992 < probability
    }

    /// One of them, as often as it is there; nil of none.
    mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &self) }
}

/// Somebody who wants a task done, and behaves as the users of the dialogues do.
///
/// Counted in the dialogues: how much is said at once, what is answered, in which order, in which words, how often
/// a mind is changed, and how often a task is left. Assumed: of what is said one value in 16 is not recognised and
/// one in 50 mistaken for another; who is not understood three times in a row leaves; who corrects names all values
/// of the wrong one's type, in the task's order; what was done wrongly is put right twice, and then left.
struct SimulatedUser {
    static let unheard = 1.0 / 16
    static let misheard = 1.0 / 50
    static let patience = 3
    static let mostRepairs = 2

    let service: SimulatedService
    let task: DialogueTask
    private let habits: UserStatistics
    /// What is wanted, by slot.
    private(set) var wanted: [String: String]
    private var chance: SimulatedChance
    private var misses = 0
    private var repairs = 0
    private var mayChange = true

    init(of services: [SimulatedService], habits: UserStatistics, seed: UInt64) {
        var chance = SimulatedChance(seed)
        let service = services[Int(chance.next() % UInt64(services.count))]
        let task = service.book.tasks[Int(chance.next() % UInt64(service.book.tasks.count))]
        var wanted: [String: String] = [:]
        for slot in task.slots where slot.isRequired || chance.happens(habits.optional) {
            wanted[slot.name] = chance.pick(service.values[slot.name] ?? [])
        }
        self.service = service
        self.task = task
        self.habits = habits
        self.wanted = wanted
        self.chance = chance
    }

    /// Whether a goal's slots are as they are wanted.
    func accepts(_ slots: [String: FilledSlot]) -> Bool { wrong(in: slots).isEmpty }

    mutating func opening(_ number: Int) -> UserTurn {
        let count = chance.pick(habits.opening) ?? 0
        return turn(
            number, saying: free(wanted.keys.sorted()).shuffled(using: &chance).prefix(count), begins: true)
    }

    /// What is said to a move; nil of one who leaves.
    ///
    /// - Parameter state: after the decision was followed.
    mutating func reply(_ number: Int, to decision: Decision, in state: DialogueState) -> UserTurn? {
        misses = decision.rule == .notUnderstood ? misses + 1 : 0
        guard misses < Self.patience, !chance.happens(habits.leaving) else { return nil }
        switch state.expectation {
        case .confirmation: return confirmation(number, state)
        case .slots(let asked): return answer(number, asked, decision, state)
        case .change: return correction(number, state)
        case .intent, nil:
            guard let done = state.completed, state.goal == nil, !accepts(done.slots) else { return nil }
            repairs += 1
            return repairs > Self.mostRepairs ? nil : correction(number, done.slots)
        }
    }

    private mutating func confirmation(_ number: Int, _ state: DialogueState) -> UserTurn {
        let slots = state.goal?.slots ?? [:]
        if mayChange, accepts(slots) {
            // A mind is changed once, where it is asked.
            mayChange = false
            if chance.pick(habits.changed) ?? false, let slot = chance.pick(free(slots.keys.sorted())) {
                wanted[slot] = chance.pick(service.values[slot] ?? []) ?? wanted[slot]
            }
        }
        guard accepts(slots) else { return correction(number, slots) }
        return turn(number, text: "yes", answer: true)
    }

    private mutating func correction(_ number: Int, _ state: DialogueState) -> UserTurn {
        correction(number, state.goal?.slots ?? [:])
    }

    private mutating func correction(_ number: Int, _ slots: [String: FilledSlot]) -> UserTurn {
        let wrong = wrong(in: slots).compactMap(task.slot(named:)).map(\.type)
        let named = task.slots.filter { wrong.contains($0.type) && wanted[$0.name] != nil }.map(\.name)
        return turn(number, saying: named[...], after: "no")
    }

    /// Slots whose values are not as wanted, of those that have one.
    private func wrong(in slots: [String: FilledSlot]) -> [String] {
        slots.filter { name, slot in wanted[name].map { $0 != slot.value } ?? false }.map(\.key).sorted()
    }

    private mutating func answer(
        _ number: Int, _ asked: [String], _ decision: Decision, _ state: DialogueState
    ) -> UserTurn {
        let single = asked.count == 1 ? task.slot(named: asked[0]) : nil
        if single?.type == .text { return turn(number, text: wanted[asked[0]] ?? "") }
        if single?.type == .entity(.boolean) { return turn(number, text: "yes", answer: true) }
        let share = chance.pick(habits.answered[asked.count] ?? []) ?? asked.count
        var said = asked
        while said.count > share { said.remove(at: Int(chance.next() % UInt64(said.count))) }
        if !(chance.pick(habits.inOrder) ?? true) { said.reverse() }
        let known = Set(state.goal?.slots.keys.map(\.self) ?? [])
        let others = free(wanted.keys.sorted()).filter { !known.contains($0) && !asked.contains($0) }
        said += others.shuffled(using: &chance).prefix(chance.pick(habits.volunteered) ?? 0)
        let move = decision.then ?? decision.move
        return turn(number, saying: said[...], choosesNames: move.namesChoices)
    }

    /// Slots that can be said beside others.
    private func free(_ slots: [String]) -> [String] {
        slots.filter { name in
            let type = task.slot(named: name)?.type
            return type != .text && type != .entity(.boolean) && wanted[name] != nil
        }
    }

    // MARK: Words

    private mutating func turn(
        _ number: Int, saying slots: ArraySlice<String>, after word: String? = nil, begins: Bool = false,
        choosesNames: Bool = false
    ) -> UserTurn {
        var pieces = [word ?? (begins ? "i need this" : nil)].compactMap(\.self)
        var entities: [SlotCandidate] = []
        for name in slots {
            guard let value = heard(name, choosesNames: choosesNames), let slot = task.slot(named: name)
            else {
                pieces.append("hm")
                continue
            }
            let start = pieces.joined(separator: ", ").utf8.count + (pieces.isEmpty ? 0 : 2)
            pieces.append(value)
            guard case .entity = slot.type else { continue }
            entities.append(
                SlotCandidate(
                    type: slot.type.name, text: value, values: [value],
                    bytes: start..<start + value.utf8.count, confidence: 1))
        }
        return turn(number, text: pieces.joined(separator: ", "), entities: entities, begins: begins)
    }

    /// The value that is understood; nil where none is.
    private mutating func heard(_ slot: String, choosesNames: Bool) -> String? {
        if chance.happens(Self.unheard) { return nil }
        if chance.happens(Self.misheard) { return chance.pick(service.values[slot] ?? []) }
        if service.categorical.contains(slot), !choosesNames, chance.pick(habits.reworded) ?? false {
            return nil
        }
        return wanted[slot]
    }

    private func turn(
        _ number: Int, text: String, entities: [SlotCandidate] = [], answer: Bool? = nil, begins: Bool = false
    ) -> UserTurn {
        let listed = service.book.lists.flatMap { $0.values(in: text) }
        return UserTurn(
            number: number, text: text, time: Int64(number), today: "2019-03-01",
            intent: answer == true ? KnownIntent.confirmation : task.name, confidence: 0.9,
            isOutOfScope: false,
            candidates: (listed + entities).sorted { $0.bytes.lowerBound < $1.bytes.lowerBound },
            answer: answer, task: begins ? task.name : nil)
    }
}
