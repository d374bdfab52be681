public import Entities

/// Finds what texts said at one moment name and count.
struct EntitySearch: Sendable {
    /// What texts say does not depend on the assistant: all read by the same tables.
    static let grammars = EntityRecognizer()

    let recognizer: EntityRecognizer
    let now: ReferenceTime

    init(_ recognizer: EntityRecognizer, at now: ReferenceTime) {
        self.recognizer = recognizer
        self.now = now
    }

    /// - Complexity: some 10 µs for a short sentence.
    func found(in text: String) -> [Entity] { recognizer.entities(in: text, at: now) }
}

extension LocalAssistant {
    /// The moment on the clocks of the configuration's time zone.
    public var now: ReferenceTime {
        let seconds = Int(clock.microseconds() / 1_000_000)
        return ReferenceTime(secondsSince1970: seconds, in: timeZone)
    }

    /// Where a day without a time begins.
    public var timeZone: TimeZoneRules { configuration.timeZone }

    /// The entities of a text, in its order, none over another; no more than `EntityRecognizer.longestText` of it is
    /// read.
    ///
    /// - Parameter reference: what dates and times are relative to.
    /// - Throws: `textTooLong`.
    public func entities(in text: String, at reference: ReferenceTime) throws(AssistantError) -> [Entity] {
        let limit = configuration.limits.textBytes
        guard text.utf8.count <= limit else {
            throw .textTooLong(limitBytes: limit, foundBytes: text.utf8.count)
        }
        return EntitySearch(recognizer, at: reference).found(in: text)
    }
}
