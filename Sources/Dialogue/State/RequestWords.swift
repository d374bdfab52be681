/// How a sentence asks for something to be done: "find my report", or politely "could you find my report?".
enum RequestWords {
    /// They may stand before it.
    private static let before: Set<String> = [
        "please", "kindly", "hi", "hello", "hey", "so", "ok", "okay", "and", "also", "then", "well", "now",
        "next",
        "afterwards", "yes", "no", "sorry", "but",
    ]
    /// A request without more ado begins with one of them.
    static let orders: Set<String> = [
        "show", "send", "give", "get", "fetch", "find", "book", "schedule", "make", "pull", "arrange", "set",
        "put",
        "reserve", "order", "print",
    ]
    /// What follows is to be done by who is asked.
    private static let begging = Words.phrases(
        "could you", "can you", "would you mind", "would you", "will you", "won't you", "can't you",
        "couldn't you",
        "would it be possible to", "would it be possible for you to", "would you be able to",
        "would you be so kind as to", "would you be so kind and", "do you think you could", "do you mind",
        "may i ask you to",
        "can i ask you to", "could i ask you to")
    /// What follows is to be had by who asks.
    private static let wishing = Words.phrases(
        "can i", "could i", "may i", "might i", "can we", "could we", "may we", "might we", "am i able to",
        "would i be able to", "is it possible to", "is it possible for me to", "i need to", "i have to",
        "i want to", "i would like to", "i'd like to", "we need to", "we would like to", "we'd like to")
    private static let having: Set<String> = ["have", "get", "see", "look"]
    /// What is to be had is named.
    private static let naming: Set<String> = [
        "a", "an", "the", "my", "our", "some", "one", "another", "this", "that",
    ]
    /// Between both.
    private static let softening: Set<String> = [
        "please", "possibly", "perhaps", "maybe", "kindly", "also", "just", "then", "quickly", "like", "to",
    ]
    /// Who is to do that is asked a question.
    private static let telling: Set<String> = [
        "tell", "telling", "say", "saying", "explain", "explaining", "describe", "describing", "clarify",
        "clarifying",
        "let", "letting", "inform", "advise", "recommend", "suggest", "confirm", "confirming", "check",
        "checking",
        "remind", "answer", "know", "see", "hear", "understand", "remember", "believe", "repeat", "be",
        "have", "do",
    ]

    /// Whether words begin as a request.
    static func begin(_ words: [Words.Word]) -> Bool {
        let words = words.drop { before.contains($0.folded) }
        if words.first.map({ orders.contains($0.folded) }) ?? false { return true }
        if let opening = Words.first(of: begging, in: words) {
            let verb = verb(after: opening, in: words)
            // "Would it be possible to see" is for who asks to do.
            return verb.map { !telling.contains($0) || opening.last == "to" && having.contains($0) } ?? false
        }
        guard let opening = Words.first(of: wishing, in: words) else { return false }
        let rest = words.dropFirst(opening.count).drop { softening.contains($0.folded) }
        guard let verb = rest.first?.folded else { return false }
        // "Can I book online?" asks whether one may.
        return having.contains(verb)
            || orders.contains(verb) && rest.dropFirst().first.map { naming.contains($0.folded) } ?? false
    }

    /// Whether words begin as a question does.
    static func ask(_ words: [Words.Word]) -> Bool {
        words.drop { before.contains($0.folded) }.first.map { Cues.questioning.contains($0.folded) } ?? false
    }

    private static func verb(after opening: [String], in words: ArraySlice<Words.Word>) -> String? {
        words.dropFirst(opening.count).first { !softening.contains($0.folded) }?.folded
    }
}
