internal import Dialogue
internal import Entities

extension TaskBook {
    /// What a sentence says beyond so many values fills nothing.
    private static let mostCandidates = 64

    /// What of a text may fill a slot: entities, the values of word lists, and what was learnt of slots. A word list or a
    /// recogniser knows the value of what it finds, so what was learnt to be of the same type counts beside it only elsewhere.
    func candidates(in text: String, entities: [Entity], slots: [PredictedSlot]) -> [SlotCandidate] {
        let known = lists.flatMap { $0.values(in: text) } + entities.compactMap(SlotCandidate.init)
        let learnt = slots.map(SlotCandidate.init).filter { slot in
            !known.contains { $0.type == slot.type && $0.bytes.overlaps(slot.bytes) }
        }
        let ordered = (known + learnt).sorted {
            ($0.bytes.lowerBound, $0.type) < ($1.bytes.lowerBound, $1.type)
        }
        return Array(ordered.prefix(Self.mostCandidates))
    }
}

extension SlotCandidate {
    fileprivate init(_ slot: PredictedSlot) {
        self.init(
            type: slot.type, text: slot.text, values: [slot.text], bytes: slot.bytes,
            confidence: slot.confidence)
    }

    /// - Returns: nil for what no slot takes.
    fileprivate init?(_ entity: Entity) {
        // "Now" is a filler more often than a day and a time.
        guard let values = entity.slotValues, !values.isEmpty, entity.text.lowercased() != "now" else {
            return nil
        }
        self.init(
            type: entity.kind.rawValue, text: entity.text, values: values, bytes: entity.bytes,
            confidence: entity.confidence)
    }
}

extension Entity {
    /// Everything it may mean, in normal forms.
    private var readings: [String] {
        guard case .time(let time) = value else { return [] }
        return time.readings.compactMap(\.normalised)
    }

    fileprivate var slotValues: [String]? {
        switch value {
        case .boolean: nil  // the turn has it as its answer
        case .time: readings
        case .number(let number, _): [number.normalised]
        case .ordinal(let ordinal): [ordinal.normalised]
        case .percentage(let number): number.map { [$0.normalised] }
        case .quantity(let quantity): quantity.number == nil ? nil : [quantity.normalised]
        case .money(let money): money.amount == nil ? nil : [money.normalised]
        case .address(let address): [address]
        case .numberRange: nil
        }
    }
}
