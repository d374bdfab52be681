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
        let course = Mutex<Held?>(nil)
    }

    struct Held {
        var course: DialogueCourse
        /// What the newest turn taught and the course before it, where turns are not kept and so cannot be replayed.
        var lesson: (events: [Int64], before: DialogueCourse)?
    }

    private struct Known {
        var new: [String: Talk] = [:]
        var old: [String: Talk] = [:]
        /// How many messages of a session wait for data, or behind one that does.
        var waiting: [String: Int] = [:]
    }

    private let conversations: Conversations
    private let known = Mutex(Known())

    init(_ conversations: Conversations) {
        self.conversations = conversations
    }

    /// Whether a message of the session waits: what is said after it waits too.
    func hasWaiting(in session: String) -> Bool { known.withLock { $0.waiting[session] != nil } }

    /// A message of the session waits from now on, until `endWait`.
    func beginWait(in session: String) { known.withLock { $0.waiting[session, default: 0] += 1 } }

    func endWait(in session: String) {
        known.withLock { known in
            let left = (known.waiting[session] ?? 0) - 1
            known.waiting[session] = left > 0 ? left : nil
        }
    }

    /// Takes a turn of a session: nobody else does meanwhile.
    ///
    /// - Parameters:
    ///   - now: microseconds since 1970, UTC; when the session is opened, if it is.
    ///   - take: may change the state; its change is kept if it returns a turn.
    func turn(
        of session: String, at now: Int64, in book: TaskBook,
        _ take: (inout DialogueCourse) throws(AssistantError) -> DialogueTurn?
    ) throws(AssistantError) -> DialogueTurn? {
        let talk = talk(of: session)
        return try talk.course.withLock { held throws(AssistantError) in
            let before =
                if let held { held.course } else {
                    try read(session, in: book) ?? DialogueCourse(session: session, createdAt: now)
                }
            var course = before
            guard let turn = try take(&course) else { return nil }
            let isLost = !turn.learned.isEmpty && !conversations.status.isKept
            held = Held(course: course, lesson: isLost ? (turn.learned, before) : nil)
            return turn
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
            let found = if let held { held.course } else { try read(session, in: book) }
            guard var course = found else { return nil }
            let value = try change(&course)
            held?.course = course
            return value
        }
    }

    /// The state of a session's dialogue; nil when there is no such session.
    func state(of session: String, in book: TaskBook) throws(AssistantError) -> DialogueState? {
        let held = known.withLock { $0.new[session] ?? $0.old[session] }
        if let state = held?.course.withLock({ $0?.course.state }) { return state }
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
            guard (held?.course.state.turns ?? 0) == 0 else { throw .sessionExists(session) }
            conversations.flushTurns(of: session)
            try write()
            held = nil
        }
    }

    /// All are read from the database again when they are asked for: some of their turns were erased.
    func drop() {
        // What is not kept lives here alone.
        guard conversations.status.isKept else { return }
        drop { _ in true }
    }

    /// What was erased is in no dialogue any more, be it in memory alone.
    ///
    /// - Parameters:
    ///   - events: that were erased.
    ///   - owner: only sessions of this user are concerned.
    ///   - sessions: that they were taught in.
    func lose(
        _ events: [EventID], _ selection: LessonSelection, of owner: UInt32?,
        taughtIn sessions: Set<String>
    ) {
        drop()
        guard !conversations.status.isKept else { return }
        switch selection {
        case .newest, .mistake: takeBack(Set(events.map(\.rawValue)))
        // Its words may be in any value.
        case .event: drop { sessions.contains($0) }
        case .session, .user: drop { self.isOf($0, selection, owner) }
        }
    }

    /// Whether a dialogue of a selection is in memory.
    func hold(_ selection: LessonSelection, of owner: UInt32?) -> Bool {
        talks { self.isOf($0, selection, owner) }.contains { talk in talk.course.withLock { $0 != nil } }
    }

    private func isOf(_ session: String, _ selection: LessonSelection, _ owner: UInt32?) -> Bool {
        // Who cannot be told is nobody.
        let uid = try? conversations.owners.owner(of: session)
        guard owner == nil || owner == uid else { return false }
        return switch selection {
        case .session(let name): name == session
        case .user(let user): user == uid
        case .newest, .mistake, .event: false
        }
    }

    private func drop(_ isConcerned: (String) -> Bool) {
        for talk in talks(isConcerned) { talk.course.withLock { $0 = nil } }
    }

    private func talks(_ isConcerned: (String) -> Bool) -> [Talk] {
        let talks = known.withLock { Array($0.new) + Array($0.old) }
        return talks.filter { isConcerned($0.key) }.map(\.value)
    }

    /// Dialogues whose newest turn taught one of some events are where they were before.
    private func takeBack(_ events: Set<Int64>) {
        for talk in talks({ _ in true }) {
            talk.course.withLock { held in
                guard let now = held?.course, let lesson = held?.lesson,
                    !events.isDisjoint(with: lesson.events)
                else { return }
                var course = lesson.before
                course.state.pass(to: now.state)
                held = Held(course: course)
            }
        }
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

extension DialogueRecord {
    /// - Returns: nil if it is none, or nothing that a turn here can have left.
    init?(_ text: String) {
        guard let record = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)), record.isSane else {
            return nil
        }
        self = record
    }

    /// As the database has it.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Everything in it is a text, a whole number, a truth value or a probability.
        guard let data = try? encoder.encode(self) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
