/// Which of several moments is taken where a text leaves open what it means.
public enum TimeLean: String, Sendable, CaseIterable {
    /// The last one that has been, as of what is to be found.
    case past
    /// The next one, as of what is to be arranged.
    case future
}

extension TimeValue {
    /// The reading that is most sensible: nearest to the reference on the side that is asked for, and of the halves of
    /// a day the one in which people are up, from 7 to 19 o'clock.
    ///
    /// - Returns: nil where no calendar has what is said: the 30th of February.
    public func reading(leaning lean: TimeLean, at reference: ReferenceTime) -> TimeReading? {
        let known = readings.filter(\.isResolved)
        let now = "\(reference.date.text) \(reference.moment.clockText)"
        let onSide = known.filter { $0.lies(lean, of: now) }
        let candidates = onSide.isEmpty ? known : onSide
        guard let days = lean == .future ? candidates.map(\.day).min() : candidates.map(\.day).max() else {
            return nil
        }
        let sameDay = candidates.filter { $0.day == days }
        return sameDay.first(where: \.isAwake) ?? sameDay.first
    }
}

extension TimeReading {
    /// One text for what is meant: `2018-06-05`, `16:12`, `2018-06-05T16:12`, and for a range its first moment and
    /// the one that ends it, `2018-06-05/2018-06-12`, with `..` for none; TIMEX3 for durations and what recurs.
    ///
    /// - Returns: nil where no calendar has it.
    public var normalised: String? {
        guard kind != .duration, kind != .set else { return timex }
        if let value { return Self.iso(value) }
        guard start != nil || end != nil else { return nil }
        return (start.map(Self.iso) ?? "..") + "/" + (end.map(Self.iso) ?? "..")
    }

    /// `2018-06-05 16:12:00` as ISO 8601 writes it, with seconds only where they are not 0.
    public static func iso(_ text: String) -> String {
        let joined = text.split(separator: " ").joined(separator: "T")
        let hasSeconds = joined.utf8.count { $0 == UInt8(ascii: ":") } == 2
        return hasSeconds && joined.hasSuffix(":00") ? String(joined.dropLast(3)) : joined
    }

    fileprivate var isResolved: Bool { normalised != nil }

    /// What tells a reading from another: its only moment, or its first.
    private var moment: String { kind == .duration || kind == .set ? "" : value ?? start ?? end ?? "" }

    /// The date of the moment; empty for a time of day.
    fileprivate var day: String { hasDate ? String(moment.prefix(10)) : "" }

    private var hasDate: Bool { moment.utf8.contains(UInt8(ascii: "-")) }

    /// - Parameter now: as `2018-06-05 16:12:00`.
    fileprivate func lies(_ lean: TimeLean, of now: String) -> Bool {
        guard hasDate else { return true }
        let last = value ?? (lean == .future ? end ?? start : start ?? end) ?? ""
        let now = String(now.prefix(last.utf8.count))
        return lean == .future ? last >= now : last <= now
    }

    fileprivate var isAwake: Bool {
        guard let hour = moment.split(separator: " ").last.flatMap({ Int($0.prefix(2)) }),
            moment.utf8.contains(UInt8(ascii: ":"))
        else { return true }
        return (7..<19).contains(hour)
    }
}
