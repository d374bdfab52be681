internal import Dialogue

/// What a turn wants to know of its task's data.
enum DataQuestion: Hashable, Sendable {
    case records(RecordQuery, [String: FilledSlot])
    case database(DatabaseQuestion)

    init(_ query: DataQuery, _ slots: [String: FilledSlot]) {
        self =
            switch query {
            case .records(let query): .records(query, slots)
            case .database(let query):
                .database(DatabaseQuestion(query: query, arguments: query.arguments(slots)))
            }
    }
}

struct DatabaseQuestion: Hashable, Sendable {
    let query: DatabaseQuery
    /// What stands at each place of the query.
    let arguments: [String: String?]
}

/// An answer, and what it is the answer to.
struct FoundAnswer {
    let question: DataQuestion
    let data: FoundData
}

extension LocalAssistant {
    /// What a decision wants to know; nil when it is nothing.
    func question(for decision: Decision, _ state: DialogueState, _ book: TaskBook) -> DataQuestion? {
        guard decision.move.action == .fetchData, let goal = state.goal,
            let query = book.task(named: goal.task)?.data
        else { return nil }
        return DataQuestion(query, goal.slots)
    }
}
