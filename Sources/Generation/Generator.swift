internal import Tensors
internal import Tokenizers
internal import Transformers

/// The name of a generation, never used twice.
public struct GenerationID: Hashable, Sendable {
    let number: Int
}

/// What a pass brought.
public enum GenerationEvent: Sendable, Hashable {
    /// Text that follows what came before, in whole characters. To keep it costs a copy of the whole text so far.
    case text(GenerationID, Substring)
    /// Nothing more comes.
    case finished(GenerationID, GenerationResult)
}

/// Runs generations of one model together: what waits for its next token, and prompts in chunks, share each pass.
///
/// A generation's text does not depend on what else runs. What was computed of a conversation is kept as long as there is
/// room, and whatever begins alike goes on from there; what begins alike at one time is computed once. Where those that run
/// have no room any more, the newest stands back until there is some, and then goes on as if nothing had been.
/// Belongs to one thread.
public final class Generator {
    /// What runs at once, at most.
    public static let mostTogether = 16
    /// Tokens of prompts in a pass: by themselves, and while others wait for their next token.
    private static let promptRows = (alone: 128, besideOthers: 64)
    /// The least part of a pass that a prompt gets.
    static let leastRows = 16

    private struct Laid {
        let generation: RunningGeneration
        /// Of the pass's logits.
        let rows: Range<Int>
    }

    let model: LanguageModel
    let pool: KeyValuePool
    private let guesses: Bool
    var kept = KeptPrefixes()
    /// The oldest first.
    var running: [RunningGeneration] = []
    /// Those that stand back, the oldest first.
    var standingBack: [RunningGeneration] = []
    private var laid: [Laid] = []
    private var pass: DecoderPass
    /// Who lays first: it changes with each pass.
    private var turn = 0
    var begun = 0
    /// Since the beginning.
    public private(set) var totals = GenerationTotals()

    /// - Parameter guesses: whether tokens are guessed where a text repeats itself. Its words are the same either way.
    public init(_ model: LanguageModel, guesses: Bool = true) {
        self.model = model
        self.guesses = guesses
        pool = model.decoder.makePool(pages: model.pages)
        laid.reserveCapacity(model.together)
        pass = DecoderPass(
            rows: Self.promptRows.alone + Decoder.wantedOfAPass + model.together, sequences: model.together)
    }

    public var isIdle: Bool { running.isEmpty && standingBack.isEmpty }
    public var count: Int { running.count }
    /// Those that run, the oldest first.
    public var underWay: [GenerationID] { running.map(\.id) }
    public var hasPlace: Bool { running.count < model.together }
    /// What the caches of all conversations take, those that are over among them.
    public var cachedTokens: Int { pool.held * KeyValuePool.pageWidth }
    public var cachedBytes: Int { pool.held * pool.pageBytes }

    /// Gives a generation up: the next pass tells that it is finished.
    public func cancel(_ id: GenerationID) {
        (running.first { $0.id == id } ?? standingBack.first { $0.id == id })?.giveUp()
    }

    /// Computes one pass: of each generation its next tokens, or a part of its prompt.
    ///
    /// - Parameter report: called with what the pass brought, of one generation its text before its end.
    /// - Complexity: allocates nothing for a token but what its text takes.
    public func step(_ report: (GenerationEvent) -> Void) {
        let began = ContinuousClock.now
        for generation in running { generation.checkDeadline(began) }
        for generation in standingBack { generation.checkDeadline(began) }
        finish(report)
        followLeads()
        reserve()
        guard !running.isEmpty else { return }
        let read = lay()
        var came = 0
        model.decoder.run(pass) { logits in
            for entry in laid where !entry.rows.isEmpty {
                came += entry.generation.take(logits, rows: entry.rows)
            }
        }
        totals.step(read: read, came: came, ContinuousClock.now - began)
        for generation in running where !generation.hasEnded { tell(generation, report) }
        finish(report)
        laid.removeAll(keepingCapacity: true)
        pass.removeAll()
    }

    // MARK: Laying a pass

    /// - Returns: how many tokens of prompts it has.
    private func lay() -> Int {
        turn += 1
        let readers = running.count { $0.isReading && $0.lead == nil }
        let writers = running.count { !$0.isReading }
        var spare = guesses ? Decoder.wantedOfAPass - running.count : 0
        for place in running.indices {
            let generation = running[(place + turn) % running.count]
            if generation.isReading { continue }
            let before = laidRows
            lay(generation, rows: 1 + spare / writers)
            spare -= laidRows - before - 1
        }
        let written = pass.rows
        var left = (
            waiting: readers, rows: writers > 0 ? Self.promptRows.besideOthers : Self.promptRows.alone
        )
        for place in running.indices where left.rows > 0 {
            let generation = running[(place + turn) % running.count]
            guard generation.isReading, generation.lead == nil else { continue }
            let rows = min(max(Self.leastRows, left.rows / left.waiting), left.rows)
            let before = pass.rows
            lay(generation, rows: rows)
            left = (left.waiting - 1, left.rows - (pass.rows - before))
        }
        return pass.rows - written
    }

    private var laidRows: Int { laid.last?.rows.upperBound ?? 0 }

    private func lay(_ generation: RunningGeneration, rows: Int) {
        let isFirst = generation.cached == nil
        let first = laidRows
        let wanted = generation.lay(in: &pass, rows: fitting(rows, of: generation))
        if isFirst { totals.begin(generation.request.prompt.count, cached: generation.cached ?? 0) }
        laid.append(Laid(generation: generation, rows: first..<first + wanted))
    }

    // MARK: What there is to tell

    private func tell(_ generation: RunningGeneration, _ report: (GenerationEvent) -> Void) {
        let news = generation.news()
        if !news.isEmpty { report(.text(generation.id, news)) }
    }

    private func finish(_ report: (GenerationEvent) -> Void) {
        guard running.contains(where: \.hasEnded) || standingBack.contains(where: \.hasEnded) else { return }
        for generation in running + standingBack where generation.hasEnded {
            tell(generation, report)
            let result = generation.result()
            totals.finish()
            kept.keep(Array(generation.computed), generation.cache, of: generation.owner)
            report(.finished(generation.id, result))
        }
        running.removeAll(where: \.hasEnded)
        standingBack.removeAll(where: \.hasEnded)
    }
}
