/// How the users of dialogues about some services behave, counted.
struct UserStatistics {
    /// How many slots the sentence that names the task fills, as often as counted.
    private(set) var opening: [Int] = []
    /// Of so many slots asked for in one question, how many the answer fills.
    private(set) var answered: [Int: [Int]] = [:]
    /// How many slots an answer fills that were not asked for.
    private(set) var volunteered: [Int] = []
    /// Whether the answer to a question for several slots keeps the question's order.
    private(set) var inOrder: [Bool] = []
    /// Whether a value is said in other words than its name, of slots with a list of values.
    private(set) var reworded: [Bool] = []
    /// Whether something is changed when it is asked whether all is right.
    private(set) var changed: [Bool] = []
    /// Whether a task that changes something is given up, a turn.
    private(set) var leaving = 0.0
    /// Whether an optional slot of a task is ever filled.
    private(set) var optional = 0.0

    init(_ dialogues: [SchemaGuided.Dialogue], about services: [SchemaGuided.Service]) {
        let known = Dictionary(services.map { ($0.name, $0) }) { first, _ in first }
        var tasks = TaskCounts()
        for dialogue in dialogues {
            var question: [SchemaGuided.Act] = []
            var seen = TaskCounts.Seen()
            for turn in dialogue.turns {
                let frames = turn.frames.filter { known[$0.service] != nil }
                if turn.isUser { count(frames, in: turn, after: question, known) }
                for frame in frames { seen.take(frame, isUser: turn.isUser) }
                question = turn.isUser ? [] : frames.flatMap(\.acts)
            }
            tasks.add(seen, known)
        }
        leaving = Double(tasks.left) / Double(max(1, tasks.turns))
        optional = Double(tasks.filledOptional) / Double(max(1, tasks.optional))
    }

    private mutating func count(
        _ frames: [SchemaGuided.Frame], in turn: SchemaGuided.Turn, after question: [SchemaGuided.Act],
        _ known: [String: SchemaGuided.Service]
    ) {
        let acts = frames.flatMap(\.acts)
        let filled = acts.filter { $0.name == "INFORM" }.map(\.slot)
        if acts.contains(where: { $0.name == "INFORM_INTENT" }) { opening.append(filled.count) }
        for frame in frames {
            for act in frame.acts where act.name == "INFORM" {
                count(act, of: known[frame.service], in: turn.utterance)
            }
        }
        let asked = question.filter { $0.name == "REQUEST" }.map(\.slot)
        if !asked.isEmpty, asked.count == question.count {
            answered[asked.count, default: []].append(filled.count { asked.contains($0) })
            volunteered.append(filled.count { !asked.contains($0) })
            count(asked, order: frames.flatMap(\.spans))
        }
        guard question.contains(where: { $0.name == "CONFIRM" }) else { return }
        changed.append(acts.contains { $0.name == "NEGATE" })
    }

    private mutating func count(_ asked: [String], order spans: [SchemaGuided.Span]) {
        let places = asked.compactMap { slot in spans.first { $0.slot == slot }?.start }
        if places.count > 1 { inOrder.append(places == places.sorted()) }
    }

    private mutating func count(
        _ act: SchemaGuided.Act, of service: SchemaGuided.Service?, in utterance: String
    ) {
        guard let slot = service?.slots.first(where: { $0.name == act.slot }), slot.isCategorical,
            let value = act.values.first, slot.values.contains(value), Int(value) == nil,
            value != "True", value != "False"
        else { return }
        reworded.append(!utterance.lowercased().contains(value.lowercased()))
    }
}

/// How tasks went.
private struct TaskCounts {
    /// What one dialogue has of them.
    struct Seen {
        struct Task: Hashable {
            let service: String
            let intent: String
        }

        var turns: [Task: Int] = [:]
        var filled: [Task: Set<String>] = [:]
        /// Services in which something was done.
        var done: Set<String> = []

        mutating func take(_ frame: SchemaGuided.Frame, isUser: Bool) {
            if !isUser, frame.acts.contains(where: { $0.name == "NOTIFY_SUCCESS" }) {
                done.insert(frame.service)
            }
            guard isUser, let intent = frame.state?.intent, intent != "NONE" else { return }
            let task = Task(service: frame.service, intent: intent)
            turns[task, default: 0] += 1
            filled[task, default: []].formUnion(frame.acts.filter { $0.name == "INFORM" }.map(\.slot))
        }
    }

    var turns = 0
    var left = 0
    var optional = 0
    var filledOptional = 0

    mutating func add(_ seen: Seen, _ known: [String: SchemaGuided.Service]) {
        for (task, count) in seen.turns {
            guard let intent = known[task.service]?.intents.first(where: { $0.name == task.intent })
            else { continue }
            optional += intent.optional.count
            filledOptional += intent.optional.keys.count { seen.filled[task]?.contains($0) ?? false }
            guard intent.isTransactional else { continue }
            turns += count
            left += seen.done.contains(task.service) ? 0 : 1
        }
    }
}
