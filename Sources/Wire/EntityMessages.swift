public import JSON

public struct EntitiesParams: Params {
    public typealias Answer = EntitiesResult
    public static let method = Method.entities
    public var text: String
    /// What dates and times are relative to, as RFC 3339 writes it, or a day; `nil` for the daemon's clock.
    public var at: String?
    /// A name of the tz database: whose clocks tell the moment; `nil` for the offset of `at`, or else the daemon's zone.
    public var timeZone: String?

    public init(text: String, at: String? = nil, timeZone: String? = nil) {
        self.text = text
        self.at = at
        self.timeZone = timeZone
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field(ifPresent: "at", at)
            json.field(ifPresent: "time_zone", timeZone)
        }
    }
}

extension EntitiesParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        at = try params.optionalString("at")
        timeZone = try params.optionalString("time_zone")
    }
}

/// A piece of a text that has a meaning of its own.
public struct EntityEntry: JSONWritable, Hashable, Sendable {
    /// `number`, `date`, `email` …; a client passes over those it does not know.
    public let type: String
    /// As the text has it.
    public let text: String
    /// Where it stands in the text, in bytes of UTF-8.
    public let bytes: Range<Int>
    /// The same in Unicode scalars.
    public let characters: Range<Int>
    /// One text for all ways of saying the same; `nil` where no calendar has the day that is said.
    public let value: String?
    /// `nil` for what is not measured.
    public let measure: EntityMeasure?
    /// What a text about time may mean, `value` being one of them; empty for all else.
    public let readings: [EntityReading]
    /// From 0 to 1.
    public let confidence: Double

    public init(
        type: String, text: String, bytes: Range<Int>, characters: Range<Int>, value: String?,
        measure: EntityMeasure? = nil, readings: [EntityReading] = [], confidence: Double
    ) {
        self.type = type
        self.text = text
        self.bytes = bytes
        self.characters = characters
        self.value = value
        self.measure = measure
        self.readings = readings
        self.confidence = confidence
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("type", type)
            json.field("text", text)
            json.field("start", bytes.lowerBound)
            json.field("end", bytes.upperBound)
            json.key("characters")
            json.array([characters.lowerBound, characters.upperBound]) { $0.value($1) }
            json.field(orNull: "value", value)
            if let number = measure?.number { json.field("number", number) }
            json.field(ifPresent: "unit", measure?.unit)
            json.field(ifPresent: "currency", measure?.currency)
            if !readings.isEmpty {
                json.key("readings")
                json.array(readings) { $0.value($1) }
            }
            json.field("confidence", confidence)
        }
    }
}

extension EntityEntry: Decodable {
    private enum Keys: String, CodingKey {
        case type, text, start, end, characters, value, number, unit, currency, readings, confidence
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        func range(_ start: Int, _ end: Int, _ key: Keys) throws -> Range<Int> {
            guard 0 <= start, start <= end else {
                let path = object.codingPath + [key]
                throw DecodingError.typeMismatch(
                    Range<Int>.self,
                    .init(codingPath: path, debugDescription: "expected a start before its end"))
            }
            return start..<end
        }
        type = try object.decode(String.self, forKey: .type)
        text = try object.decode(String.self, forKey: .text)
        bytes = try range(
            object.decode(Int.self, forKey: .start), object.decode(Int.self, forKey: .end), .start)
        let scalars = try object.decode([Int].self, forKey: .characters)
        characters = try range(scalars.first ?? 0, scalars.last ?? 0, .characters)
        value = try object.decodeIfPresent(String.self, forKey: .value)
        let measured = EntityMeasure(
            number: try object.decodeIfPresent(Double.self, forKey: .number),
            unit: try object.decodeIfPresent(String.self, forKey: .unit),
            currency: try object.decodeIfPresent(String.self, forKey: .currency))
        measure = measured == EntityMeasure() ? nil : measured
        readings = try object.decodeIfPresent([EntityReading].self, forKey: .readings) ?? []
        confidence = try object.decode(Double.self, forKey: .confidence)
    }
}

/// How much of what.
public struct EntityMeasure: Hashable, Sendable {
    public let number: Double?
    /// `kg`, `km/h`, `°C`; of money without a currency its name, such as `dollar`.
    public let unit: String?
    /// ISO 4217.
    public let currency: String?

    public init(number: Double? = nil, unit: String? = nil, currency: String? = nil) {
        self.number = number
        self.unit = unit
        self.currency = currency
    }
}

/// One moment, range, length or recurrence that a text may mean, in ISO 8601.
public struct EntityReading: JSONWritable, Hashable, Sendable {
    /// TIMEX3: `X` stands where the text says nothing.
    public let timex: String
    /// Of a duration its seconds; `nil` for a range, and where no one value can be told.
    public let value: String?
    public let start: String?
    /// Ends a range and is no more in it.
    public let end: String?
    /// What a word makes of it: `before`, `approx` …
    public let modifier: String?
    /// Of a range of business days.
    public let days: [String]

    public init(
        timex: String, value: String?, start: String?, end: String?, modifier: String?, days: [String] = []
    ) {
        self.timex = timex
        self.value = value
        self.start = start
        self.end = end
        self.modifier = modifier
        self.days = days
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("timex", timex)
            json.field(ifPresent: "value", value)
            json.field(ifPresent: "start", start)
            json.field(ifPresent: "end", end)
            json.field(ifPresent: "modifier", modifier)
            if !days.isEmpty {
                json.key("days")
                json.array(days) { $0.value($1) }
            }
        }
    }
}

extension EntityReading: Decodable {
    private enum Keys: String, CodingKey { case timex, value, start, end, modifier, days }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        timex = try object.decode(String.self, forKey: .timex)
        value = try object.decodeIfPresent(String.self, forKey: .value)
        start = try object.decodeIfPresent(String.self, forKey: .start)
        end = try object.decodeIfPresent(String.self, forKey: .end)
        modifier = try object.decodeIfPresent(String.self, forKey: .modifier)
        days = try object.decodeIfPresent([String].self, forKey: .days) ?? []
    }
}

/// The answer to `entities`.
public struct EntitiesResult: JSONWritable, Decodable, Hashable, Sendable {
    public let text: String
    /// In the text's order, none over another.
    public let entities: [EntityEntry]
    /// Whether the end of the text was not read.
    public let isTruncated: Bool

    public init(text: String, entities: [EntityEntry], isTruncated: Bool) {
        self.text = text
        self.entities = entities
        self.isTruncated = isTruncated
    }

    private enum CodingKeys: String, CodingKey {
        case text, entities
        case isTruncated = "truncated"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.key("entities")
            json.array(entities) { $0.value($1) }
            json.field("truncated", isTruncated)
        }
    }
}
