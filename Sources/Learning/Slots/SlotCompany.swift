/// Which types of slots were taught with which intents.
struct SlotCompany: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        /// Examples of the intent whose slots were known.
        var examples = 0
        /// Numbers of the types that they had.
        var types: Set<Int> = []
    }

    var entries: [IntentName: Entry] = [:]

    mutating func meet(_ types: Set<Int>, with intent: IntentName) {
        entries[intent, default: Entry()].examples += 1
        entries[intent, default: Entry()].types.formUnion(types)
    }

    mutating func rename(_ old: IntentName, to new: IntentName) {
        guard old != new, let entry = entries.removeValue(forKey: old) else { return }
        entries[new, default: Entry()].examples += entry.examples
        entries[new, default: Entry()].types.formUnion(entry.types)
    }

    mutating func remove(_ intent: IntentName) { entries[intent] = nil }

    /// The logarithm of how plausible each of `count` types is where the intents are so probable.
    ///
    /// A type that an intent was never taught with is the less plausible the more examples the intent had; of an intent
    /// without any, and of what is no intent, nothing is known.
    func logPlausibility(of count: Int, given intents: [RankedIntent]) -> [Float] {
        var sums = [Float](repeating: 0, count: count)
        var unknown: Float = 1
        for ranked in intents {
            guard let entry = entries[ranked.intent] else { continue }
            unknown -= ranked.probability
            let rare = ranked.probability / Float(1 + entry.examples)
            for type in 0..<count { sums[type] += entry.types.contains(type) ? ranked.probability : rare }
        }
        return sums.map { Exponential.log(max($0 + max(0, unknown), Self.least)) }
    }

    private static let least: Float = 1e-4
}
