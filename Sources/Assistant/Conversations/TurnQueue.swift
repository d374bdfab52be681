internal import Storage

/// The turns that wait to be written, and how their writing gets on.
struct TurnQueue {
    enum Phase {
        case open
        /// The database is being exchanged: turns wait for the next one.
        case holding
        case closed
        /// Turns are another's to keep.
        case succeeded(by: Conversations)
    }

    /// Work on the archive, by what is to be said of it first.
    enum Chore: Int {
        case appending, removing, closing

        var failure: String {
            switch self {
            case .appending: "archive of conversations not written"
            case .removing: "old conversations not removed"
            case .closing: "file of the archive not closed"
            }
        }
    }

    var settings: ConversationSettings
    private(set) var turns: [TurnContent] = []
    private var bytes = 0
    /// Since when the oldest has waited.
    var since = ContinuousClock.now
    var isFlushAsked = false
    var isWriting = false
    var lost = 0
    var fault: String?
    /// What the archive does not have yet, in bytes.
    var unarchived = 0
    var isArchiveAsked = false
    /// Why each chore failed the last time it was done. Only its own success says that it is well again: that
    /// turns are appended does not make old ones go.
    var archiveFaults: [Chore: String] = [:]
    var phase = Phase.open

    init(_ settings: ConversationSettings) {
        self.settings = settings
    }

    /// What is wrong; that turns are not kept before all else.
    var worst: String? {
        fault ?? archiveFaults.min { $0.key.rawValue < $1.key.rawValue }?.value
    }

    var isOpen: Bool { if case .open = phase { true } else { false } }
    var isHolding: Bool { if case .holding = phase { true } else { false } }

    /// - Returns: those for which there is room; the others are lost.
    mutating func add(_ added: [TurnContent], most: (turns: Int, bytes: Int)) -> [TurnContent] {
        if turns.isEmpty { since = .now }
        let kept = added.filter { turn in
            guard turns.count < most.turns, bytes + turn.bytes <= most.bytes else { return false }
            turns.append(turn)
            bytes += turn.bytes
            return true
        }
        lost += added.count - kept.count
        return kept
    }

    /// Takes out the oldest.
    mutating func takeFirst(_ count: Int) -> [TurnContent] {
        let taken = Array(turns[..<count])
        turns.removeFirst(count)
        bytes -= taken.reduce(0) { $0 + $1.bytes }
        return taken
    }

    mutating func takeAll() -> [TurnContent] { takeFirst(turns.count) }
}
