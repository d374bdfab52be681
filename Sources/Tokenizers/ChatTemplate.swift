/// How a family of models writes a conversation.
///
/// The template of a file is a program; it is not run, only recognised. What it adds of its own, such as a system message
/// where none is given, is left to the caller.
public enum ChatTemplate: String, Sendable, CaseIterable {
    case chatML = "chatml"
    case llama2
    case llama3
    case phi3
    case zephyr

    /// A part of a prompt.
    enum Part: Hashable {
        /// A token that steers the model, by its text; where the vocabulary has none, the text itself.
        case control(String)
        case beginning
        case end
        case text(String)
    }

    /// The template that a file's own text is one of; nil for none of these.
    init?(recognising template: String) {
        let signs: [(ChatTemplate, [String])] = [
            (.chatML, ["<|im_start|>", "<|im_end|>"]), (.llama3, ["<|start_header_id|>", "<|eot_id|>"]),
            (.phi3, ["<|user|>", "<|end|>"]), (.zephyr, ["<|user|>", "eos_token"]),
            (.llama2, ["[INST]", "<<SYS>>"]),
        ]
        guard let found = signs.first(where: { _, texts in texts.allSatisfy(template.contains) }) else {
            return nil
        }
        self = found.0
    }

    /// What means a role or an end, and must not be read from a message.
    var markers: [String] {
        switch self {
        case .chatML: ["<|im_start|>", "<|im_end|>"]
        case .llama2: ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"]
        case .llama3: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
        case .phi3: ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
        case .zephyr: ["<|system|>", "<|user|>", "<|assistant|>"]
        }
    }

    /// Whether the end of a text is part of a conversation.
    var needsEnd: Bool { self == .llama2 || self == .zephyr }

    /// The token that ends the model's own message; nil for that of the end of a text.
    var endOfTurn: String? {
        switch self {
        case .chatML: "<|im_end|>"
        case .llama3: "<|eot_id|>"
        case .phi3: "<|end|>"
        case .llama2, .zephyr: nil
        }
    }

    /// A conversation, up to where the model's next message begins.
    ///
    func parts(of messages: [ChatMessage]) -> [Part] {
        switch self {
        case .chatML:
            messages.flatMap { message in
                [
                    .control("<|im_start|>"), .text(message.role.rawValue + "\n" + message.text),
                    .control("<|im_end|>"), .text("\n"),
                ]
            } + [.control("<|im_start|>"), .text("assistant\n")]
        case .llama2: Self.llama2(messages)
        case .llama3:
            messages.flatMap { message in
                Self.header(message.role) + [.text("\n\n" + message.text), .control("<|eot_id|>")]
            } + Self.header(.assistant) + [.text("\n\n")]
        case .phi3: Self.tagged(messages, end: .control("<|end|>"))
        case .zephyr: Self.tagged(messages, end: .end)
        }
    }

    private static func header(_ role: ChatMessage.Role) -> [Part] {
        [.control("<|start_header_id|>"), .text(role.rawValue), .control("<|end_header_id|>")]
    }

    private static func tagged(_ messages: [ChatMessage], end: Part) -> [Part] {
        messages.flatMap { message in
            [.control("<|\(message.role.rawValue)|>"), .text("\n" + message.text), end, .text("\n")]
        } + [.control("<|assistant|>"), .text("\n")]
    }

    /// A system message is a part of the user's that follows it, or of an empty one.
    private static func llama2(_ messages: [ChatMessage]) -> [Part] {
        var parts: [Part] = []
        var system: [String] = []
        func say(_ text: String) {
            // The first beginning is that of any text.
            if !parts.isEmpty { parts.append(.beginning) }
            parts += [.control("[INST]"), .text(" ")]
            if !system.isEmpty {
                parts += [
                    .control("<<SYS>>"), .text("\n" + system.joined(separator: "\n\n") + "\n"),
                    .control("<</SYS>>"), .text("\n\n"),
                ]
                system = []
            }
            parts += [.text(text + " "), .control("[/INST]")]
        }
        for message in messages {
            switch message.role {
            case .system: system.append(message.text)
            case .user: say(message.text)
            case .assistant: parts += [.text(" " + message.text + " "), .end]
            }
        }
        if !system.isEmpty { say("") }
        return parts
    }
}
