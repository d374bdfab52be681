/// The families of entities.
public enum EntityKind: String, Sendable, CaseIterable {
    case number, ordinal, percentage
    /// Numbers between two limits, or beyond one.
    case numberRange = "numberrange"
    case money, quantity, temperature, age
    case email, phone, url, ip, guid, hashtag, mention
    /// Yes or no.
    case boolean
    case date, time
    case dateTime = "datetime"
    case dateRange = "daterange"
    case timeRange = "timerange"
    case dateTimeRange = "datetimerange"
    case duration
    /// What recurs: `every Monday`.
    case set
}

/// A piece of a text that has a meaning of its own, and that meaning.
public struct Entity: Sendable, Hashable {
    public let kind: EntityKind
    /// As the text has it.
    public let text: String
    /// Where it stands in the text, in bytes of UTF-8.
    public let bytes: Range<Int>
    /// Where it stands in the text, in Unicode scalars.
    public let characters: Range<Int>
    public let value: EntityValue
    /// From 0 to 1.
    public let confidence: Double
}

extension Entity {
    /// - Parameter bytes: where it stands in the sentence, on borders of scalars.
    init(
        _ kind: EntityKind, bytes: Range<Int>, of sentence: Sentence, value: EntityValue,
        confidence: Double = 1
    ) {
        let start = sentence.character(at: bytes.lowerBound)
        self.init(
            kind: kind, text: String(decoding: sentence.bytes[bytes], as: UTF8.self), bytes: bytes,
            characters: start..<start + sentence.scalars(in: bytes), value: value, confidence: confidence)
    }

    /// - Parameter tokens: not empty.
    init(
        _ kind: EntityKind, _ tokens: Range<Int>, of sentence: Sentence, value: EntityValue,
        confidence: Double = 1
    ) {
        self.init(
            kind: kind, text: sentence.text(of: tokens), bytes: sentence.byteRange(of: tokens),
            characters: sentence.characterRange(of: tokens), value: value, confidence: confidence)
    }
}
