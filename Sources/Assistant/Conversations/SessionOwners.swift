internal import JSON
internal import Storage
internal import Synchronization

/// Whose sessions are: the first who names one opens it.
///
/// The newest are held in memory, and those whose turns wait to be written; of the others the database is
/// asked. A session with nothing in the database, because its turns are not kept and it taught nothing, is
/// known as long as it is among the newest.
final class SessionOwners: Sendable {
    /// Bytes of UTF-8 in a session's name.
    static let longestName = 128
    private static let generation = 8192

    /// The newest names and those before them: when the first is full it takes the place of the second.
    private struct Known {
        var new: [String: UInt32] = [:]
        var old: [String: UInt32] = [:]
        /// Sessions that have turns to be written, and how many.
        var waiting: [String: (owner: UInt32, turns: Int)] = [:]

        mutating func owner(of session: String) -> UInt32? {
            if let owner = new[session] { return owner }
            guard let owner = waiting[session]?.owner ?? old[session] else { return nil }
            note(owner, of: session)
            return owner
        }

        mutating func note(_ owner: UInt32, of session: String) {
            if new.count >= SessionOwners.generation { (old, new) = (new, [:]) }
            new[session] = owner
        }

        mutating func hold(_ session: String, of owner: UInt32) {
            let turns = waiting[session]?.turns ?? 0
            waiting[session] = (owner, turns + 1)
        }

        mutating func release(_ session: String) {
            guard let (owner, turns) = waiting[session] else { return }
            waiting[session] = turns > 1 ? (owner, turns - 1) : nil
        }
    }

    private let directory: SessionDirectory
    private let known = Mutex(Known())

    init(_ directory: SessionDirectory) {
        self.directory = directory
    }

    /// Leaves the database to others.
    func close() throws(StorageError) { try directory.close() }

    /// Turns wait to be written: until they do so no more, nobody else opens their sessions.
    func hold(_ turns: some Sequence<TurnContent>) {
        known.withLock { known in
            for turn in turns { known.hold(turn.session, of: turn.uid) }
        }
    }

    /// Turns that were held are in the database, or lost.
    func release(_ turns: some Sequence<TurnContent>) {
        known.withLock { known in
            for turn in turns { known.release(turn.session) }
        }
    }

    /// Whether turns of a session wait to be written.
    func isWaiting(_ session: String) -> Bool {
        known.withLock { $0.waiting[session] != nil }
    }

    /// What is kept of a session's dialogue; nil when the database has no such session.
    func dialogue(of session: String) throws(AssistantError) -> StoredDialogue? {
        try storing { () throws(StorageError) in try directory.dialogue(of: session) }
    }

    /// Whose a session is; nil when nobody has opened it.
    func owner(of session: String) throws(AssistantError) -> UInt32? {
        if let owner = known.withLock({ $0.owner(of: session) }) { return owner }
        return try storing { () throws(StorageError) in try directory.owner(of: session) }
    }

    /// Lets a speaker into the session it names, and opens that for it when nobody has.
    ///
    /// - Throws: `sessionForbidden`, `badSession`, `storage`.
    /// - Complexity: O(1), and a look into the database for a session not met lately.
    func admit(_ speaker: Contributor) throws(AssistantError) {
        guard let session = speaker.session else { return }
        try Self.check(session)
        let stored = try owner(of: session)
        let owner = known.withLock { known in
            // Another may have opened it since the look.
            let owner = known.owner(of: session) ?? stored ?? speaker.uid
            known.note(owner, of: session)
            return owner
        }
        guard owner == speaker.uid else { throw .sessionForbidden(session) }
    }

    private static func check(_ session: String) throws(AssistantError) {
        let isWord = session.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isWord, (1...longestName).contains(session.utf8.count), session.isComposed else {
            throw .badSession(session.cut(to: 64))
        }
    }
}
