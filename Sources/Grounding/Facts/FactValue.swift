import Entities

/// What an entity means, as facts are compared.
enum FactValue: Sendable, Hashable {
    /// In its normal form.
    case number(String)
    /// A rank.
    case ordinal(String)
    /// A number in its normal form, and the unit's symbol; `number` is empty where the text names the unit alone.
    case amount(number: String, unit: String)
    /// The limits of a range of numbers.
    case numbers([String])
    case time(TimeFact)
    case address(String)

    /// - Returns: nil where an entity says nothing that can be checked.
    init?(_ entity: Entity, at reference: ReferenceTime) {
        // What is too large to be told is what it is said with.
        func normal(_ number: Number?) -> String { number.map { $0.normalised ?? entity.text } ?? "" }
        switch entity.value {
        case .number(let number, _): self = .number(normal(number))
        case .ordinal(let ordinal): self = .ordinal(ordinal.normalised)
        case .percentage(let number): self = .amount(number: normal(number), unit: "%")
        case .numberRange(let range):
            self = .numbers([range.lower, range.upper].compactMap { $0.map { normal($0.number) } })
        case .quantity(let quantity):
            self = .amount(number: normal(quantity.number), unit: quantity.symbol)
        case .money(let money): self = .amount(number: normal(money.amount), unit: money.symbol)
        case .boolean: return nil
        case .address(let address): self = .address(address)
        case .time(let time): self = .time(TimeFact(time, at: reference))
        }
    }

    /// The numbers in it, in their normal form.
    var numbers: [String] {
        switch self {
        case .number(let number): [number]
        case .ordinal(let number): [number]
        case .amount(let number, _): number.isEmpty ? [] : [number]
        case .numbers(let numbers): numbers
        case .time(let time): time.years
        case .address: []
        }
    }
}

/// What a text says about time, as facts are compared.
struct TimeFact: Sendable, Hashable {
    let readings: [TimeReading]
    /// The reading that is taken for what has been.
    let likely: TimeReading?

    init(_ time: TimeValue, at reference: ReferenceTime) {
        readings = time.readings
        likely = time.reading(leaning: .past, at: reference)
    }

    /// Whether `self`, said in a reply, follows from `given`: it is the same, or a coarser range that holds it.
    func follows(from given: TimeFact) -> Bool {
        let known = given.isOpen ? [given.likely].compactMap(\.self) : given.readings
        return readings.contains { reading in
            given.readings.contains { $0.timex == reading.timex } && (!given.isOpen || isOpen)
                || known.contains { reading.follows(from: $0) }
        }
    }

    /// Whether the text leaves open which of several moments it means.
    var isOpen: Bool { readings.count > 1 }

    /// The years it names.
    var years: [String] {
        Set(readings.map(\.timex).filter { $0.prefix(4).allSatisfy(\.isNumber) && $0.utf8.count >= 4 })
            .map { String($0.prefix(4)) }
    }
}

extension TimeReading {
    fileprivate func follows(from given: TimeReading) -> Bool {
        if kind == .duration || kind == .set || given.kind == .duration || given.kind == .set {
            return kind == given.kind && (timex == given.timex || value != nil && value == given.value)
        }
        if isCoarser(than: given) { return true }
        let moments = Set([value, start, end].compactMap(\.self))
        return !moments.isEmpty && moments.isSubset(of: given.moments)
    }

    /// What a reply may say of it: its moments, and the day and the time of day of each.
    private var moments: Set<String> {
        let whole = [value, start, end].compactMap(\.self)
        return Set(whole + whole.flatMap { $0.split(separator: " ").map(String.init) })
    }

    /// `2026` and `2026-01` are coarser than `2026-01-08`, and so is `XXXX-01`.
    private func isCoarser(than given: TimeReading) -> Bool {
        let (own, other) = (Array(timex.utf8), Array(given.timex.utf8))
        guard own.count < other.count || own.starts(with: "XXXX-".utf8), own.count >= 4,
            own.count <= other.count, !timex.hasPrefix("XXXX-W")
        else { return false }
        let isPrefix = zip(own, other).allSatisfy { $0 == $1 || $0 == UInt8(ascii: "X") }
        return isPrefix
            && (own.count == other.count || other[own.count] == UInt8(ascii: "-")
                || other[own.count] == UInt8(ascii: "T"))
    }
}
