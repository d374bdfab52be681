import Dialogue
import Entities
import Foundation

@testable import slmd

/// The tasks that slmd comes with.
private let shipped = Result {
    try TasksFile(path: "\(FuzzFolder.path)/../etc/slmd/tasks.yaml").tasks
}
private let recognizer = EntityRecognizer()

extension FuzzTarget {
    /// So many lines of a dialogue are looked at.
    private static let mostTurns = 16
    private static let intents: [String?] = [
        "request_data", "ask_question", "confirmation", "correction", "end_conversation", "clarification",
        "book_appointment", nil,
    ]

    /// A dialogue does nothing too early, and its state is what its turns and decisions make it, whatever they are.
    ///
    /// The first byte says what the lines of the others are: said, or what the database keeps of turns.
    func checkDialogue(_ bytes: [UInt8]) throws {
        let book = try shipped.get()
        let lines = String(decoding: bytes.dropFirst(), as: UTF8.self).split(separator: "\n")
            .prefix(Self.mostTurns)
        let isSaid = (bytes.first ?? 0).isMultiple(of: 2)
        let records = isSaid ? try said(lines, in: book) : kept(lines)
        let courses = [records, records].map { records in
            DialogueCourse(
                session: "s", createdAt: 0, replaying: records.map { ($0.turn, $0.decision) }, in: book)
        }
        try promise(courses[0].state == courses[1].state, "the same turns make the same state")
        let state = courses[0].state
        let again = try JSONDecoder().decode(DialogueState.self, from: JSONEncoder().encode(state))
        try promise(again == state, "a state round-trips")
        var course = courses[0]
        for episode in course.endEpisodes() {
            try promise(episode.returns.allSatisfy(\.isFinite), "what was got is a number")
        }
    }

    /// What can be read of kept lines.
    private func kept(_ lines: some Sequence<Substring>) -> [DialogueRecord] {
        lines.compactMap { line in
            let record = try? JSONDecoder().decode(DialogueRecord.self, from: Data(line.utf8))
            return record.flatMap { $0.isSane ? $0 : nil }
        }
    }

    /// Has lines said one after the other. The first two letters of each say what it is taken for, and what it begins.
    private func said(
        _ lines: some Sequence<Substring>, in book: TaskBook
    ) throws -> [DialogueRecord] {
        var state = DialogueState(session: "s", createdAt: 0)
        var records: [DialogueRecord] = []
        for line in lines {
            let turn = turn(line, after: state, in: book)
            let development = state.take(turn, in: book)
            let (moves, _) = Rules.admissible(state, after: development, in: book)
            try promise(!moves.isEmpty, "something is admissible after \(turn.text.debugDescription)")
            for move in moves { try check(move, state, in: book) }
            let decision = Policy(exploration: 1).decide(
                state, after: development, in: book,
                draw: Double(turn.text.utf8.reduce(0) { ($0 &* 31) &+ Int($1) } & 0xFF) / 256)
            _ = ReplyWording(book).reply(to: decision, after: development, state, found: .rows(["{a}"]))
            let record = DialogueRecord(turn: turn, decision: decision)
            let again = try JSONDecoder().decode(DialogueRecord.self, from: JSONEncoder().encode(record))
            try promise(again == record, "a turn round-trips")
            state.follow(decision)
            records.append(record)
        }
        return records
    }

    /// A task's action needs its required slots, and what has to be confirmed confirmed.
    private func check(_ move: Move, _ state: DialogueState, in book: TaskBook) throws {
        guard !Action.known.contains(move.action) || move.action == .fetchData else { return }
        guard let goal = state.goal, let task = book.task(named: goal.task) else {
            throw BrokenPromise(description: "\(move.action.rawValue) has a goal")
        }
        try promise(move.action == task.action, "\(move.action.rawValue) is what \(task.name) does")
        try promise(state.missingSlots(in: book).isEmpty, "nothing is missing for \(move.action.rawValue)")
        try promise(task.confirmation == nil || goal.isConfirmed, "\(task.name) is confirmed")
    }

    private func turn(_ line: Substring, after state: DialogueState, in book: TaskBook) -> UserTurn {
        let marks = line.unicodeScalars.prefix(2).map { Int($0.value) }
        let (mark, start) = (marks.first ?? 0, marks.count > 1 ? marks[1] : 0)
        let text = String(line.unicodeScalars.dropFirst(2))
        guard let reference = ReferenceTime(rfc3339: "2026-01-09T10:00:00") else {
            preconditionFailure("a moment of RFC 3339")
        }
        let entities = recognizer.entities(in: text, at: reference)
        let listed = book.lists.flatMap { $0.values(in: text) }
        let candidates = (listed + entities.compactMap { SlotCandidate($0, reference) })
            .sorted { ($0.bytes.lowerBound, $0.type) < ($1.bytes.lowerBound, $1.type) }
        let names = book.tasks.map(\.name)
        let parts = SentenceParts.splits(text, naming: names)
        let intent = Self.intents[mark % Self.intents.count]
        let rejected = state.previous?.intent
        return UserTurn(
            number: state.turns + 1, isFresh: mark == 0x7E, text: text, time: Int64(state.turns),
            today: "2026-01-09", now: "10:00", intent: intent,
            confidence: Double(mark % 11) / 10, isOutOfScope: mark % 13 == 12,
            candidates: candidates, answer: entities.lazy.compactMap(\.answer).first,
            task: start % 4 < names.count ? names[start % 4] : nil,
            further: parts.first.map { [FurtherTask(task: names[(start + 1) % names.count], start: $0)] },
            correction: mark % 17 == 16
                ? rejected.map { IntentCorrection(turn: state.turns, rejected: $0, meant: ["ask_question"]) }
                : nil)
    }
}

extension Entity {
    fileprivate var answer: Bool? { if case .boolean(let isYes) = value { isYes } else { nil } }
}

extension SlotCandidate {
    fileprivate init?(_ entity: Entity, _ reference: ReferenceTime) {
        guard entity.answer == nil, let value = entity.value.normalised(at: reference) else { return nil }
        self.init(
            type: entity.kind.rawValue, text: entity.text, values: [value], bytes: entity.bytes,
            confidence: entity.confidence)
    }
}
