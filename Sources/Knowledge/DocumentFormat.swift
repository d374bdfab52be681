/// How a document is written.
public enum DocumentFormat: String, Sendable, Hashable, CaseIterable {
    /// Paragraphs, with an empty line between two of them. A form feed begins a page.
    case text
    case markdown
    case html
    /// A header, and a record a line.
    case csv
    /// An object a line.
    case jsonLines = "jsonl"

    /// Whether each of its passages is a record.
    public var isOfRecords: Bool { self == .csv || self == .jsonLines }
}
