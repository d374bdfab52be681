/// Intents that the rules know; all others begin tasks or nothing.
public enum KnownIntent {
    public static let question = "ask_question"
    public static let confirmation = "confirmation"
    public static let correction = "correction"
    public static let clarification = "clarification"
    public static let farewell = "end_conversation"

    /// Those that are about the talk and not about a matter.
    public static let aboutTheTalk: Set<String> = [confirmation, correction, clarification, farewell]

    /// Those that say nothing where nothing is under way.
    static let answers: Set<String> = [confirmation, correction, clarification]
}
