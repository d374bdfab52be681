internal import Grounding
internal import Storage
internal import Synchronization

/// What people said of answers, in the order of the log, and the head that each of them has for it.
///
/// What an ordinary user says counts for that user alone: nobody else's answers change by it.
final class AnswerLessons: Sendable {
    struct Entry: Sendable, Hashable {
        let uid: UInt32
        let isForAll: Bool
        let lesson: AnswerLesson

        fileprivate init?(_ judgement: StoredJudgement, by uid: UInt32) {
            let (question, verdict) = (judgement.question, judgement.verdict)
            guard
                let lesson = AnswerLesson(bytes: judgement.lesson, of: question, isRight: verdict.isRight)
            else { return nil }
            self.uid = uid
            self.isForAll = verdict.isForAll
            self.lesson = lesson
        }

        func counts(for viewer: UInt32) -> Bool { isForAll || uid == viewer }

        /// - Returns: nil for an event about something else.
        init?(_ event: NewEvent) {
            guard case .judged(let judgement) = event.content else { return nil }
            self.init(judgement, by: event.origin.uid)
        }
    }

    private let entries: [Entry]
    /// Made when they are first asked for, by user.
    private let heads: Mutex<[UInt32: SupportHead]>

    private init(entries: [Entry], heads: [UInt32: SupportHead] = [:]) {
        self.entries = entries
        self.heads = Mutex(heads)
    }

    /// - Throws: `storage` for an event that cannot be read.
    convenience init(_ events: [JudgementEvent]) throws(AssistantError) {
        var entries: [Entry] = []
        for event in events {
            guard let entry = Entry(event.judgement, by: event.uid) else {
                throw AssistantError(
                    StorageError.badEvent(
                        id: event.id.rawValue, field: "features", reason: "are no lesson about an answer"))
            }
            entries.append(entry)
        }
        self.init(entries: entries)
    }

    /// With what was said since: the heads that were made learn it, and no others.
    func after(_ further: [Entry]) -> AnswerLessons {
        guard !further.isEmpty else { return self }
        var heads = heads.withLock { $0 }
        for uid in heads.keys {
            for entry in further where entry.counts(for: uid) { heads[uid]?.learn(entry.lesson) }
        }
        return AnswerLessons(entries: entries + further, heads: heads)
    }

    /// Whether the same was said of the same, in the same order.
    func isSame(as other: AnswerLessons) -> Bool { entries == other.entries }

    /// The head with all that counts for a user.
    ///
    /// - Parameter fitted: the one that everybody begins with, the same at each call.
    /// - Complexity: O(what was said) the first time for each user.
    func head(of uid: UInt32, from fitted: SupportHead) -> SupportHead {
        guard !entries.isEmpty else { return fitted }
        return heads.withLock { heads in
            if let head = heads[uid] { return head }
            var head = fitted
            for entry in entries where entry.counts(for: uid) { head.learn(entry.lesson) }
            heads[uid] = head
            return head
        }
    }
}
