internal import Tensors
internal import Tokenizers
internal import Transformers

/// A reply in the making.
final class RunningGeneration {
    /// Another one that computes a beginning which both have, and how many tokens that has.
    struct Lead {
        let id: GenerationID
        let count: Int
    }

    let id: GenerationID
    let request: GenerationRequest
    /// Empty while the generation stands back.
    private(set) var cache: KVCache
    /// Whose beginning it waits for.
    var lead: Lead?
    private(set) var reason: StopReason?
    var hasEnded: Bool { reason != nil }

    private let tokenizer: ModelTokenizer
    /// Of the prompt, once the first of its tokens is laid: what was not computed for it.
    private(set) var cached: Int?
    private let began = ContinuousClock.now
    private var firstToken: ContinuousClock.Instant?
    /// The prompt's, and those of the reply so far. All but some of the last are in the cache.
    private(set) var tokens: [TokenID]
    private var sampler: Sampler
    private var choice: TokenChoice?
    /// What goes through the next pass: tokens that are known, then a guess.
    private var coming: [TokenID] = []
    private var guessed = 0
    private var assembly = TextAssembly()
    private var stops: StopStrings
    /// What the last token brought, before what is held back of it.
    private var piece = ""
    private var text = ""
    /// How much of `text` was told, in UTF-8.
    private var told = 0

    /// - Parameter cache: an empty one.
    init(_ id: GenerationID, _ request: GenerationRequest, _ model: LanguageModel, _ cache: KVCache) {
        self.id = id
        self.request = request
        self.cache = cache
        tokenizer = model.tokenizer
        tokens = request.prompt.tokens
        tokens.reserveCapacity(request.positions)
        coming.reserveCapacity(PromptLookup.longest + 1)
        sampler = Sampler(request.sampling, vocabulary: model.decoder.configuration.vocabulary)
        // What ends a message has come in every conversation; it is no repetition.
        sampler.note(tokens.filter { !model.tokenizer.ends.contains($0) })
        choice = request.choice
        stops = StopStrings(request.stops)
        piece.reserveCapacity(64)
        text.reserveCapacity(8 * request.maximumTokens)
    }

    /// Tokens that the cache lacks; 1 once the prompt is computed.
    var pending: Int { tokens.count - cache.count }
    var isReading: Bool { pending > 1 }
    private var generated: Int { tokens.count - request.prompt.count }
    var owner: UInt32 { request.owner }
    /// Positions that it may still fill.
    var positionsLeft: Int { request.positions - cache.count }
    /// What the cache holds.
    var computed: ArraySlice<TokenID> { tokens[..<cache.count] }

    func giveUp() { if reason == nil { reason = .cancelled } }

    func checkDeadline(_ now: ContinuousClock.Instant) {
        if reason == nil, request.isExpired(at: now) { end(.deadline) }
    }

    // MARK: What is computed

    /// Goes on from what another cache holds of its tokens, instead of what its own does.
    func begin(with count: Int, of other: KVCache) {
        cache.truncate(to: 0)
        cache.begin(with: count, of: other)
    }

    /// Stands back: what its cache holds has to be found or computed again before it goes on.
    ///
    /// - Returns: the cache, in whose place it has an empty one then.
    func standBack(with empty: KVCache) -> KVCache {
        defer { cache = empty }
        lead = nil
        return cache
    }

    // MARK: A pass

    /// Lays the next tokens.
    ///
    /// - Parameter rows: the most of them, 1 or more. Once the prompt is read, all but the first are guesses.
    /// - Returns: how many rows of logits are wanted; 0 while a prompt is read.
    func lay(in pass: inout DecoderPass, rows: Int) -> Int {
        if cached == nil { cached = cache.count }
        guessed = 0
        if isReading {
            let end = min(cache.count + rows, tokens.count)
            pass.append(tokens[cache.count..<end], to: cache, logits: end == tokens.count ? .last : .none)
            return end == tokens.count ? 1 : 0
        }
        let left = request.maximumTokens - generated - 1
        let guess =
            choice == nil ? PromptLookup.guess(behind: tokens, most: min(rows - 1, left)) : 0..<0
        coming.removeAll(keepingCapacity: true)
        coming.append(tokens[tokens.count - 1])
        coming.append(contentsOf: tokens[guess])
        guessed = guess.count
        pass.append(coming[...], to: cache, logits: .all)
        return coming.count
    }

    /// Takes the tokens that follow, of each row as long as the row's own token was guessed rightly.
    ///
    /// - Parameter rows: of the logits, as many as were laid.
    /// - Returns: how many tokens came.
    func take(_ logits: borrowing Logits, rows: Range<Int>) -> Int {
        let before = tokens.count
        var right = 0
        for row in rows {
            let token = logits.withRow(row) { choose($0) }
            append(token)
            guard reason == nil, right < guessed, coming[right + 1] == token else { break }
            right += 1
        }
        cache.truncate(to: min(cache.count, tokens.count - 1))
        return tokens.count - before
    }

    private func choose(_ logits: Span<Float>) -> TokenID {
        guard let choice else { return sampler.next(logits) }
        return sampler.next(logits, among: choice.allowed)
    }

    private func append(_ token: TokenID) {
        if firstToken == nil { firstToken = .now }
        tokens.append(token)
        if choice != nil { return take(chosen: token) }
        if tokenizer.ends.contains(token) { return end(.end) }
        let isFirst = generated == 1 && request.prompt.isConversation
        let said = isFirst ? tokenizer.beginningBytes(of: token) : tokenizer.bytes(of: token)
        assembly.append(said, to: &piece)
        stopOrSay()
        if stops.hasStopped {
            reason = .stop
        } else if generated == request.maximumTokens {
            end(request.isBoundByContext ? .context : .length)
        }
    }

    private func take(chosen token: TokenID) {
        choice?.take(token)
        guard let chosen = choice?.chosen else { return }
        text = request.choices[chosen]
        reason = .end
    }

    /// What was held back is part of the reply after all.
    private func end(_ reason: StopReason) {
        self.reason = reason
        assembly.finish(to: &piece)
        stopOrSay()
        if stops.hasStopped { self.reason = .stop } else { stops.finish(to: &text) }
    }

    private func stopOrSay() {
        stops.append(piece, to: &text)
        piece.removeAll(keepingCapacity: true)
    }

    // MARK: What there is to tell

    /// What came since it was last asked for.
    func news() -> Substring {
        let news = text[text.utf8.index(text.startIndex, offsetBy: told)...]
        told = text.utf8.count
        return news
    }

    func result() -> GenerationResult {
        let now = ContinuousClock.now
        let first = firstToken ?? now
        return GenerationResult(
            text: text, reason: reason ?? .cancelled,
            usage: GenerationUsage(
                promptTokens: request.prompt.count, cachedTokens: cached ?? 0, generatedTokens: generated,
                promptTime: first - began, generationTime: now - first))
    }
}
