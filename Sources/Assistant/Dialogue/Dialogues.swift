internal import Dialogue
internal import FoundationEssentials
internal import Storage
internal import Synchronization

/// The dialogues of the sessions met lately; of others the database is asked.
///
/// A dialogue is what its session's turns make of it, so that one which is put away, or lost in a crash, comes
/// back from them. Turns of one session follow each other, of different sessions they run side by side.
final class Dialogues: Sendable {
    /// Held in memory, twice as many at most.
    static let generation = 8192

    /// A session's dialogue, held while a turn of it is taken.
    final class Talk: Sendable {
        /// Nil before it is read.
        let course = Mutex<DialogueCourse?>(nil)
    }

    private struct Known {
        var new: [String: Talk] = [:]
        var old: [String: Talk] = [:]
    }

    private let conversations: Conversations
    private let known = Mutex(Known())

    init(_ conversations: Conversations) {
        self.conversations = conversations
    }

    /// Takes a turn of a session: nobody else does meanwhile.
    ///
    /// - Parameters:
    ///   - now: microseconds since 1970, UTC; when the session is opened, if it is.
    ///   - take: may change the state, and its change is kept unless it throws.
    func turn<Value>(
        of session: String, at now: Int64, in book: TaskBook,
        _ take: (inout DialogueCourse) throws(AssistantError) -> Value
    ) throws(AssistantError) -> Value {
        let talk = talk(of: session)
        return try talk.course.withLock { held throws(AssistantError) in
            var course =
                if let held { held } else {
                    try read(session, in: book) ?? DialogueCourse(session: session, createdAt: now)
                }
            let value = try take(&course)
            held = course
            return value
        }
    }

    /// Changes a session's course without a turn; one that was put away stays so.
    ///
    /// - Returns: nil when there is no such session.
    func withCourse<Value>(
        of session: String, in book: TaskBook,
        _ change: (inout DialogueCourse) throws(AssistantError) -> Value
    ) throws(AssistantError) -> Value? {
        try talk(of: session).course.withLock { held throws(AssistantError) in
            let found = if let held { held } else { try read(session, in: book) }
            guard var course = found else { return nil }
            let value = try change(&course)
            if held != nil { held = course }
            return value
        }
    }

    /// The state of a session's dialogue; nil when there is no such session.
    func state(of session: String, in book: TaskBook) throws(AssistantError) -> DialogueState? {
        let held = known.withLock { $0.new[session] ?? $0.old[session] }
        if let course = held?.course.withLock({ $0 }) { return course.state }
        return try read(session, in: book)?.state
    }

    /// Opens a session that is not there yet with turns that were said elsewhere; nobody takes a turn of it meanwhile.
    ///
    /// - Parameter write: puts them into the database.
    /// - Throws: `sessionExists`, and what `write` throws.
    func open(
        _ session: String, _ write: () throws(AssistantError) -> Void
    ) throws(AssistantError) {
        try talk(of: session).course.withLock { held throws(AssistantError) in
            guard (held?.state.turns ?? 0) == 0 else { throw .sessionExists(session) }
            conversations.flushTurns(of: session)
            try write()
            held = nil
        }
    }

    /// All are read from the database again when they are asked for: some of their turns were erased.
    func drop() {
        // What is not kept lives here alone.
        guard conversations.status.isKept else { return }
        let talks = known.withLock { Array($0.new.values) + Array($0.old.values) }
        for talk in talks { talk.course.withLock { $0 = nil } }
    }

    private func talk(of session: String) -> Talk {
        known.withLock { known in
            if let talk = known.new[session] { return talk }
            let talk = known.old[session] ?? Talk()
            if known.new.count >= Self.generation { (known.old, known.new) = (known.new, [:]) }
            known.new[session] = talk
            return talk
        }
    }

    private func read(_ session: String, in book: TaskBook) throws(AssistantError) -> DialogueCourse? {
        conversations.flushTurns(of: session)
        guard let stored = try conversations.owners.dialogue(of: session) else { return nil }
        // What cannot be read is of a version to come.
        let records = stored.records.lazy.compactMap(DialogueRecord.init)
        var course = DialogueCourse(
            session: session, createdAt: stored.createdAt,
            replaying: records.map { ($0.turn, $0.decision) }, in: book)
        // They were counted while it was put away.
        if stored.episodesEnd == nil { _ = course.endEpisodes() }
        return course
    }
}

/// What the database keeps of a turn, so that the dialogue's state can be made again.
struct DialogueRecord: Codable {
    let turn: UserTurn
    let decision: Decision

    init(turn: UserTurn, decision: Decision) {
        self.turn = turn
        self.decision = decision
    }

    /// - Returns: nil if it is none, or nothing that a turn here can have left.
    init?(_ text: String) {
        guard let record = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)), record.isSane else {
            return nil
        }
        self = record
    }

    /// A file that was brought may say anything; nothing that is computed with it may overflow.
    private var isSane: Bool {
        let clock = turn.clock ?? SessionClock(shift: 0, offset: 0)
        return 1...(1 << 40) ~= turn.number && 0...(1 << 53) ~= turn.time
            && -(1 << 40)...(1 << 40) ~= clock.shift && -1440...1440 ~= clock.offset
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Everything in it is a text, a whole number, a truth value or a probability.
        guard let data = try? encoder.encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
