/// A piece of a text that may fill a slot.
public struct SlotCandidate: Codable, Sendable, Hashable {
    /// An entity's kind, such as `date`, or the name of a word list.
    public let type: String
    /// As it was said.
    public let text: String
    /// What it may mean, in normal forms; of dates the past before the future, of times the morning before the
    /// afternoon.
    public let values: [String]
    /// What it may mean where a value of another type is expected, by that type: a 5 is a time of day where one is asked
    /// for. Nil where it can be nothing else.
    public let latent: [String: [String]]?
    /// Where it stands in the text, in bytes of UTF-8.
    public let bytes: Range<Int>
    /// From 0 to 1.
    public let confidence: Double

    public init(
        type: String, text: String, values: [String], latent: [String: [String]]? = nil, bytes: Range<Int>,
        confidence: Double
    ) {
        self.type = type
        self.text = text
        self.values = values
        self.latent = latent
        self.bytes = bytes
        self.confidence = confidence
    }
}

extension SlotCandidate {
    /// The same piece of a text that has so many bytes more before it.
    public func moved(by count: Int) -> SlotCandidate {
        SlotCandidate(
            type: type, text: text, values: values, latent: latent,
            bytes: bytes.lowerBound + count..<bytes.upperBound + count, confidence: confidence)
    }

    /// The same piece as a value of another type.
    func read(as type: String, _ values: [String]) -> SlotCandidate {
        SlotCandidate(
            type: type, text: text, values: values, latent: nil, bytes: bytes, confidence: confidence)
    }

    /// As a value of the type that is expected; nil where it can be none.
    func expected(as type: EntitySlot) -> SlotCandidate? {
        latent?[type.rawValue].map { read(as: type.rawValue, $0) }
    }

    var isRange: Bool { type.hasSuffix("range") }

    /// Whether it says a time of day, or may.
    var saysTime: Bool { type == "time" || type == "timerange" || latent?["time"] != nil }

    /// The halves of a date with a time, or the limits of a range.
    var parts: [SlotCandidate] {
        guard let (first, second) = Self.partTypes[type] else { return [] }
        let separator: Character = type == "datetime" ? "T" : "/"
        let halves = values.map { $0.split(separator: separator, maxSplits: 1).map(String.init) }
        return [(0, first), (1, second)].map { index, type in
            var values: [String] = []
            for half in halves where half.count == 2 && !values.contains(half[index]) {
                values.append(half[index])
            }
            return read(as: type, values)
        }
    }

    /// The day of a part of a day, "tomorrow evening", as a date; nil for any other range.
    var day: SlotCandidate? {
        guard type == "datetimerange" else { return nil }
        let days = limits.compactMap { start, end in
            start.prefix(10) == end.prefix(10) && start.count > 10 ? String(start.prefix(10)) : nil
        }
        return days.isEmpty ? nil : read(as: "date", days)
    }

    /// Where each value of a range begins and ends; of those that have both.
    var limits: [(start: String, end: String)] {
        values.compactMap { value in
            let halves = value.split(separator: "/", maxSplits: 1).map(String.init)
            return halves.count == 2 && !halves.contains("..") ? (halves[0], halves[1]) : nil
        }
    }

    private static let partTypes = [
        "datetime": ("date", "time"), "daterange": ("date", "date"), "timerange": ("time", "time"),
        "datetimerange": ("datetime", "datetime"),
    ]
}
