public import Tokenizers
internal import Transformers

/// What a model is to go on with.
public enum Prompt: Sendable, Hashable {
    /// A text as it is. Control tokens in it are control tokens.
    case raw(String)
    /// A conversation, written as the model's template says. What a message says is text, whatever it is.
    case messages([ChatMessage], Overflow)

    /// What becomes of a conversation that does not fit.
    public enum Overflow: Sendable, Hashable {
        case fail
        /// The oldest messages are left out, but those of the system and the last one, until it fits and some turns more do.
        case dropOldest
    }
}

/// A prompt as its model reads it.
public struct EncodedPrompt: Sendable, Hashable {
    let tokens: [TokenID]
    /// How many of the first say what the system says: other users' caches may hold these.
    let systemCount: Int
    /// Whether the reply is a text of its own, and does not go on with another.
    let isConversation: Bool
    /// Messages that were left out.
    public let dropped: Int

    public var count: Int { tokens.count }
}

/// Why a prompt cannot be gone on with.
public enum PromptError: Error, Hashable, Sendable {
    case empty
    /// The model's file does not say how conversations are written.
    case noTemplate(model: String)
    case tooLong(tokens: Int, limit: Int)
    /// Its bytes alone say so; how many tokens it takes was not counted.
    case farTooLong(least: Int, limit: Int)
    /// A reply to choose that has no tokens, or ends before it begins.
    case badChoice(String)
    /// The longest of those to choose, with the prompt before it.
    case choiceTooLong(tokens: Int, limit: Int)
    /// No token of the model ends a reply that another one goes on with.
    case noEnd(model: String)
}

extension PromptError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "the prompt has no tokens"
        case .noTemplate(let model):
            "\(model) has no chat template: name one as slm.template, or send a raw prompt"
        case .tooLong(let tokens, let limit): "the prompt takes \(tokens) tokens, at most \(limit) fit"
        case .farTooLong(let least, let limit):
            "the prompt takes at least \(least) tokens, at most \(limit) fit"
        case .choiceTooLong(let tokens, let limit):
            "the prompt and the longest choice take \(tokens) tokens, at most \(limit) fit"
        case .badChoice(let choice): "the choice \"\(choice)\" has no tokens"
        case .noEnd(let model): "\(model) has no token that ends a reply, so none can be chosen"
        }
    }
}

extension LanguageModel {
    /// Turns a prompt into tokens.
    ///
    /// - Parameter reply: tokens of the reply that a conversation which is cut leaves room for, where that is at most half of
    ///   the context.
    /// - Throws: `tooLong` when not even one token of a reply would fit behind it.
    /// - Complexity: O(n log n) for n bytes; O(n) where they are too many for any tokens.
    public func encode(_ prompt: Prompt, reply: Int) throws(PromptError) -> EncodedPrompt {
        switch prompt {
        case .raw(let text):
            try checkLength(text)
            let beginning = tokenizer.beginning.map { [$0] } ?? []
            return try checked(beginning + tokenizer.encode(text, .parsed), of: [])
        case .messages(let messages, .fail):
            try checkLength(messages)
            return try checked(written(messages), of: messages)
        case .messages(let messages, .dropOldest):
            try checkLength(messages.filter { $0.role == .system } + messages.suffix(1))
            let kept = try cut(messages, limit: context - max(1, min(reply, context / 2)))
            return try checked(written(kept), of: kept, dropped: messages.count - kept.count)
        }
    }

    private func written(_ messages: [ChatMessage]) throws(PromptError) -> [TokenID] {
        guard let tokens = tokenizer.encode(messages) else { throw .noTemplate(model: name) }
        return tokens
    }

    private func checked(
        _ tokens: [TokenID], of messages: [ChatMessage], dropped: Int = 0
    ) throws(PromptError) -> EncodedPrompt {
        guard !tokens.isEmpty else { throw .empty }
        guard tokens.count < context else { throw .tooLong(tokens: tokens.count, limit: context - 1) }
        let system = Array(messages.prefix { $0.role == .system })
        let said = system.isEmpty ? [] : try written(system)
        return EncodedPrompt(
            tokens: tokens, systemCount: commonPrefix(said[...], tokens[...]),
            isConversation: !messages.isEmpty, dropped: dropped)
    }

    /// Refuses what is too long whatever its tokens are, without looking for them.
    private func checkLength(_ text: String) throws(PromptError) {
        try checkLength([ChatMessage(.user, text)])
    }

    private func checkLength(_ messages: [ChatMessage]) throws(PromptError) {
        let least = messages.reduce(0) { $0 + tokenizer.leastTokens(of: $1.text) }
        guard least < context else { throw .farTooLong(least: least, limit: context - 1) }
    }

    /// Leaves out the oldest messages until the others fit. What stays does not begin with a reply.
    ///
    /// More goes than has to, in steps of a quarter of `limit`, counted from where the conversation began: so its next turns are
    /// cut at the same place, and begin with the same tokens.
    private func cut(_ messages: [ChatMessage], limit: Int) throws(PromptError) -> [ChatMessage] {
        let spoken = messages.indices.filter { messages[$0].role != .system }
        guard let last = spoken.last else { return messages }
        let frame = try written([]).count
        var sizes: [Int] = []
        for message in messages {
            // What cannot stay in any case need not be counted.
            let least = tokenizer.leastTokens(of: message.text)
            sizes.append(least > limit ? least : try written([message]).count - frame)
        }
        let excess = frame + sizes.reduce(0, +) - limit
        let step = max(1, limit / 4)
        let wanted = excess > 0 ? (excess + step - 1) / step * step : 0
        // What is left out when it begins at one of the messages.
        var starts: [(start: Int, left: Int)] = []
        var left = 0
        for index in spoken {
            if index == spoken.first || index == last || messages[index].role == .user {
                starts.append((index, left))
            }
            left += sizes[index]
        }
        let ample = starts.firstIndex { $0.left >= wanted }
        let scant = starts.firstIndex { $0.left >= excess }
        // Sizes of messages by themselves need not add up to that of the whole.
        for (start, _) in starts[(ample ?? scant ?? starts.count - 1)...] {
            let rest = messages.enumerated().filter { $0.offset >= start || $0.element.role == .system }
                .map(\.element)
            if start == last { return rest }
            if try written(rest).count <= limit { return rest }
        }
        return messages
    }

    /// The tokens of replies to choose from.
    ///
    /// - Parameter room: for the longest of them and a token that ends it.
    func tokens(of choices: [String], room: Int) throws(PromptError) -> TokenChoice? {
        guard !choices.isEmpty else { return nil }
        guard let end = tokenizer.ends.min(by: { $0.rawValue < $1.rawValue }) else {
            throw .noEnd(model: name)
        }
        var tokens: [[TokenID]] = []
        for choice in choices {
            let own = tokenizer.encode(choice)
            guard !own.isEmpty, !own.contains(end) else { throw .badChoice(choice) }
            guard own.count < room else {
                throw .choiceTooLong(tokens: context - room + own.count + 1, limit: context)
            }
            tokens.append(own)
        }
        return TokenChoice(tokens, end: end)
    }
}
