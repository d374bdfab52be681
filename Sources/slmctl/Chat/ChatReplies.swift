internal import JSON
import SLMClient
import Wire

/// The replies of a chat, and what was said so far for the model that words them.
struct ChatReplies {
    private var conversation: Conversation
    var areOn = false
    /// The last question that the knowledge base was asked, and the sentences its answer rests on.
    private(set) var lastAnswer: (question: AskParams, citations: [CitationEntry])?
    /// Whether somebody at a terminal reads along.
    private let isInteractive: Bool

    /// Small models that are told nothing make up who they are, and do not end.
    static let usualSystem = "You are a helpful assistant. Answer in one or two sentences."

    static let off = "replies are off: slmd has no language model"
    static let caution =
        "Replies are the model's own words, for there is nothing to answer from: slmctl kb add FILE"
    static let grounded = "Replies say what the knowledge base says, and nothing else."

    /// - Parameters:
    ///   - system: what the model is told before anything is said; nothing when it is empty.
    ///   - limit: UTF-8 bytes of what is sent again with each line.
    init(system: String, limit: Int, isInteractive: Bool) {
        conversation = Conversation(system: system, limit: limit)
        self.isInteractive = isInteractive
    }

    mutating func forget() {
        conversation.forget()
        lastAnswer = nil
    }

    /// Has the model reply to `text`, and shows it as it comes. Ctrl-C stops it.
    ///
    /// - Returns: why there is no reply; nil for one that was given or stopped.
    mutating func reply(
        to text: String, over connection: inout Connection, _ options: Options
    ) throws(Failure) -> ErrorReply? {
        conversation.say(.user, text)
        let params = GenerateParams(
            .messages(conversation.messages), overflow: .dropOldest, isStreamed: !options.json)
        let interruption = try Interruption()
        var stream = ReplyStream(on: .output, indent: Self.indent)
        if isInteractive, !options.json { stream.wait() }
        let result = Result { () throws(ClientError) in
            try connection.generate(params, cancelledBy: interruption.descriptor) { piece in
                stream.write(piece)
                if stream.failure != nil { interruption.come() }
            }
        }
        if !options.json { stream.end(isWhole: false) }
        if let failure = stream.failure { throw failure }
        switch result {
        case .success(let reply):
            conversation.say(.assistant, reply.text)
            try show(reply, options)
        case .failure(.refused(let error)) where error.kind == .cancelled && interruption.hasCome:
            guard isInteractive else { throw .interrupted }
            keep(stream.text)
        case .failure(.refused(let error)):
            conversation.takeBack()
            return error
        case .failure(let error): throw Failure(error)
        }
        return nil
    }

    /// Answers `text` from the knowledge base, a sentence at a time as they pass, and shows what they rest on. Ctrl-C stops it.
    ///
    /// - Parameter otherwise: said where nothing there answers it.
    /// - Returns: why there is no answer; nil for one that was given, declined or stopped.
    mutating func answer(
        _ params: AskParams, otherwise: String, over connection: inout Connection, _ options: Options
    ) throws(Failure) -> ErrorReply? {
        let interruption = try Interruption()
        var stream = AnswerStream(on: .output, indent: Self.indent)
        if isInteractive, !options.json { stream.wait() }
        let result = Result { () throws(ClientError) in
            try connection.ask(params, cancelledBy: interruption.descriptor) { sentence in
                stream.write(sentence)
                if stream.failure != nil { interruption.come() }
            }
        }
        if !options.json { stream.end() }
        if let failure = stream.failure { throw failure }
        switch result {
        case .success(let answer):
            lastAnswer = (params, answer.citations)
            try options.print(answer) { answer in
                answer.grounding == .declined
                    ? Self.indent + Rendering.shown(otherwise, keeping: ["\n"])
                    : Rendering.sources(of: answer, on: .output, indent: Self.indent)
            }
        case .failure(.refused(let error)) where error.kind == .cancelled && interruption.hasCome:
            guard isInteractive else { throw .interrupted }
        case .failure(.refused(let error)): return error
        case .failure(let error): throw Failure(error)
        }
        return nil
    }

    private static let indent = "  "

    /// Something was said, and answered without the model: it is to know.
    mutating func note(_ text: String, reply: String) {
        conversation.say(.user, text)
        conversation.say(.assistant, reply)
    }

    /// Of a reply that was stopped the model knows what was shown; of one without a word nothing was said.
    private mutating func keep(_ text: String) {
        if text.isEmpty { conversation.takeBack() } else { conversation.say(.assistant, text) }
    }

    private func show(_ reply: GenerateResult, _ options: Options) throws(Failure) {
        if options.json { return try options.print(reply) { _ in "" } }
        let dropped = conversation.dropped + (reply.droppedMessages ?? 0)
        let cost = Rendering.cost(reply, dropped: dropped)
        if isInteractive {
            try Terminal.output.write(line: Self.indent + Terminal.output.styled(cost, .dim))
        } else if dropped > 0 || Rendering.cut(reply) != nil {
            options.note(cost)
        }
    }
}

/// That replies were turned on or off, or what was said so far is forgotten.
struct ChatReplyState: JSONWritable {
    let areOn: Bool

    func write(to json: inout JSONWriter) {
        json.object { $0.field("replies", areOn) }
    }
}
