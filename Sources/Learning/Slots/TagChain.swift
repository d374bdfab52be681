/// How tags follow each other: the score of a sequence is the sum of its words' scores and of the steps between them.
///
/// - Note: Lafferty, McCallum, Pereira, *Conditional Random Fields*, 2001.
struct TagChain: Sendable, Equatable {
    /// (tags), (tags): of a step to the first from the second; what no step may do stays 0 and is never read.
    private(set) var steps: [[Float]] = [[0]]
    /// Adam's running means of the slopes and of their squares.
    private(set) var means: [[Float]] = [[0]]
    private(set) var squares: [[Float]] = [[0]]

    init() {}

    init(steps: [[Float]], means: [[Float]], squares: [[Float]]) {
        self.steps = steps
        self.means = means
        self.squares = squares
    }

    var tags: Int { steps.count }

    mutating func appendTag() {
        Self.grow(&steps)
        Self.grow(&means)
        Self.grow(&squares)
    }

    private static func grow(_ square: inout [[Float]]) {
        for row in square.indices { square[row].append(0) }
        square.append([Float](repeating: 0, count: square.count + 1))
    }

    /// The likeliest sequence of tags.
    ///
    /// - Parameter scores: (words, tags).
    /// - Complexity: O(words · tags²).
    func best(_ scores: [Float]) -> [Int] {
        let words = scores.count / tags
        guard words > 0 else { return [] }
        var best = (0..<tags).map { SlotTags.isFurther($0) ? -.infinity : scores[$0] }
        var origins: [[Int]] = []
        for word in 1..<max(1, words) {
            var next = [Float](repeating: -.infinity, count: tags)
            var origin = [Int](repeating: 0, count: tags)
            for tag in 0..<tags {
                for before in Self.predecessors(of: tag, tags) {
                    let score = best[before] + steps[tag][before]
                    if score > next[tag] { (next[tag], origin[tag]) = (score, before) }
                }
                next[tag] += scores[word * tags + tag]
            }
            best = next
            origins.append(origin)
        }
        var last = 0
        for tag in 1..<max(1, tags) where best[tag] > best[last] { last = tag }
        var path = [last]
        for origin in origins.reversed() { path.append(origin[path[path.count - 1]]) }
        return path.reversed()
    }

    /// The tags that may come before one.
    static func predecessors(of tag: Int, _ tags: Int) -> Range<Int> {
        SlotTags.isFurther(tag) ? tag - 1..<tag + 1 : 0..<tags
    }

    /// What one step of Adam makes of the steps.
    ///
    /// - Parameter slopes: (tags, tags), as `steps`.
    mutating func step(_ slopes: [Float], rate: Float, correction: Float) {
        for tag in 0..<tags {
            for before in Self.predecessors(of: tag, tags) {
                let slope = slopes[tag * tags + before]
                means[tag][before] = means[tag][before] * 0.9 + slope * 0.1
                squares[tag][before] = squares[tag][before] * 0.999 + (slope * slope) * 0.001
                let scale = (squares[tag][before] * correction).squareRoot() + 1e-8
                steps[tag][before] -= means[tag][before] * rate / scale
            }
        }
    }

    /// e^step, the largest as 1; (tags, tags), as `steps`.
    var factors: [Float] {
        let largest = steps.reduce(-Float.infinity) { $1.reduce($0, max) }
        return steps.flatMap { row in row.map { max(Exponential.exp($0 - largest), Beliefs.leastFactor) } }
    }
}

/// How probable each tag of each word is, and each step between two, given all of a text.
///
/// - Note: Rabiner, *A Tutorial on Hidden Markov Models*, 1989: the forward and backward variables, scaled.
struct Beliefs {
    /// Less is told from nothing in no figure that is used, and would sum up to nothing in single precision.
    static let leastFactor: Float = 1e-9
    private static let leastEvidence: Float = 1e-18
    private static let mostBackward: Float = 1e30

    private let tags: Int
    /// (tags, tags), of a step to the first from the second.
    private let factors: [Float]
    /// (words, tags): e^score, the largest of a word as 1; divided by the word's scale.
    private var evidence: [Float]
    /// (words, tags)
    private var forward: [Float]
    private var backward: [Float]

    var words: Int { evidence.count / tags }

    /// - Parameters:
    ///   - scores: (words, tags).
    ///   - factors: those of the chain.
    init(_ scores: [Float], tags: Int, factors: [Float]) {
        self.tags = tags
        self.factors = factors
        evidence = [Float](repeating: 0, count: scores.count)
        forward = evidence
        backward = [Float](repeating: 1, count: scores.count)
        for word in 0..<words { goForward(to: word, scores) }
        for word in stride(from: words - 2, through: 0, by: -1) { goBack(to: word) }
    }

    private mutating func goForward(to word: Int, _ scores: [Float]) {
        let start = word * tags
        let own = scores[start..<start + tags]
        let largest = own.reduce(-Float.infinity, max)
        var sum: Float = 0
        for tag in 0..<tags {
            evidence[start + tag] = max(Exponential.exp(own[start + tag] - largest), Self.leastEvidence)
            var arriving: Float = 0
            if word == 0 {
                arriving = SlotTags.isFurther(tag) ? 0 : 1
            } else {
                for before in TagChain.predecessors(of: tag, tags) {
                    arriving += forward[start - tags + before] * factors[tag * tags + before]
                }
            }
            forward[start + tag] = arriving * evidence[start + tag]
            sum += forward[start + tag]
        }
        for tag in 0..<tags {
            forward[start + tag] /= sum
            evidence[start + tag] /= sum
        }
    }

    private mutating func goBack(to word: Int) {
        let (start, next) = (word * tags, (word + 1) * tags)
        for before in 0..<tags { backward[start + before] = 0 }
        for tag in 0..<tags {
            let coming = evidence[next + tag] * backward[next + tag]
            for before in TagChain.predecessors(of: tag, tags) {
                backward[start + before] += factors[tag * tags + before] * coming
            }
        }
        for before in 0..<tags {
            backward[start + before] = min(backward[start + before], Self.mostBackward)
        }
    }

    func probability(of tag: Int, at word: Int) -> Float {
        forward[word * tags + tag] * backward[word * tags + tag]
    }

    /// Adds the probability of each step, times `share`, to `sums`, (tags, tags), as the chain's steps.
    func addSteps(to sums: inout [Float], times share: Float) {
        for word in 1..<max(1, words) {
            let start = word * tags
            for tag in 0..<tags {
                let coming = share * (evidence[start + tag] * backward[start + tag])
                for before in TagChain.predecessors(of: tag, tags) {
                    sums[tag * tags + before] +=
                        forward[start - tags + before] * factors[tag * tags + before] * coming
                }
            }
        }
    }

    /// How probable it is that a slot has exactly these words.
    ///
    /// - Parameter first: the tag of its first word.
    func probability(ofSlot words: Range<Int>, first: Int) -> Float {
        var product = forward[words.lowerBound * tags + first]
        var tag = first
        for word in words.dropFirst() {
            product *= factors[(first + 1) * tags + tag] * evidence[word * tags + first + 1]
            tag = first + 1
        }
        let last = (words.upperBound - 1) * tags
        var ending = backward[last + tag]
        if words.upperBound < self.words {
            let next = last + tags + first + 1
            ending -= factors[(first + 1) * tags + tag] * evidence[next] * backward[next]
        }
        return max(0, min(1, product * ending))
    }
}
