import Dialogue

/// Tasks as a YAML file gives them; slmd-tasks(5) has every key.
struct TasksFile {
    let tasks: TaskBook
    let phrases: Phrases

    init(path: String) throws(SettingsError) {
        try self.init(MappingReader(path: path), folder: PlaceFinder.folder(of: path))
    }

    /// - Parameter file: the name that errors give.
    init(yaml: String, file: String) throws(SettingsError) {
        try self.init(MappingReader(yaml: yaml, file: file), folder: ".")
    }

    /// - Parameter folder: where the databases lie that it names by a relative path.
    private init(_ mapping: MappingReader, folder: String) throws(SettingsError) {
        var (reader, phrases) = (mapping, Phrases())
        let types = reader.slotTypes()
        let queries = reader.queries(folder: folder)
        let tasks = reader.tasks(types, queries)
        reader.section("phrases") { $0.read(into: &phrases) }
        reader.noteUnknownKeys()
        try reader.finish()
        self.tasks = TaskBook(tasks: tasks, lists: types.lists)
        self.phrases = phrases
    }

    /// How much of each there may be in a file.
    enum Most {
        static let tasks = 200
        /// Of a task.
        static let slots = 50
        static let intents = 100
        static let columns = 100
        static let queries = 200
        static let types = 200
        /// Of a type.
        static let values = 1000
        /// Of a value.
        static let words = 100
        /// Of all tasks together: each is embedded.
        static let examples = 2000
        /// Bytes of UTF-8.
        static let nameBytes = 64
        static let textBytes = 2000
    }
}

extension MappingReader {
    fileprivate mutating func read(into phrases: inout Phrases) {
        phrase("greeting", into: &phrases.greeting)
        phrase("welcome", into: &phrases.welcome)
        phrase("pleased", into: &phrases.pleased)
        phrase("no_answer", into: &phrases.noAnswer)
        phrase("unclear", into: &phrases.unclear)
        phrase("no_task", into: &phrases.noTask)
        phrase("unfitting", into: &phrases.unfitting)
        phrase("invalid", into: &phrases.invalid)
        phrase("past", into: &phrases.past)
        phrase("assumed", into: &phrases.assumed)
        phrase("afterwards", into: &phrases.afterwards)
        phrase("too_late", into: &phrases.tooLate)
        phrase("cancelled", into: &phrases.cancelled)
        phrase("change", into: &phrases.change)
        phrase("corrected", into: &phrases.corrected)
        phrase("not_learnt", into: &phrases.notLearnt)
        phrase("did_you_mean", into: &phrases.didYouMean)
        phrase("choices", into: &phrases.choices)
        phrase("nothing_found", into: &phrases.nothingFound)
        phrase("unreadable", into: &phrases.unreadable)
        phrase("done", into: &phrases.done)
        phrase("farewell", into: &phrases.farewell)
    }

    private mutating func phrase(_ key: String, into phrase: inout String) {
        phrase = text(key) ?? phrase
    }
}
