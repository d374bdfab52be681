import Dialogue

@testable import slmd

extension FuzzTarget {
    /// A file of tasks is refused with lines that it has, or read into tasks that can be done.
    func checkTasks(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        switch Result(catching: { () throws(SettingsError) in try TasksFile(yaml: text, file: "tasks.yaml") })
        {
        case .success(let file):
            for task in file.tasks.tasks { try check(task, in: file.tasks) }
            for list in file.tasks.lists { try check(list) }
        case .failure(let error): try checkComplaint(error, of: text)
        }
    }

    private func check(_ task: DialogueTask, in book: TaskBook) throws {
        try promise(book.task(named: task.name) == task, "\(task.name) is found by its name")
        try promise(!task.intents.isEmpty || !task.examples.isEmpty, "something begins \(task.name)")
        try promise(
            (task.action == .fetchData) == (task.data != nil), "\(task.name) fetches data that it has")
        try promise(
            task.action == .fetchData || !Action.known.contains(task.action), "\(task.name) does something")
        let sentences = [task.confirmation, task.reply, task.nothingFound] + task.slots.map(\.question)
        for name in sentences.compactMap({ $0 }).flatMap(\.slots)
            + (task.data?.slots(of: task) ?? [])
        {
            try promise(task.slot(named: name) != nil, "\(task.name) has the slot \(name) that it names")
        }
        let values = task.slots.map { ($0.name, FilledSlot(value: "a_b", text: "{c}", turn: 1)) }
        for sentence in sentences.compactMap({ $0 }) {
            _ = sentence.filled(with: Dictionary(values) { first, _ in first }, rows: ["d"])
        }
        for slot in task.slots where slot.isRequired {
            try promise(!slot.question.source.isEmpty, "\(slot.name) of \(task.name) can be asked for")
        }
    }

    private func check(_ list: WordList) throws {
        try promise(!list.words.isEmpty, "\(list.name) has values")
        for (value, synonyms) in list.words {
            for word in WordList.words(of: value, synonyms) {
                try promise(list.values(in: word).map(\.values) == [[value]], "\(word) means \(value)")
            }
        }
    }
}

extension DataQuery {
    /// The slots it names.
    fileprivate func slots(of task: DialogueTask) -> [String] {
        switch self {
        case .records(let query): query.matches.values.sorted()
        case .database(let query):
            zip(query.places, query.parameters(among: task.slots.map(\.name))).map { $1?.slot ?? $0 }
        }
    }
}
