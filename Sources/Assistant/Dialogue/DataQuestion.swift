internal import Dialogue
internal import Logging
internal import Storage

/// What a turn wants to know of its task's data.
enum DataQuestion: Hashable {
    case records(RecordQuery, [String: FilledSlot])
    /// With what stands at each place of the query.
    case database(DatabaseQuery, [String: String?])
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
        return switch query {
        case .records(let query): .records(query, goal.slots)
        case .database(let query): .database(query, query.arguments(goal.slots))
        }
    }

    /// The answer. Whoever keeps the data may let it wait, for half a second at most where it is a database.
    func answer(to question: DataQuestion, isGivenUp: () -> Bool) -> FoundData {
        switch question {
        case .records(let query, let slots):
            let records = Result { () throws(Records.Fault) in
                try recordFiles.records(at: path(of: query))
            }
            return found(records, query, slots)
        case .database(let query, let arguments):
            do throws(RecordDatabase.Fault) {
                let rows = try RecordDatabase(path: query.database)
                    .rows(query.sql, arguments, most: Records.mostRows, isGivenUp: isGivenUp)
                return .rows(rows.map(Records.line))
            } catch {
                if case .givenUp = error { return .unreadable }
                return unreadable(error)
            }
        }
    }

    private func found(
        _ records: Result<Records?, Records.Fault>, _ query: RecordQuery, _ slots: [String: FilledSlot]
    ) -> FoundData {
        switch records {
        case .success(let records): .rows(records?.lines(answering: query, slots) ?? [])
        case .failure(let fault): unreadable(fault)
        }
    }

    private func unreadable(_ fault: some CustomStringConvertible) -> FoundData {
        logger.error("data of a task not read", metadata: ["reason": "\(fault)"])
        return .unreadable
    }

    func path(of query: RecordQuery) -> String {
        query.file.hasPrefix("/") ? query.file : "\(directory.path)/\(query.file)"
    }
}
