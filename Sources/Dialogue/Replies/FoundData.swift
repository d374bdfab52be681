/// What a task's query of its data gave.
public enum FoundData: Sendable, Hashable {
    /// A line each; none where nothing matches.
    case rows([String])
    /// The data are there, and cannot be read.
    case unreadable
}
