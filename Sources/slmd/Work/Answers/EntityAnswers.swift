import Assistant
import Entities
import JSON
import Wire

extension Scheduler {
    /// It needs no encoder and takes some 10 µs.
    func findEntities(_ params: EntitiesParams, for ticket: Ticket) -> Bool {
        exchange(for: ticket) { service throws(ErrorReply) in
            let reference = try ReferenceTime(params, at: service)
            let found = Result { () throws(AssistantError) in
                try service.entities(in: params.text, at: reference)
            }
            return EntitiesResult(
                text: params.text,
                entities: try found.mapError { ErrorReply($0) }.get().map { EntityEntry($0, at: reference) },
                isTruncated: params.text.utf8.count > EntityRecognizer.longestText)
        }
    }
}

extension ReferenceTime {
    /// What a request is relative to.
    ///
    /// - Parameter service: whose clock it is where it does not say.
    fileprivate init(_ params: EntitiesParams, at service: any IntentService) throws(ErrorReply) {
        guard let name = params.timeZone else {
            self =
                try params.at.map { text throws(ErrorReply) in
                    try ReferenceTime(at: text, in: service.timeZone)
                } ?? service.now
            return
        }
        guard let zone = ZoneFiles.rules(of: name) else {
            throw ErrorReply(
                .invalidParams, "params.time_zone", expected: ZoneFiles.expected,
                found: "\"\(name.cut(to: 100))\"")
        }
        let given = try params.at.map { text throws(ErrorReply) in
            try ReferenceTime(at: text, in: zone)
        }
        let moment = given ?? service.now
        self = moment.secondsSince1970.map { ReferenceTime(secondsSince1970: $0, in: zone) } ?? moment
    }

    /// - Parameter zone: where a day without a time begins.
    /// - Throws: where the text is neither a moment with its offset nor a day.
    init(at text: String, in zone: TimeZoneRules) throws(ErrorReply) {
        let moment = ReferenceTime(rfc3339: text)
        let isDay = text.utf8.count == "2026-01-08".utf8.count
        guard let moment, moment.offset != nil || isDay else {
            throw ErrorReply(
                .invalidParams, "params.at",
                expected:
                    "a time as RFC 3339 writes it, such as 2026-01-08T10:00:00+01:00, or a day, such as 2026-01-08",
                found: "\"\(text.cut(to: 100))\"")
        }
        self = isDay ? ReferenceTime(beginningOf: moment.date, in: zone) : moment
    }
}

extension EntityEntry {
    /// - Parameter reference: what the entity was found at.
    init(_ entity: Entity, at reference: ReferenceTime) {
        self.init(
            type: entity.kind.rawValue, text: entity.text, bytes: entity.bytes,
            characters: entity.characters, value: entity.value.normalised(at: reference),
            measure: EntityMeasure(entity.value), readings: entity.value.readings,
            confidence: entity.confidence)
    }
}

extension [EntityEntry] {
    /// Entities and what was learnt of slots, in the text's order. Where a recogniser found the same, it is told once.
    init(_ prediction: Prediction) {
        let found = prediction.entities.map { EntityEntry($0, at: prediction.now) }
        let learnt = prediction.slots.map { EntityEntry($0, of: prediction.text) }.filter { slot in
            !found.contains { $0.type == slot.type && $0.bytes == slot.bytes }
        }
        self = (found + learnt).sorted {
            ($0.bytes.lowerBound, $0.bytes.upperBound, $0.type)
                < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.type)
        }
    }
}

extension EntityEntry {
    /// - Parameter text: the one it is of.
    fileprivate init(_ slot: PredictedSlot, of text: String) {
        let before = String(decoding: Array(text.utf8)[..<slot.bytes.lowerBound], as: UTF8.self)
        let start = before.unicodeScalars.count
        self.init(
            type: slot.type, text: slot.text, bytes: slot.bytes,
            characters: start..<start + slot.text.unicodeScalars.count, value: slot.text,
            confidence: slot.confidence)
    }
}

extension Number {
    /// nil for what is too large or too near to 0.
    fileprivate var told: Double? { isKnown ? double : nil }
}

extension EntityMeasure {
    /// nil for what is not measured.
    fileprivate init?(_ value: EntityValue) {
        switch value {
        case .number(let number, _): self.init(number: number.told)
        case .percentage(let number): self.init(number: number?.told, unit: "%")
        case .quantity(let quantity): self.init(number: quantity.number?.told, unit: quantity.symbol)
        case .money(let money):
            self.init(
                number: money.amount?.told, unit: money.currency == nil ? money.symbol : nil,
                currency: money.currency)
        case .ordinal, .numberRange, .boolean, .address, .time: return nil
        }
    }
}

extension EntityValue {
    fileprivate var readings: [EntityReading] {
        guard case .time(let time) = self else { return [] }
        return time.readings.map { reading in
            EntityReading(
                timex: reading.timex, value: reading.value.map(TimeReading.iso),
                start: reading.start.map(TimeReading.iso), end: reading.end.map(TimeReading.iso),
                modifier: reading.modifier?.rawValue, days: reading.days)
        }
    }
}
