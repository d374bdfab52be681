internal import FoundationEssentials
public import JSON

/// A turn as a line of the archive says it.
public struct ArchivedTurn: Decodable, Sendable, Hashable {
    public let turn: Int64
    /// In UTC, as RFC 3339 writes it, to the second.
    public let time: String
    public let session: String
    public let uid: UInt32
    /// `predicted`, `corrected`, or `said` in a dialogue.
    public let kind: String
    public let text: String
    public let context: String?
    public let intent: String?
    /// From 0 to 1, to three digits.
    public let confidence: Double
    public let isOutOfScope: Bool
    /// The lesson that a correction is.
    public let event: Int64?
    /// What was done after it, and what was said; nil but for what is said in a dialogue.
    public let action: String?
    public let reply: String?

    public init(_ turn: Turn) {
        let content = turn.content
        self.turn = turn.id
        time = Self.time(content.time)
        session = content.session
        uid = content.uid
        kind = content.outcome != nil ? "said" : content.event == nil ? "predicted" : "corrected"
        text = content.text
        context = content.context
        intent = content.intent
        confidence = (content.confidence * 1000).rounded() / 1000
        isOutOfScope = content.isOutOfScope
        event = content.event?.rawValue
        action = content.outcome?.action
        reply = content.outcome?.reply
    }

    private enum CodingKeys: String, CodingKey {
        case turn, time, session, uid, kind, text, context, intent, confidence, event, action, reply
        case isOutOfScope = "out_of_scope"
    }

    /// - Parameter microseconds: since 1970, UTC.
    static func time(_ microseconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(microseconds / 1_000_000)).formatted(.iso8601)
    }

    /// Days since 1970, in UTC, of a time.
    static func dayNumber(_ microseconds: Int64) -> Int64 {
        let day: Int64 = 86_400 * 1_000_000
        return microseconds / day - (microseconds % day < 0 ? 1 : 0)
    }

    /// The day, in UTC, of a time: `2026-11-25`.
    public static func day(_ microseconds: Int64) -> String { String(time(microseconds).prefix(10)) }
}

extension ArchivedTurn: JSONWritable {
    /// Every field is there, `null` where it is missing; `action` and `reply` in dialogues only. One order for all lines,
    /// that of the alphabet: what repeats is what compresses.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field(ifPresent: "action", action)
            json.field("confidence", confidence)
            json.field(orNull: "context", context)
            json.field(orNull: "event", event)
            json.field(orNull: "intent", intent)
            json.field("kind", kind)
            json.field("out_of_scope", isOutOfScope)
            json.field(ifPresent: "reply", reply)
            json.field("session", session)
            json.field("text", text)
            json.field("time", time)
            json.field("turn", turn)
            json.field("uid", uid)
        }
    }

    /// Turns to lines of JSON.
    static func lines(_ turns: [Turn]) -> [UInt8] {
        turns.reduce(into: []) { bytes, turn in
            bytes.append(contentsOf: JSONWriter.encode(ArchivedTurn(turn)))
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
