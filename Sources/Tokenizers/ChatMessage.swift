/// One message of a conversation that a model goes on with.
public struct ChatMessage: Sendable, Hashable {
    public enum Role: String, Sendable, CaseIterable {
        case system
        case user
        case assistant
    }

    public let role: Role
    public let text: String

    public init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }
}
