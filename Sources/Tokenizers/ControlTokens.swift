/// Whether the tokens that steer a model are looked for in a text.
public enum ControlTokens: Sendable {
    /// A user's text: they are words like others, so that nobody forges a role.
    case asText
    /// A text of our own.
    case parsed
}
