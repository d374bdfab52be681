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

    /// Whether a candidate was said for this slot, and not beside it: a number alone is an amount of money only where
    /// that is asked for.
    func isMeant(by candidate: SlotCandidate, isAsked: Bool) -> Bool {
        guard accepts(candidate) else { return false }
        return isAsked || candidate.type == type.name
    }

    /// Of several valid values the latest past day, the earliest future one; of the halves of a day the one in which people
    /// are up, and where a time is changed, the nearer one of those from morning to evening.
    ///
    /// - Parameter old: the value until now.
    func plausible(among valid: [String], near old: String?) -> String? {
        if type == .entity(.time), let old = old.flatMap(Self.minute) {
            let evening = valid.filter { Self.minute(of: $0).map(Self.untilEvening.contains) ?? true }
            let likely = evening.isEmpty || !Self.untilEvening.contains(old) ? valid : evening
            return likely.min { Self.distance($0, old) < Self.distance($1, old) }
        }
        let isAwake = { (value: String) in Self.minute(of: value).map(Self.daytime.contains) ?? true }
        if validation.side == .past { return valid.last(where: isAwake) ?? valid.last }
        return valid.first(where: isAwake) ?? valid.first
    }

    /// In minutes since midnight.
    private static let daytime = 7 * 60..<19 * 60
    private static let untilEvening = 7 * 60..<23 * 60

    private static func distance(_ value: String, _ old: Int) -> Int {
        minute(of: value).map { abs($0 - old) } ?? .max
    }

    func isValid(_ value: String, _ moment: SaidMoment) -> Bool {
        switch validation.side {
        case .past where value.prefix(10) > moment.today: return false
        case .future where value.prefix(10) < moment.today: return false
        case .future where type == .entity(.dateTime):
            if let now = moment.now, value < "\(moment.today)T\(now)" { return false }
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
