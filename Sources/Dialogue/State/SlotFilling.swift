/// Which slots of a task the candidates of a turn fill.
struct SlotFilling {
    let task: DialogueTask
    /// What is known already.
    let known: [String: FilledSlot]
    /// The slots that were asked for.
    let asked: [String]
    /// Values take the place of those that are known before they fill others.
    let corrects: Bool
    let today: String

    /// The values found, by slot; each candidate fills one slot, but a date with a time fills one of each.
    func values(of candidates: [SlotCandidate]) -> [String: (value: String, text: String)] {
        var found: [String: (value: String, text: String)] = [:]
        let order = order
        for candidate in candidates {
            for part in candidate.parts {
                let place = order.first { slot in
                    found[slot.name] == nil && slot.value(of: part, today: today) != nil
                }
                guard let place, let value = place.value(of: part, today: today) else { continue }
                found[place.name] = (value, part.text)
            }
        }
        return found
    }

    /// A candidate of an asked slot's type whose values its validation refuses.
    func invalid(among candidates: [SlotCandidate]) -> SlotCandidate? {
        let slots = asked.compactMap(task.slot(named:))
        return candidates.flatMap(\.parts).first { part in
            slots.contains { $0.accepts(part) && $0.value(of: part, today: today) == nil }
        }
    }

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

extension DialogueTask {
    /// The required slots for which a sentence has values.
    public func requiredSlots(filledBy candidates: [SlotCandidate], today: String) -> [String] {
        let filling = SlotFilling(task: self, known: [:], asked: [], corrects: false, today: today)
        let values = filling.values(of: candidates)
        return slots.filter { $0.isRequired && values[$0.name] != nil }.map(\.name)
    }
}

extension SlotCandidate {
    /// A date with a time is one of each too.
    fileprivate var parts: [SlotCandidate] {
        guard type == EntitySlot.dateTime.rawValue else { return [self] }
        let halves = values.map { $0.split(separator: "T", maxSplits: 1).map(String.init) }
        func part(_ index: Int, _ type: EntitySlot) -> SlotCandidate {
            var values: [String] = []
            for half in halves where half.count == 2 && !values.contains(half[index]) {
                values.append(half[index])
            }
            return SlotCandidate(
                type: type.rawValue, text: text, values: values, bytes: bytes, confidence: confidence)
        }
        return [self, part(0, .date), part(1, .time)]
    }
}

extension Slot {
    func accepts(_ candidate: SlotCandidate) -> Bool {
        switch type {
        case .text: false
        case .named(let name): candidate.type == name
        // Data may be from any day of a range, but nothing happens on a range of days.
        case .entity(.date):
            candidate.type == "date" || candidate.type == "daterange" && validation.side != .future
        case .entity(.money): candidate.type == "money" || candidate.type == "number"
        case .entity(.quantity):
            ["quantity", "temperature", "age", "number"].contains(candidate.type)
        case .entity(.number): candidate.type == "number"
        case .entity(let kind): candidate.type == kind.rawValue
        }
    }

    /// The value a candidate has for this slot; nil if it is not of its type or not valid.
    func value(of candidate: SlotCandidate, today: String) -> String? {
        guard accepts(candidate) else { return nil }
        let valid = candidate.values.filter { isValid($0, today: today) }
        // The latest past day, the earliest future one; of the halves of a day the one in which people are up.
        if validation.side == .past { return valid.last(where: Self.isAwake) ?? valid.last }
        return valid.first(where: Self.isAwake) ?? valid.first
    }

    private static func isAwake(_ value: String) -> Bool {
        minute(of: value).map { (7 * 60..<19 * 60).contains($0) } ?? true
    }

    private func isValid(_ value: String, today: String) -> Bool {
        switch validation.side {
        case .past where value.prefix(10) > today: return false
        case .future where value.prefix(10) < today: return false
        default: break
        }
        if let hours = validation.hours, let minute = Self.minute(of: value), !hours.contains(minute) {
            return false
        }
        guard validation.least != nil || validation.most != nil else { return true }
        guard let number = Double(value.prefix { $0 != " " }) else { return false }
        return number >= validation.least ?? -.infinity && number <= validation.most ?? .infinity
    }

    /// Of `16:30` or `2026-01-09T16:30`, since midnight.
    private static func minute(of value: String) -> Int? {
        let time = value.split(separator: "T").last ?? ""
        let parts = time.split(separator: ":").map { Int($0) }
        guard parts.count >= 2, let hour = parts[0], let minute = parts[1] else { return nil }
        return hour * 60 + minute
    }
}
