/// Which slots of a task the candidates of a turn fill.
struct SlotFilling {
    let task: DialogueTask
    /// What is known already.
    let known: [String: FilledSlot]
    /// The slots that were asked for.
    let asked: [String]
    /// Values take the place of those that are known before they fill others.
    let corrects: Bool
    let moment: SaidMoment
    let cues: Cues

    /// A value of a slot as it was said.
    struct Said: Hashable {
        let value: String
        let text: String
        /// Where it ends in the text, in bytes.
        let end: Int
        /// Whether the text may mean something else too.
        var isAssumed: Bool
    }

    /// What a sentence says for a task.
    struct Outcome {
        /// By slot.
        var values: [String: Said] = [:]
        /// What of the candidates is in them.
        var placed: Set<SlotCandidate> = []
        /// The first that was said for a slot and cannot be taken.
        var refusal: Refusal?
        /// A slot whose value is no more true with what is said now: an hour that is past, once the day is today.
        var withdrawn: String?
    }

    /// Each candidate fills one slot, but a date with a time fills one of each, and a range its two limits where there are
    /// slots for both.
    ///
    /// - Complexity: O(candidates · slots).
    func outcome(of candidates: [SlotCandidate]) -> Outcome {
        var outcome = Outcome()
        // Whether a time is past depends on the day.
        let ordered = candidates.filter { !$0.saysTime } + candidates.filter(\.saysTime)
        for candidate in ordered {
            if candidate.isRange {
                if fillLimits(of: candidate, &outcome) { continue }
                for part in [candidate] + (candidate.day.map { [$0] } ?? []) {
                    fill(part, &outcome, among: candidates)
                }
            } else {
                for part in [candidate] + candidate.parts { fill(part, &outcome, among: candidates) }
            }
        }
        noteOthers(candidates, &outcome)
        outcome.withdrawn = withdrawn(by: outcome)
        outcome.refusal = refusal(among: candidates, outcome)
        return outcome
    }

    private func fill(
        _ part: SlotCandidate, _ outcome: inout Outcome, among candidates: [SlotCandidate]
    ) {
        guard let (name, said) = place(for: part, outcome, among: candidates) else { return }
        outcome.values[name] = said
        outcome.placed.insert(part)
    }

    /// A slot that is asked for is filled first, then one that is corrected, then one of the type.
    private func place(
        for part: SlotCandidate, _ outcome: Outcome, among candidates: [SlotCandidate]
    ) -> (String, Said)? {
        if let corrected = corrected(by: part, outcome) { return corrected }
        let free = order.filter { outcome.values[$0.name] == nil }
        for slot in free where asked.contains(slot.name) {
            if let said = said(part, for: slot, outcome) ?? expected(part, for: slot, outcome) {
                return (slot.name, said)
            }
        }
        func first(_ slots: [Slot], _ said: (SlotCandidate, Slot, Outcome) -> Said?) -> (String, Said)? {
            for slot in slots {
                if let said = said(part, slot, outcome) { return (slot.name, said) }
            }
            return nil
        }
        let taking = free.filter { said(part, for: $0, outcome) != nil }
        let corrected = free.filter(isCorrected)
        return first(named(among: taking, part, candidates), said(_:for:_:)) ?? first(
            corrected, said(_:for:_:))
            ?? first(corrected, expected(_:for:_:)) ?? first(free, said(_:for:_:))
            ?? first(free.filter { $0.type == .entity(.dateTime) && part.type == "time" }, expected(_:for:_:))
    }

    private func isCorrected(_ slot: Slot) -> Bool { corrects && known[slot.name] != nil }

    /// The slots in the order in which they are served.
    private var order: [Slot] {
        let ranked = task.slots.enumerated().sorted { first, second in
            (rank(first.element), first.offset) < (rank(second.element), second.offset)
        }
        return ranked.map(\.element)
    }

    private func rank(_ slot: Slot) -> Int {
        if asked.contains(slot.name) { return 0 }
        guard let value = known[slot.name] else { return slot.isRequired ? 2 : 3 }
        // What is corrected is most likely what was said last.
        return corrects ? 1 : 1_000_000 - value.turn
    }
}

// MARK: Values

extension SlotFilling {
    /// - Returns: nil if the candidate is not of the slot's type or not valid.
    private func said(_ part: SlotCandidate, for slot: Slot, _ outcome: Outcome) -> Said? {
        guard slot.accepts(part) else { return nil }
        let valid = part.values.filter { slot.isValid($0, moment) && !isPast($0, of: slot, outcome) }
        let known = known[slot.name]?.value
        guard let value = slot.plausible(among: valid, near: known) else { return nil }
        let isAmbiguous = slot.type == .entity(.time) && valid.count > 1
        return Said(
            value: value, text: part.text, end: part.bytes.upperBound, isAssumed: isAmbiguous)
    }

    /// What a candidate means because a value of the slot's type is expected: `5` is a time of day.
    private func expected(_ part: SlotCandidate, for slot: Slot, _ outcome: Outcome) -> Said? {
        guard case .entity(let type) = slot.type, let meant = part.expected(as: type),
            part.type == "time" || cues.isBare(part.bytes)
        else { return nil }
        // A number is a time rather than a day.
        let expectsTime = task.slots.contains {
            $0.type == .entity(.time) && (asked.contains($0.name) || isCorrected($0))
        }
        guard type != .date || part.type != "number" || !expectsTime else { return nil }
        var said = said(meant, for: slot, outcome)
        said?.isAssumed = true
        return said
    }

    /// Whether a time of day is past on the day that is known: where the task has one day to come, its times are on it.
    private func isPast(_ value: String, of slot: Slot, _ outcome: Outcome) -> Bool {
        guard slot.type == .entity(.time), let now = moment.now, let day else { return false }
        let date = outcome.values[day]?.value ?? known[day]?.value
        return date == moment.today && value < now
    }

    /// The only slot for a day to come.
    private var day: String? {
        let dates = task.slots.filter { $0.type == .entity(.date) }
        return dates.count == 1 && dates[0].validation.side == .future ? dates[0].name : nil
    }

    private func withdrawn(by outcome: Outcome) -> String? {
        guard let day, outcome.values[day] != nil else { return nil }
        let times = task.slots.filter { $0.type == .entity(.time) && outcome.values[$0.name] == nil }
        return times.first { slot in known[slot.name].map { isPast($0.value, of: slot, outcome) } ?? false }?
            .name
    }
}

// MARK: Several values of a type

extension SlotFilling {
    /// `Monday, no, Tuesday`: the later one takes the earlier one's place.
    private func corrected(by part: SlotCandidate, _ outcome: Outcome) -> (String, Said)? {
        for slot in order {
            guard let old = outcome.values[slot.name],
                cues.corrections.contains(where: { $0 >= old.end && $0 < part.bytes.lowerBound }),
                let said = said(part, for: slot, outcome)
            else { continue }
            return (slot.name, said)
        }
        return nil
    }

    /// `from Monday to Friday`, where the task has slots for both: two limits of one reading.
    ///
    /// - Returns: whether both are filled.
    private func fillLimits(of range: SlotCandidate, _ outcome: inout Outcome) -> Bool {
        let sides = range.parts
        guard sides.count == 2, let type = EntitySlot(rawValue: sides[0].type) else { return false }
        let two = order.filter { $0.type == .entity(type) && outcome.values[$0.name] == nil }.prefix(2)
        guard two.count == 2, let first = task.slots.first(where: two.contains),
            let last = task.slots.last(where: two.contains)
        else { return false }
        var pairs = range.limits.compactMap { start, end -> (Said, Said)? in
            guard
                let from = said(range.read(as: type.rawValue, [start]), for: first, outcome),
                let to = said(range.read(as: type.rawValue, [end]), for: last, outcome)
            else { return nil }
            return (from, to)
        }
        if first.validation.side == .past { pairs.reverse() }
        guard let (from, to) = pairs.first else { return false }
        outcome.values[first.name] = from
        outcome.values[last.name] = to
        outcome.placed.insert(range)
        return true
    }

    /// The slot whose name the words beside a candidate have: `remind me at 2`, of a meeting and a reminder.
    private func named(
        among slots: [Slot], _ part: SlotCandidate, _ candidates: [SlotCandidate]
    ) -> [Slot] {
        guard slots.count > 1 else { return [] }
        let before = candidates.map(\.bytes.upperBound).filter { $0 <= part.bytes.lowerBound }.max() ?? 0
        let after = candidates.map(\.bytes.lowerBound).filter { $0 >= part.bytes.upperBound }.min() ?? .max
        for place in [before..<part.bytes.lowerBound, part.bytes.upperBound..<after] {
            let found = slots.filter { cues.mention($0.name, in: place) }
            if found.count == 1 { return found }
        }
        return []
    }

    /// A value that is taken where another one of its type is not is told.
    private func noteOthers(_ candidates: [SlotCandidate], _ outcome: inout Outcome) {
        for candidate in candidates where isLeft(candidate, outcome) {
            for slot in task.slots {
                guard let taken = outcome.values[slot.name], taken.text != candidate.text,
                    let other = said(candidate, for: slot, outcome), other.value != taken.value
                else { continue }
                // What a later word put right was told by that.
                guard
                    !cues.corrections.contains(where: { $0 >= candidate.bytes.upperBound && $0 < taken.end })
                else { continue }
                outcome.values[slot.name]?.isAssumed = true
            }
        }
    }

    private func isLeft(_ candidate: SlotCandidate, _ outcome: Outcome) -> Bool {
        !outcome.placed.contains(candidate)
            && outcome.placed.isDisjoint(with: candidate.parts + (candidate.day.map { [$0] } ?? []))
    }
}

// MARK: What cannot be taken

extension SlotFilling {
    private func refusal(among candidates: [SlotCandidate], _ outcome: Outcome) -> Refusal? {
        if let name = outcome.withdrawn, let old = known[name] {
            return Refusal(text: old.text, reason: .past)
        }
        let open = task.slots.filter { slot in
            outcome.values[slot.name] == nil
                && (asked.contains(slot.name) || known[slot.name] == nil || corrects)
        }
        for candidate in candidates {
            for part in [candidate] + (candidate.isRange ? candidate.day.map { [$0] } ?? [] : candidate.parts)
            {
                guard !outcome.placed.contains(part), !part.values.isEmpty else { continue }
                for slot in open where slot.isMeant(by: part, isAsked: asked.contains(slot.name)) {
                    let isPast = part.values.contains { slot.isValid($0, moment.withoutClock) }
                    let text = part == candidate ? part.text : part.values.last ?? part.text
                    return Refusal(text: text, reason: isPast ? .past : .invalid)
                }
            }
        }
        return nil
    }
}

extension DialogueTask {
    /// The required slots for which a sentence has values.
    public func requiredSlots(filledBy candidates: [SlotCandidate], today: String) -> [String] {
        let filling = SlotFilling(
            task: self, known: [:], asked: [], corrects: false, moment: SaidMoment(today: today, now: nil),
            cues: Cues(""))
        let values = filling.outcome(of: candidates).values
        return slots.filter { $0.isRequired && values[$0.name] != nil }.map(\.name)
    }
}
