internal import Tensors
internal import Tokenizers
internal import Transformers

/// Who has a place in the passes, and pages for what it computes.
///
/// A generation begins once there are pages for what is known of it and for `margin` tokens more. Each takes the others as it
/// grows. When there are none left, kept conversations go first, and then the newest of those that run stands back: the oldest
/// always goes on, and one by itself always has enough.
extension Generator {
    /// Tokens, beyond those that are known, that there must be room for: else one would stand back as soon as it has begun.
    static let margin = 2 * KeyValuePool.pageWidth

    /// Whether there is a place for a request and room to begin it, once those of `leaving` have stood back.
    ///
    /// - Complexity: O(running · tokens + pages).
    public func hasRoom(for request: GenerationRequest, without leaving: [GenerationID] = []) -> Bool {
        hasRoom(for: request.prompt.tokens, of: request, without: leaving)
    }

    /// The same for one that stands back.
    public func hasRoom(for id: GenerationID, without leaving: [GenerationID] = []) -> Bool {
        guard let generation = standingBack.first(where: { $0.id == id }) else { return false }
        return hasRoom(for: generation.tokens, of: generation.request, without: leaving)
    }

    private func hasRoom(
        for tokens: [TokenID], of request: GenerationRequest, without leaving: [GenerationID]
    ) -> Bool {
        let staying = running.filter { !leaving.contains($0.id) }
        guard staying.count < model.together else { return false }
        if staying.isEmpty { return true }
        let shared = staying.map { request.usable($0.tokens[...], of: $0.owner, for: tokens) }.max() ?? 0
        let wanted = request.pages(knowing: tokens.count) - shared / KeyValuePool.pageWidth
        let missing = staying.reduce(wanted) { $0 + $1.missingPages }
        return pool.held(by: staying.map(\.cache.pages)) + missing <= model.pages
    }

    /// Begins a generation: the next pass computes its first tokens.
    ///
    /// - Precondition: there is room for it.
    public func begin(_ request: GenerationRequest) -> GenerationID {
        precondition(hasRoom(for: request), "generator: no room")
        begun += 1
        let generation = RunningGeneration(GenerationID(number: begun), request, model, emptyCache())
        running.append(generation)
        findBeginning(of: generation)
        return generation.id
    }

    private func emptyCache() -> KVCache {
        KVCache(for: model.decoder, in: pool, capacity: model.context)
    }

    // MARK: Standing back

    /// Those that stand back, the oldest first. Each goes on when it is told to, and can be given up meanwhile.
    public var waiting: [GenerationID] { standingBack.map(\.id) }

    /// Gives the place of one that runs to others. What it has computed is kept as what is over is: as long as there is room.
    public func standBack(_ id: GenerationID) {
        guard let place = running.firstIndex(where: { $0.id == id }) else { return }
        standBack(at: place)
    }

    private func standBack(at place: Int) {
        let generation = running.remove(at: place)
        let computed = Array(generation.computed)
        kept.keep(computed, generation.standBack(with: emptyCache()), of: generation.owner)
        standingBack.insertByAge(generation)
    }

    /// Has one that stands back go on: nothing that was told of it is told again.
    ///
    /// - Precondition: there is room for it.
    public func goOn(_ id: GenerationID) {
        precondition(hasRoom(for: id), "generator: no room")
        guard let place = standingBack.firstIndex(where: { $0.id == id }) else { return }
        let generation = standingBack.remove(at: place)
        running.insertByAge(generation)
        findBeginning(of: generation)
    }

    // MARK: Pages for a pass

    /// Sees to it that each has pages for the least that it lays in a pass, the oldest first.
    func reserve() {
        var place = 0
        while place < running.count {
            let generation = running[place]
            guard generation.lead != nil || generation.cache.prepare(generation.leastRows) else {
                if !kept.dropOldest() {
                    standBack(at: newest)
                    // Those that waited for its beginning need pages of their own now.
                    followLeads()
                    place = 0
                }
                continue
            }
            place += 1
        }
    }

    private var newest: Int {
        precondition(running.count > 1, "generator: one by itself has more than all pages")
        return running.count - 1
    }

    /// How many of so many rows there is room for, kept conversations being let go of.
    func fitting(_ rows: Int, of generation: RunningGeneration) -> Int {
        let wanted = min(rows, generation.isReading ? generation.pending : generation.positionsLeft)
        while !generation.cache.prepare(wanted) {
            guard kept.dropOldest() else { return min(wanted, generation.leastRows) }
        }
        return wanted
    }

    // MARK: Beginnings that are alike

    /// Has a generation go on from the longest beginning that is computed. Where another one is about to compute a longer one,
    /// it waits for that.
    private func findBeginning(of generation: RunningGeneration) {
        generation.lead = nil
        if let (other, count) = longestPrefix(of: generation), count > generation.cache.count {
            generation.begin(with: count, of: other)
        }
        let coming = running.filter { $0 !== generation && $0.isReading && $0.lead == nil }
            .map { RunningGeneration.Lead(id: $0.id, count: generation.usable($0.tokens[...], of: $0.owner)) }
            .max { $0.count < $1.count }
        if let coming, coming.count >= generation.cache.count + Self.leastRows { generation.lead = coming }
    }

    private func longestPrefix(of generation: RunningGeneration) -> (KVCache, Int)? {
        let kept = kept.longest(of: generation.tokens, for: generation.request)
        let others = running.filter { $0 !== generation }
            .map { ($0.cache, generation.usable($0.computed, of: $0.owner)) }
        return ([kept].compactMap { $0 } + others).filter { $0.1 > 0 }.max { $0.1 < $1.1 }
    }

    /// Those that wait for another's beginning go on once it is there, or will not come.
    func followLeads() {
        for generation in running {
            guard let lead = generation.lead else { continue }
            let other = running.first { $0.id == lead.id }
            if other.map({ $0.cache.count < lead.count }) != true { findBeginning(of: generation) }
        }
    }
}

extension GenerationRequest {
    /// Pages that must be there before it begins or goes on.
    fileprivate func pages(knowing tokens: Int) -> Int {
        KeyValuePool.pages(for: min(tokens + Generator.margin, positions))
    }
}

extension RunningGeneration {
    /// Pages that it lacks of those that it needs before others may begin.
    fileprivate var missingPages: Int {
        let shared = (lead?.count ?? 0) / KeyValuePool.pageWidth
        return max(0, request.pages(knowing: tokens.count) - max(cache.pages.count, shared))
    }

    /// Rows that it lays in any case when it is its turn.
    fileprivate var leastRows: Int { isReading ? min(Generator.leastRows, pending) : 1 }

    fileprivate func usable(_ held: ArraySlice<TokenID>, of owner: UInt32) -> Int {
        request.usable(held, of: owner, for: tokens)
    }
}

extension [RunningGeneration] {
    fileprivate mutating func insertByAge(_ generation: RunningGeneration) {
        insert(generation, at: firstIndex { $0.id.number > generation.id.number } ?? endIndex)
    }
}
