/// The tasks there are, and the word lists their slots are filled from.
public struct TaskBook: Sendable, Hashable {
    public let tasks: [DialogueTask]
    public let lists: [WordList]

    private let placeOfTask: [String: Int]

    /// - Parameter tasks: of different names.
    public init(tasks: [DialogueTask] = [], lists: [WordList] = []) {
        self.tasks = tasks
        self.lists = lists
        placeOfTask = Dictionary(tasks.indices.map { (tasks[$0].name, $0) }) { first, _ in first }
    }

    public func task(named name: String) -> DialogueTask? {
        placeOfTask[name].map { tasks[$0] }
    }

    /// What the tasks ask.
    public var queries: Set<DataQuery> { Set(tasks.compactMap(\.data)) }

    /// The values that a slot may have, sorted; nil where no word list says.
    public func choices(for slot: Slot) -> [String]? {
        guard case .named(let name) = slot.type else { return nil }
        return lists.first { $0.name == name }?.words.keys.sorted()
    }
}
