/// What a generator has done, and how fast it was of late.
public struct GenerationTotals: Sendable, Hashable {
    /// Generations that are finished.
    public private(set) var finished = 0
    /// Of the prompts of all that have begun, and of those the ones that were not computed again.
    public private(set) var promptTokens = 0
    public private(set) var cachedTokens = 0
    public private(set) var generatedTokens = 0
    private var reading = Rate()
    private var writing = Rate()

    public init() {}

    /// Tokens of prompts a second, in passes that read some; 0 before the first.
    public var promptTokensPerSecond: Double { reading.value }
    /// Tokens of replies a second, of all that ran together, in passes that read no prompt.
    public var tokensPerSecond: Double { writing.value }

    mutating func begin(_ tokens: Int, cached: Int) {
        promptTokens += tokens
        cachedTokens += cached
    }

    mutating func step(read: Int, came: Int, _ time: Duration) {
        generatedTokens += came
        if read > 0 { reading.add(read, in: time) } else { writing.add(came, in: time) }
    }

    mutating func finish() { finished += 1 }
}

/// What was done a second, of late: what lies so many seconds of work back counts half.
private struct Rate: Hashable {
    private static let halfLife = 5.0

    private var count = 0.0
    private var seconds = 0.0

    var value: Double { seconds > 0 ? count / seconds : 0 }

    mutating func add(_ count: Int, in time: Duration) {
        self.count += Double(count)
        seconds += time / .seconds(1)
        guard seconds > Self.halfLife else { return }
        self.count /= 2
        seconds /= 2
    }
}
