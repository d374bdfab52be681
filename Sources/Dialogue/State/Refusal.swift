/// Something that was said for a slot and cannot be taken.
public struct Refusal: Sendable, Hashable {
    public enum Reason: Sendable, Hashable {
        /// The slot does not take it.
        case invalid
        /// It would be today, and is over.
        case past
    }

    public let text: String
    public let reason: Reason
}
