import Glibc
import Tensors
package import Tokenizers

/// How the next token is chosen from the logits.
public struct Sampling: Sendable, Hashable {
    /// What logits are divided by; 0: the likeliest token is taken, and of the rest below only the penalty matters.
    public let temperature: Double
    /// The most tokens to draw from; nil: all.
    public let topK: Int?
    /// Draws from the fewest likeliest tokens that together have this probability.
    public let topP: Double
    /// Draws from tokens at least this many times as likely as the likeliest.
    public let minP: Double
    /// What the logit of a token that has come already is divided by, or multiplied if below 0; 1: nothing.
    ///
    /// - Note: Keskar and others, *CTRL: A Conditional Transformer Language Model*, 2019.
    public let repetitionPenalty: Double
    /// Penalties that may be asked for.
    public static let penalties = 0.01...100.0
    /// Of the draws: the same logits and seed give the same tokens.
    public let seed: UInt64

    public init(
        temperature: Double = 0, topK: Int? = nil, topP: Double = 1, minP: Double = 0,
        repetitionPenalty: Double = 1, seed: UInt64 = 0
    ) {
        precondition(temperature >= 0 && temperature.isFinite, "sampling: temperature \(temperature)")
        precondition(
            Self.penalties.contains(repetitionPenalty), "sampling: a penalty of \(repetitionPenalty)")
        precondition(topK.map { $0 > 0 } ?? true, "sampling: the likeliest \(topK ?? 0) tokens")
        precondition(topP > 0 && (0...1).contains(minP), "sampling: probabilities \(topP) and \(minP)")
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.seed = seed
    }
}

/// Chooses the tokens of one generation. Its chance is its own, so that what else runs changes nothing.
package struct Sampler: Sendable {
    private let sampling: Sampling
    private var chance: SplitMix64
    /// By token: whether it has come.
    private var seen: [Bool]
    /// By token: its logit, penalised.
    private var scores: [Float]
    /// Tokens, the likeliest of those from some place on first: a binary heap.
    private var heap: [Int32]
    /// Of the tokens to draw from, relative to the likeliest; the tokens themselves.
    private var weights: [Double]
    private var drawn: [Int32]

    package init(_ sampling: Sampling, vocabulary: Int) {
        self.sampling = sampling
        chance = SplitMix64(state: sampling.seed)
        seen = Array(repeating: false, count: vocabulary)
        scores = Array(repeating: 0, count: vocabulary)
        heap = []
        weights = []
        drawn = []
        heap.reserveCapacity(vocabulary)
        weights.reserveCapacity(vocabulary)
        drawn.reserveCapacity(vocabulary)
    }

    /// Counts tokens as having come: those of the prompt.
    package mutating func note(_ tokens: some Sequence<TokenID>) {
        for token in tokens { seen[Int(token.rawValue)] = true }
    }

    /// The next token, which has come then. Where several are the likeliest, the one with the least id.
    ///
    /// - Parameter logits: one for each token of the vocabulary; a token whose logit is no number is not chosen while
    ///   another has one.
    /// - Complexity: O(vocabulary + kept · log(vocabulary)); allocates nothing.
    package mutating func next(_ logits: Span<Float>) -> TokenID {
        let likeliest = penalise(logits)
        let token = sampling.temperature == 0 ? likeliest : draw(likeliest)
        seen[token] = true
        return TokenID(rawValue: Int32(token))
    }

    /// The next token of those in `tokens` alone, by their logits as they are: at no temperature the likeliest, else drawn as the
    /// softmax over them says.
    ///
    /// - Parameter tokens: at least one.
    package mutating func next(_ logits: Span<Float>, among tokens: [TokenID]) -> TokenID {
        precondition(!tokens.isEmpty, "sampler: no token is allowed")
        for token in tokens {
            let logit = logits[Int(token.rawValue)]
            scores[Int(token.rawValue)] = logit.isNaN ? -.infinity : logit
        }
        var likeliest = Int(tokens[0].rawValue)
        for token in tokens where scores[Int(token.rawValue)] > scores[likeliest] {
            likeliest = Int(token.rawValue)
        }
        if sampling.temperature > 0 {
            drawn.removeAll(keepingCapacity: true)
            weights.removeAll(keepingCapacity: true)
            for token in tokens { keep(Int(token.rawValue), likeliest) }
            likeliest = drawKept(likeliest, least: 0)
        }
        seen[likeliest] = true
        return TokenID(rawValue: Int32(likeliest))
    }

    /// Fills `scores`; returns the token with the largest.
    private mutating func penalise(_ logits: Span<Float>) -> Int {
        precondition(
            logits.count == scores.count, "sampler: \(logits.count) logits of \(scores.count) tokens")
        let penalty = Float(sampling.repetitionPenalty)
        var likeliest = 0
        for token in scores.indices {
            var score = logits[token].isNaN ? -Float.infinity : logits[token]
            if penalty != 1 && seen[token] { score = score > 0 ? score / penalty : score * penalty }
            scores[token] = score
            if score > scores[likeliest] { likeliest = token }
        }
        return likeliest
    }

    private mutating func draw(_ likeliest: Int) -> Int {
        keepTokens(likeliest)
        return drawKept(likeliest, least: sampling.minP)
    }

    /// One of `drawn`, of those whose weight is not below `least`.
    private mutating func drawKept(_ likeliest: Int, least: Double) -> Int {
        var total = 0.0
        for weight in weights where weight >= least { total += weight }
        var left = chance.fraction() * total
        var last = likeliest
        for (token, weight) in zip(drawn, weights) where weight >= least && weight > 0 {
            last = Int(token)
            left -= weight
            if left < 0 { break }
        }
        return last
    }

    /// How likely a token is, compared with the likeliest.
    private func weight(_ token: Int, _ likeliest: Int) -> Double {
        exp(Double(scores[token] - scores[likeliest]) / sampling.temperature)
    }

    /// Fills `drawn` and `weights` with what the likeliest tokens by count and by probability are.
    private mutating func keepTokens(_ likeliest: Int) {
        drawn.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        guard sampling.topK != nil || sampling.topP < 1 else {
            for token in scores.indices { keep(token, likeliest) }
            return
        }
        let most = min(sampling.topK ?? scores.count, scores.count)
        var total = 0.0
        if sampling.topK == nil { for token in scores.indices { total += weight(token, likeliest) } }
        buildHeap()
        if sampling.topK != nil {
            while drawn.count < most, let token = takeLargest() { keep(token, likeliest) }
            cut(to: weights.reduce(0, +) * sampling.topP)
        } else {
            var mass = 0.0
            while mass < total * sampling.topP, let token = takeLargest() {
                keep(token, likeliest)
                mass += weights[weights.count - 1]
            }
        }
    }

    private mutating func keep(_ token: Int, _ likeliest: Int) {
        drawn.append(Int32(token))
        weights.append(weight(token, likeliest))
    }

    /// Keeps the fewest of the first tokens that have `mass` together.
    private mutating func cut(to mass: Double) {
        var sum = 0.0
        for (place, weight) in weights.enumerated() {
            sum += weight
            guard sum < mass else {
                weights.removeLast(weights.count - place - 1)
                drawn.removeLast(drawn.count - place - 1)
                return
            }
        }
    }

    // A heap of all tokens, the likeliest first, and of equal ones that with the least id.

    private func precedes(_ a: Int32, _ b: Int32) -> Bool {
        let (first, second) = (scores[Int(a)], scores[Int(b)])
        return first > second || first == second && a < b
    }

    private mutating func buildHeap() {
        heap.removeAll(keepingCapacity: true)
        for token in scores.indices { heap.append(Int32(token)) }
        for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    private mutating func takeLargest() -> Int? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return Int(first)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count && precedes(heap[child + 1], heap[child]) { child += 1 }
            guard precedes(heap[child], heap[place]) else { return }
            heap.swapAt(child, place)
            place = child
        }
    }
}

extension SplitMix64 {
    /// From 0 to below 1, in steps of 2⁻⁵³.
    fileprivate mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
