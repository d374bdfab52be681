import Assistant
import Generation
import Tokenizers
import Wire

extension Scheduler {
    /// Has the prompt read away from the event loop, and its reply generated in its turn.
    func generate(_ params: GenerateParams, for ticket: Ticket) -> Bool {
        prepare(for: ticket, work: params.prompt.work) { [replies] () throws(ErrorReply) in
            guard let replies else { throw .repliesOff }
            let job = try GenerationJob(params, replies.model, for: ticket)
            guard replies.submit(job) else { throw ErrorReply(.busy, "too many replies wait; try again") }
            return nil
        }
    }
}

/// A reply that is wanted, and by whom.
struct GenerationJob: Sendable {
    let ticket: Ticket
    let request: GenerationRequest
    let use: ReplyUse
    /// How long it takes beside others.
    let work: Int

    init(_ params: GenerateParams, _ model: LanguageModel, for ticket: Ticket) throws(ErrorReply) {
        self.ticket = ticket
        do {
            let prompt = try model.encode(Prompt(params), reply: params.maximumTokens)
            request = try GenerationRequest(
                prompt, for: model, owner: ticket.peer.uid, maximumTokens: params.maximumTokens,
                sampling: Sampling(params.sampling), stops: params.stop, choices: params.choices ?? [],
                deadline: params.timeoutMilliseconds.map { ticket.received + .milliseconds($0) })
            use = .text(
                isStreamed: params.isStreamed, dropped: params.overflow == .dropOldest ? prompt.dropped : nil)
            work = Self.work(prompt, params.maximumTokens, model)
        } catch {
            throw ErrorReply(error, of: params.prompt)
        }
    }

    /// Tokens of an answer: a sentence or two.
    private static let mostAnswerTokens = 80

    /// - Parameter prompt: asks for what `answer` checks.
    init(
        _ prompt: AnswerPrompt, _ answer: AnswerReply, _ model: LanguageModel, _ params: AskParams,
        for ticket: Ticket
    ) throws(ErrorReply) {
        self.ticket = ticket
        use = .answer(answer)
        let messages = [ChatMessage(.system, prompt.instructions), ChatMessage(.user, prompt.question)]
        do {
            let prompt = try model.encode(.messages(messages, .fail), reply: Self.mostAnswerTokens)
            request = try GenerationRequest(
                prompt, for: model, owner: ticket.peer.uid, maximumTokens: Self.mostAnswerTokens,
                deadline: params.timeoutMilliseconds.map { ticket.received + .milliseconds($0) })
            work = Self.work(prompt, Self.mostAnswerTokens, model)
        } catch {
            throw ErrorReply(.textTooLong, error.description)
        }
    }

    /// A pass reads some ten tokens of a prompt in the time it takes for one of a reply.
    private static func work(_ prompt: EncodedPrompt, _ maximumTokens: Int, _ model: LanguageModel) -> Int {
        1 + prompt.count / 10 + min(maximumTokens, model.context)
    }

    /// Whether it was given up, or its time is over.
    var isOver: Bool { ticket.givenUp != nil || request.isExpired(at: .now) }

    /// Whether nobody wants more of it.
    var isEnough: Bool {
        if case .answer(let answer) = use, answer.isComplete { return true }
        return ticket.givenUp != nil
    }

    /// The framed answer, or what went wrong, and the sentences to send ahead of it.
    func finish(_ result: GenerationResult) -> (sentences: [Delta], frame: [UInt8], failure: ErrorReply?) {
        switch use {
        case .text(_, let dropped):
            let answer = answer(result, dropped: dropped)
            return ([], ticket.frame(answer), answer.failure)
        case .answer(let reply):
            let (sentences, answer) = reply.finish(result, for: ticket)
            return (sentences, ticket.frame(answer), answer.failure)
        }
    }

    private func answer(_ result: GenerationResult, dropped: Int?) -> Result<GenerateResult, ErrorReply> {
        guard let reason = GenerateResult.StopReason(result.reason) else {
            return .failure(ticket.givenUp ?? ErrorReply(.cancelled, "the request was cancelled"))
        }
        return .success(
            GenerateResult(
                text: result.text, stopReason: reason, usage: TokenUsage(result.usage),
                droppedMessages: dropped))
    }
}

/// What becomes of the text of a reply.
enum ReplyUse: Sendable {
    /// - Parameter dropped: messages left out of the prompt; nil where none may be.
    case text(isStreamed: Bool, dropped: Int?)
    /// It is checked, sentence by sentence.
    case answer(AnswerReply)
}

extension Prompt {
    fileprivate init(_ params: GenerateParams) {
        switch params.prompt {
        case .text(let text): self = .raw(text)
        case .messages(let messages):
            self = .messages(
                messages.map { ChatMessage(ChatMessage.Role($0.role), $0.text) },
                params.overflow == .dropOldest ? .dropOldest : .fail)
        }
    }
}

extension GenerateParams.Prompt {
    /// Of reading it, beside others.
    fileprivate var work: Int {
        let bytes =
            switch self {
            case .text(let text): text.utf8.count
            case .messages(let messages): messages.reduce(0) { $0 + $1.text.utf8.count }
            }
        return 1 + bytes / (64 << 10)
    }
}

extension ChatMessage.Role {
    fileprivate init(_ role: GenerateParams.Role) {
        self =
            switch role {
            case .system: .system
            case .user: .user
            case .assistant: .assistant
            }
    }
}

extension Sampling {
    fileprivate init(_ sampling: GenerateParams.Sampling) {
        self.init(
            temperature: sampling.temperature, topK: sampling.topK, topP: sampling.topP, minP: sampling.minP,
            repetitionPenalty: sampling.repetitionPenalty, seed: UInt64(sampling.seed))
    }
}

extension GenerateResult.StopReason {
    /// nil for what was given up: that is an error.
    fileprivate init?(_ reason: Generation.StopReason) {
        switch reason {
        case .end: self = .end
        case .stop: self = .stop
        case .length: self = .length
        case .context: self = .context
        case .deadline: self = .deadline
        case .cancelled: return nil
        }
    }
}

extension TokenUsage {
    init(_ usage: GenerationUsage) {
        self.init(
            promptTokens: usage.promptTokens, cachedTokens: usage.cachedTokens,
            generatedTokens: usage.generatedTokens, promptSeconds: usage.promptTime / .seconds(1),
            generateSeconds: usage.generationTime / .seconds(1))
    }
}

extension ErrorReply {
    fileprivate init(_ error: PromptError, of prompt: GenerateParams.Prompt) {
        let name =
            switch prompt {
            case .text: "params.prompt"
            case .messages: "params.messages"
            }
        switch error {
        case .tooLong(let tokens, let limit):
            self.init(.textTooLong, name, expected: "at most \(limit) tokens", found: "\(tokens)")
        case .farTooLong(let least, let limit):
            self.init(
                .textTooLong, name, expected: "at most \(limit) tokens", found: "at least \(least)")
        case .choiceTooLong(let tokens, let limit):
            self.init(
                .textTooLong, "params.choices", expected: "at most \(limit) tokens with the prompt",
                found: "\(tokens)")
        case .empty: self.init(.emptyText, error.description)
        case .noTemplate, .badChoice, .noEnd: self.init(.invalidParams, error.description)
        }
    }
}
