/// Examples kept for replay: at most `capacity` of each type, each example of a type equally likely to be among them.
///
/// An example is kept under that of its types which has had fewest, or under none when it has no slots.
///
/// - Note: Vitter, *Random Sampling with a Reservoir*, 1985.
struct SlotMemory: Sendable, Equatable {
    static let capacity = 32

    struct Kind: Sendable, Equatable {
        var examples: [SlotExample] = []
        /// How many examples it has had.
        var seen = 0
    }

    /// That of texts without slots, then one a type.
    var kinds = [Kind()]

    var count: Int { kinds.reduce(0) { $0 + $1.examples.count } }

    mutating func appendType() { kinds.append(Kind()) }

    /// - Parameter types: the numbers of the example's types.
    mutating func keep(_ example: SlotExample, types: Set<Int>, _ randomness: inout Randomness) {
        let kind = types.map { $0 + 1 }.min { (kinds[$0].seen, $0) < (kinds[$1].seen, $1) } ?? 0
        kinds[kind].seen += 1
        if kinds[kind].examples.count < Self.capacity {
            kinds[kind].examples.append(example)
        } else {
            let place = randomness.below(kinds[kind].seen)
            if place < Self.capacity { kinds[kind].examples[place] = example }
        }
    }

    /// An example of a kind drawn evenly from those that have any.
    func draw(_ randomness: inout Randomness) -> SlotExample? {
        let filled = kinds.indices.filter { !kinds[$0].examples.isEmpty }
        guard !filled.isEmpty else { return nil }
        let examples = kinds[filled[randomness.below(filled.count)]].examples
        return examples[randomness.below(examples.count)]
    }
}
