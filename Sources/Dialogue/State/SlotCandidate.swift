/// A piece of a text that may fill a slot.
public struct SlotCandidate: Codable, Sendable, Hashable {
    /// An entity's kind, such as `date`, or the name of a word list.
    public let type: String
    /// As it was said.
    public let text: String
    /// What it may mean, in normal forms; of dates the past before the future, of times the morning before the
    /// afternoon.
    public let values: [String]
    /// Where it stands in the text, in bytes of UTF-8.
    public let bytes: Range<Int>
    /// From 0 to 1.
    public let confidence: Double

    public init(type: String, text: String, values: [String], bytes: Range<Int>, confidence: Double) {
        self.type = type
        self.text = text
        self.values = values
        self.bytes = bytes
        self.confidence = confidence
    }
}
