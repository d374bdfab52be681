/// A sentence of the context that a reply's sentence is said to repeat, and what must not be lost of it.
///
/// A small model takes a value of one clause for that of another, drops "denied" and "unless", and exchanges who did what to
/// whom. What cannot be told apart here is better quoted than said.
struct CitedSentence: Sendable {
    private let text: String
    private let words: [Word]

    init(_ text: String) {
        self.text = text
        words = Word.words(of: text)
    }

    /// Whether a reply's sentence keeps to it: what it takes of it stands in one clause, its names come in the same order, and
    /// nothing that makes it doubtful, conditional or an order is left out.
    ///
    /// - Parameter asked: stems of the question's words.
    func isKept(by reply: String, to asked: Set<String>) -> Bool {
        let said = Word.words(of: reply)
        let stems = Set(said.map(\.stem))
        for word in words {
            if Self.reservations.contains(word.folded), !stems.contains(word.stem) { return false }
            if Self.orders.contains(word.folded), !asked.contains(word.stem) { return false }
        }
        return standsInOneClause(Self.content(of: said)) && keepsNames(said)
    }

    private func standsInOneClause(_ content: Set<String>) -> Bool {
        let own = Set(words.map(\.stem))
        let taken = content.intersection(own)
        return clauses.contains { taken.isSubset(of: $0) }
    }

    /// The stems of each clause.
    private var clauses: [Set<String>] {
        let bytes = Array(text.utf8)
        var clauses: [Set<String>] = [[]]
        var end = 0
        for word in words {
            let between = bytes[end..<word.span.lowerBound]
            if between.contains(where: Self.marks.contains) || Self.joints.contains(word.folded) {
                clauses.append([])
            }
            clauses[clauses.count - 1].insert(word.stem)
            end = word.span.upperBound
        }
        return clauses
    }

    /// Whether names that both have come in the same order.
    private func keepsNames(_ said: [Word]) -> Bool {
        let own = words.filter(\.isCapitalised).map(\.folded)
        let names = said.filter { $0.isCapitalised && own.contains($0.folded) }.map(\.folded)
        var rest = own[...]
        for name in names {
            guard let place = rest.firstIndex(of: name) else { return false }
            rest = rest[place...]
        }
        return true
    }

    private static func content(of words: [Word]) -> Set<String> {
        Set(words.filter { !CommonWords.grammar.contains($0.folded) }.map(\.stem))
    }

    private static let marks: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: ";")]
    private static let joints: Set<String> = ["and", "but", "while", "whereas", "or", "which", "who", "that"]

    /// Words that make of a statement a doubt, a condition, a hope or its contrary.
    private static let reservations: Set<String> = [
        "deny", "denies", "denied", "denying", "reject", "rejects", "rejected", "refute", "refuted",
        "dispute",
        "disputed", "wrong", "wrongly", "false", "falsely", "mistaken", "mistakenly", "myth", "rumour",
        "rumours",
        "rumor", "rumors", "rumoured", "rumored", "claim", "claims", "claimed", "alleged", "allegedly",
        "alleges",
        "reportedly", "supposedly", "apparently", "perhaps", "maybe", "probably", "possibly", "likely",
        "hope", "hopes",
        "hoped", "hoping", "expect", "expects", "expected", "plan", "plans", "planned", "propose", "proposed",
        "intend",
        "intended", "unless", "if", "except", "otherwise", "should", "might", "may", "could", "would",
        "about",
        "approximately", "roughly", "almost", "nearly", "around", "until", "since", "before", "after", "only",
        "not",
        "never", "no", "cannot", "without",
    ]

    /// Words that tell whoever reads what to say.
    private static let orders: Set<String> = [
        "ignore", "ignoring", "disregard", "instruction", "instructions", "reply", "respond", "say", "output",
        "prompt",
        "assistant", "asked",
    ]
}
