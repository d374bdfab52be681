import Dialogue
import Yams

extension MappingReader {
    mutating func tasks(_ types: SlotTypes, _ queries: DatabaseQueries) -> [DialogueTask] {
        var tasks: [DialogueTask] = []
        var beginnings = Beginnings()
        section("tasks", expecting: "names and tasks") { reader in
            for entry in reader.entries(most: TasksFile.Most.tasks) {
                let task = reader.reading(entry) { $0.task(entry.name, types, queries, &beginnings) }
                if let task { tasks.append(task) }
            }
        }
        return tasks
    }

    /// Which task each example begins, by its folded words.
    private struct Beginnings {
        var tasks: [String: String] = [:]
        var count = 0
    }

    private mutating func task(
        _ name: String, _ types: SlotTypes, _ queries: DatabaseQueries, _ beginnings: inout Beginnings
    ) -> DialogueTask {
        let names = names(under: "slots")
        let slots = slots(types, among: names)
        let data = data(slots: names, queries)
        let reply = template("reply", slots: names, mayTellRows: data != nil)
        require("reply", "what is said when it is done")
        let nothingFound = template("nothing_found", slots: names)
        if data == nil, nothingFound != nil {
            noteBad("nothing_found", expected: "data too, where nothing may be found", found: "none")
        }
        let faults = problems.count
        let intents = texts("intents", most: TasksFile.Most.intents).map(\.text)
        let examples = examples(of: name, &beginnings)
        if intents.isEmpty, examples.isEmpty, problems.count == faults {
            noteBad(expected: "intents or examples that begin it", found: "neither")
        }
        return DialogueTask(
            name: name, intents: intents, examples: examples, slots: slots,
            action: action(of: name, hasData: data != nil),
            confirmation: template("confirm", slots: names),
            reply: reply ?? Template(literal: ""), nothingFound: nothingFound, data: data)
    }

    private mutating func examples(of task: String, _ beginnings: inout Beginnings) -> [String] {
        let examples = texts("examples", most: TasksFile.Most.examples)
        beginnings.count += examples.count
        if beginnings.count > TasksFile.Most.examples {
            noteBad(
                "examples", expected: "at most \(TasksFile.Most.examples) of all tasks",
                found: "\(beginnings.count)")
        }
        for (example, node) in examples {
            let other = beginnings.tasks.updateValue(task, forKey: WordList.folded(example))
            guard let other, other != task else { continue }
            noteBad(
                "examples", expected: "sentences that begin no other task",
                found: "\(example.told), which begins \(other)", at: node)
        }
        return examples.map(\.text)
    }

    /// What is done: data are fetched where there are some, else something that goes by the task's own name.
    private mutating func action(of task: String, hasData: Bool) -> Action {
        let given = read("action", expecting: "fetch_data, or a name of your own") { node in
            node.scalar.flatMap { $0.string.isPlainName ? $0.string : nil }
        }
        let action = given.map(Action.init) ?? (hasData ? .fetchData : Action(rawValue: task))
        if action == .fetchData {
            if !has("data") { noteBad("data", expected: "what fetch_data reads", found: "nothing") }
        } else if Action.known.contains(action) {
            noteBad("action", expected: "fetch_data, or a name of your own", found: action.rawValue)
        } else if hasData {
            noteBad("action", expected: "fetch_data, where there are data", found: action.rawValue)
        }
        return action
    }

    private mutating func data(slots: [String], _ queries: DatabaseQueries) -> DataQuery? {
        var data: DataQuery?
        let isThere = has("data")
        section("data") { reader in
            guard isThere else { return }
            data =
                reader.has("query")
                ? reader.query(slots: slots, queries).map(DataQuery.database)
                : .records(reader.recordQuery(slots: slots))
        }
        return data
    }

    private mutating func recordQuery(slots: [String]) -> RecordQuery {
        var matches: [String: String] = [:]
        let file = text("file") ?? ""
        require("file", "a file of records, or a query")
        section("match", expecting: "columns and slots") { $0.readMatches(into: &matches, slots) }
        let columns = texts("columns", most: TasksFile.Most.columns).map(\.text)
        return RecordQuery(file: file, matches: matches, columns: columns)
    }

    private mutating func readMatches(into matches: inout [String: String], _ slots: [String]) {
        for entry in entries(most: TasksFile.Most.columns, arePlain: false) {
            guard let slot = entry.value.scalar?.string else {
                noteBad(entry.name, expected: "the name of a slot", found: entry.value.found, at: entry.value)
                continue
            }
            matches[entry.name] = slot
            if !slots.contains(slot) {
                noteUnknown("slot", slot, among: slots, of: entry.name, at: entry.value)
            }
        }
    }
}
