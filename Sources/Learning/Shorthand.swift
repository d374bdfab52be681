/// What people write for whole words when they text.
enum Shorthand {
    /// A word that always stands for another.
    static let words: [String: String] = [
        "2day": "today", "2moro": "tomorrow", "2morrow": "tomorrow", "2mrw": "tomorrow", "2nite": "tonight",
        "abt": "about", "appt": "appointment", "asap": "as soon as possible", "b4": "before",
        "bday": "birthday",
        "btw": "by the way", "cuz": "because", "gr8": "great", "idk": "i do not know", "l8r": "later",
        "lemme": "let me", "msg": "message", "nite": "night", "pls": "please", "plz": "please",
        "ppl": "people",
        "rn": "right now", "thnx": "thanks", "thx": "thanks", "tmr": "tomorrow", "tmrw": "tomorrow",
        "tmw": "tomorrow", "tonite": "tonight", "u": "you", "ur": "your", "wanna": "want to", "wat": "what",
        "whats": "what's", "wknd": "weekend", "y": "why",
    ]

    /// A digit that stands for a word, but only before one of `followers`: `for 4 people` keeps its number.
    static let digits: [String: String] = ["2": "to", "4": "for"]
    static let followers: Set<String> = [
        "a", "an", "be", "book", "do", "get", "go", "her", "him", "me", "my", "our", "see", "the", "them",
        "this",
        "today", "tomorrow", "tonight", "us", "you", "your",
    ]

    /// `words` of a text, in lower case, each replaced or nil where it stays as it is.
    static func expansions(of words: [String]) -> [String?] {
        words.indices.map { index in
            if let word = Self.words[words[index]] { return word }
            guard let word = digits[words[index]], index + 1 < words.count else { return nil }
            let next = words[index + 1]
            return followers.contains(Self.words[next] ?? next) ? word : nil
        }
    }
}
