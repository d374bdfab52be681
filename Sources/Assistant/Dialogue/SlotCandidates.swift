internal import Dialogue
internal import Entities

extension TaskBook {
    /// What a sentence says beyond so many values fills nothing.
    private static let mostCandidates = 64

    /// What of a text may fill a slot: entities, the values of word lists, and what was learnt of slots. A word list or a
    /// recogniser knows the value of what it finds, so what was learnt to be of the same type counts beside it only elsewhere.
    ///
    /// - Parameter reference: the moment it is said at.
    func candidates(
        in text: String, entities: [Entity], slots: [PredictedSlot], at reference: ReferenceTime
    ) -> [SlotCandidate] {
        let known =
            lists.flatMap { $0.values(in: text) } + entities.compactMap { SlotCandidate($0, at: reference) }
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

    /// "Now" is a filler more often than a day and a time, and "the day" is the one that is spoken of.
    private static let fillers: Set<String> = ["now", "the day", "day", "the week", "the month", "the year"]

    /// - Returns: nil for what no slot takes.
    fileprivate init?(_ entity: Entity, at reference: ReferenceTime) {
        guard let values = entity.slotValues, !values.isEmpty,
            !Self.fillers.contains(entity.text.lowercased())
        else { return nil }
        self.init(
            type: entity.kind.rawValue, text: entity.text, values: values,
            latent: entity.latentValues(at: reference), bytes: entity.bytes, confidence: entity.confidence)
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
        case .number(let number, _): number.normalised.map { [$0] }
        case .ordinal(let ordinal): [ordinal.normalised]
        case .percentage(let number): number?.normalised.map { [$0] }
        case .quantity(let quantity): quantity.number == nil ? nil : quantity.normalised.map { [$0] }
        case .money(let money): money.amount == nil ? nil : money.normalised.map { [$0] }
        case .address(let address): [address]
        case .numberRange: nil
        }
    }
}

extension Entity {
    /// What it means where a value of another type is expected, by that type: a number a time of day or a day of the month,
    /// a rank a day of the month, a time of day the next moment that has it.
    fileprivate func latentValues(at reference: ReferenceTime) -> [String: [String]]? {
        var latent: [EntityKind: [String]] = [:]
        switch value {
        case .number(let number, .integer):
            guard let integer = number.integer else { return nil }
            latent[.time] = Self.timesOfDay(integer)
            latent[.date] = reference.days(numbered: integer).map(\.text)
        case .ordinal(let ordinal) where ordinal.origin == .start:
            latent[.date] = reference.days(numbered: ordinal.offset).map(\.text)
        // A year, as it seems.
        case .time where kind == .dateRange: latent[.time] = Int(text).map(Self.timesOfDay)
        case .time where kind == .time: latent[.dateTime] = readings.map(reference.next)
        default: return nil
        }
        let known = latent.filter { !$0.value.isEmpty }.map { ($0.key.rawValue, $0.value) }
        return known.isEmpty ? nil : Dictionary(uniqueKeysWithValues: known)
    }

    /// `5` is in the morning or the afternoon, `17` and `1730` are not; none for what no clock shows.
    private static func timesOfDay(_ number: Int) -> [String] {
        let (hour, minute) = number < 100 ? (number, 0) : (number / 100, number % 100)
        guard (0...24).contains(hour), minute < 60, hour < 24 || minute == 0 else { return [] }
        let hours = (1...12).contains(hour) ? [hour % 12, hour % 12 + 12] : [hour % 24]
        let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
        return hours.map { "\(two($0)):\(two(minute))" }
    }
}
