/// What is said where a task has no words of its own.
public struct Phrases: Sendable, Hashable {
    public var greeting = "Hello. What can I do for you?"
    public var welcome = "You are welcome."
    public var pleased = "Glad to hear it."
    public var noAnswer = "I have no answer to that."
    public var unclear = "I did not understand that. Please say it in other words."
    public var noTask = "I cannot do that."
    public var unfitting = "That does not answer my question."
    public var invalid = "That cannot be taken."
    public var past = "That is past already."
    public var assumed = "I take that as"
    public var afterwards = "I come to the rest afterwards."
    public var cancelled = "Cancelled."
    public var tooLate = "That is done already."
    public var change = "What should I change?"
    public var corrected = "Understood, I have learnt that."
    public var notLearnt = "Understood, but I cannot learn that now."
    public var didYouMean = "What did you mean:"
    public var choices = "You can say:"
    public var nothingFound = "I have no data for that."
    public var unreadable = "I cannot read the data now."
    public var done = "Done."
    public var farewell = "Goodbye."

    public init() {}
}
