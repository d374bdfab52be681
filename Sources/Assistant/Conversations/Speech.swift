internal import Storage
internal import Synchronization

/// Something said in a session, from when there is work on it until it is recorded. It may be forgotten meanwhile.
final class Speech: Sendable {
    private let number: Int
    private let mark: Speeches.Mark
    private let speeches: Speeches

    fileprivate init(_ number: Int, _ mark: Speeches.Mark, of speeches: Speeches) {
        (self.number, self.mark, self.speeches) = (number, mark, speeches)
    }

    deinit { speeches.end(number) }

    /// Whether it counts as never said.
    var isForgotten: Bool { mark.isSet.load(ordering: .acquiring) }
}

/// A turn to be recorded, unless what it says is forgotten; nil where nobody can forget it any more.
typealias SpokenTurnContent = (turn: TurnContent, speech: Speech?)

/// What is said in sessions and in work: whoever forgets a session has that forgotten too.
final class Speeches: Sendable {
    fileprivate final class Mark: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    private struct State {
        var inWork: [Int: (speaker: Contributor, mark: Mark)] = [:]
        /// What is being forgotten.
        var closed: [Int: SpeechSelection] = [:]
        var last = 0

        mutating func next() -> Int {
            last += 1
            return last
        }
    }

    private let state = Mutex(State())

    /// There is work on something from now on, until nobody has it any more.
    ///
    /// - Returns: nil where it is said in no session.
    func begin(_ speaker: Contributor?) -> Speech? {
        guard let speaker, speaker.session != nil else { return nil }
        let mark = Mark()
        let number = state.withLock { state in
            let isClosed = state.closed.values.contains { $0.contains(speaker) }
            mark.isSet.store(isClosed, ordering: .releasing)
            let number = state.next()
            state.inWork[number] = (speaker, mark)
            return number
        }
        return Speech(number, mark, of: self)
    }

    fileprivate func end(_ number: Int) {
        state.withLock { $0.inWork[number] = nil }
    }

    /// Has what is in work forgotten, and what begins until the end of the `Forgetting`.
    func forget(_ selection: SpeechSelection) -> Forgetting {
        state.withLock { state in
            let marks = state.inWork.values.filter { selection.contains($0.speaker) }.map(\.mark)
            let count = marks.count { !$0.isSet.exchange(true, ordering: .acquiringAndReleasing) }
            let number = state.next()
            state.closed[number] = selection
            return Forgetting(number, count: count, of: self)
        }
    }

    fileprivate func endForgetting(_ number: Int) {
        state.withLock { $0.closed[number] = nil }
    }
}

/// Something is being forgotten: until the end, or until nobody has this any more.
final class Forgetting: Sendable {
    /// How much of it was in work.
    let count: Int
    private let number: Int
    private let speeches: Speeches

    fileprivate init(_ number: Int, count: Int, of speeches: Speeches) {
        (self.number, self.count, self.speeches) = (number, count, speeches)
    }

    deinit { end() }

    func end() { speeches.endForgetting(number) }
}

/// What is said by whom is forgotten with a selection of lessons.
struct SpeechSelection: Sendable {
    let lessons: LessonSelection
    /// Only what this user says.
    let owner: UInt32?
    /// That the lessons were taught in.
    let sessions: Set<String>

    func contains(_ speaker: Contributor) -> Bool {
        guard let session = speaker.session, owner == nil || owner == speaker.uid else { return false }
        return switch lessons {
        case .session(let name): name == session
        case .user(let uid): uid == speaker.uid
        // Its words may be in any value.
        case .event: sessions.contains(session)
        case .newest, .mistake: false
        }
    }
}
