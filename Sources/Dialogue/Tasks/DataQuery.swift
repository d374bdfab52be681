/// Where the data of a task come from.
public enum DataQuery: Sendable, Hashable {
    case records(RecordQuery)
    case database(DatabaseQuery)
}

/// Which records of a file answer a task.
public struct RecordQuery: Sendable, Hashable {
    /// A file of records, JSON lines or CSV.
    public let file: String
    /// Columns that must have the value of a slot, by their names.
    public let matches: [String: String]
    /// Columns that are told, in their order; empty for all that are not matched.
    public let columns: [String]

    public init(file: String, matches: [String: String], columns: [String]) {
        self.file = file
        self.matches = matches
        self.columns = columns
    }
}
