/// What a sentence that corrects says beside that: "No, I was just asking if reports are available" without what stands
/// before "if".
public struct CorrectionWords: Sendable, Hashable {
    /// Sentences may open with several of these. Longer ones stand before those they begin with.
    private static let openings = Words.phrases(
        "no thanks", "no thank you", "oh no", "no", "nope", "nah", "nono", "sorry", "actually", "wait", "oh",
        "wrong date", "wrong day", "wrong time", "wrong one", "wrong", "oops", "hmm", "hm", "well", "my bad",
        "rather", "correction", "what i meant was",
        "what i meant is", "i actually meant", "i really meant", "i meant to say", "i meant", "i mean")
    /// Openings that alone correct nothing.
    private static let weak = Words.phrases(
        "oh", "oh no", "well", "hmm", "hm", "rather", "wait", "sorry", "no thanks", "no thank you")
    /// Of these, openings before a value that takes another's place.
    private static let hesitations = Words.phrases("rather", "wait", "sorry")

    /// They say that nothing more is wanted, after an opening or alone.
    private static let closings = Words.phrases(
        "that's all", "thats all", "that is all", "that was all", "that will be all", "that'll be all",
        "that's it", "that is it", "that was it", "it's all", "nothing else", "nothing more",
        "not right now", "not now", "not at the moment", "i'm good", "i am good", "i'm done", "i'm fine",
        "i'm all set", "all good", "you're good", "you've been", "you have been", "bye", "goodbye")
    private static let thanks = Words.phrases("thanks", "thank you", "many thanks")

    /// They reject what was understood, wherever they stand.
    private static let rejections = Words.phrases(
        "not what i", "no need to", "got me wrong", "misunderstood", "misunderstand", "got that wrong",
        "got it wrong", "did not mean", "didn't mean", "that is wrong", "that's wrong", "is not right",
        "isn't right", "not that", "not asking for", "did not ask for", "didn't ask for",
        "was not a request", "wasn't a request", "not a request", "not requesting", "do not want the",
        "don't want the", "do not need the", "don't need the", "do not need it", "don't need it",
        "do not want it", "don't want it", "dont want", "dont need", "don't send", "dont send",
        "do not send", "did not want", "didn't want", "was a question", "only a question",
        "just a question", "question was")

    /// They say that less, or something else, was wanted.
    private static let limits =
        Words.phrases(
            "all i want", "all i wanted", "i meant", "meant to", "was meaning to", "i asked if",
            "i asked whether", "i asked about", "was more of", "was asking", "was wondering", "i wondered",
            "was curious",
            "was checking", "was inquiring", "was enquiring", "wanted to know", "wanted to ask",
            "wanted to find out", "wanted to check", "wanted to see")
        + ["just", "only", "merely", "simply"].flatMap { limiting in
            limited.map { [limiting] + $0 } + excused.map { ["was", limiting] + $0 }
        }
    private static let limited = Words.phrases(
        "want", "wanted", "wanna", "need to", "like to", "trying", "tell me", "asking", "asked", "wondering",
        "wondered", "curious", "checking", "inquiring", "enquiring", "interested", "hoping to")
    private static let excused = Words.phrases(
        "about the", "about whether", "after", "for", "if", "whether", "out of", "an inquiry", "an enquiry")

    /// Who asked or checked somewhere else tells of that, and corrects nothing: "I just asked my wife".
    private static let asked: Set<String> = [
        "asked", "ask", "asking", "told", "checked", "checking", "called",
    ]
    private static let others =
        ["my", "our", "his", "her", "him", "them", "someone", "somebody", "everyone"].map { [$0] }
        + Words.phrases(
            "with my", "with our", "with the", "with him", "with her", "with them", "with someone", "in my",
            "the doctor", "the nurse", "the receptionist", "the pharmacist", "a friend", "a colleague",
            "around")
    /// "Just checking it was mine" tells what was looked for, "just checking if it is" asks.
    private static let looking: Set<String> = ["checking", "looking"]
    private static let looked: Set<String> = [
        "it", "that", "this", "them", "my", "mine", "our", "his", "her",
    ]

    /// They say that something else is to take the place of a value.
    private static let changes = Words.phrases(
        "actually", "i meant", "i mean", "wrong", "instead", "rather", "make it", "make that", "change",
        "changed", "correction", "second thought", "second thoughts", "not right", "switch")

    /// They say that something is asked, or to be known.
    private static let asking = Words.phrases(
        "inquiring about", "inquiring", "enquiring about", "enquiring", "asking about", "asking",
        "asked about", "asked", "to ask about", "to ask", "wondering about",
        "wondering", "wondered", "i wonder", "curious about", "curious", "to know about", "to know",
        "wanna know", "to find out about", "to find out", "checking", "to check", "to see if",
        "to see whether", "tell me if", "tell me whether", "question about", "question was about",
        "question was", "question is", "a question", "to understand")

    /// What begins with one of them, after the words above or after an opening, is a question.
    private static let questioning = Cues.questioning.union(["if", "whether", "has", "have"])
    /// Openings that say no, or put right.
    private static let strong = Words.phrases(
        "no", "nope", "nah", "nono", "wrong date", "wrong day", "wrong time", "wrong one", "wrong", "sorry",
        "correction", "what i meant was",
        "what i meant is", "i actually meant", "i really meant", "i meant to say", "i meant")
    private static let past: Set<String> = ["was", "wanted", "meant", "asked", "didn't", "wasn't"]
    private static let backward: Set<String> = ["it", "one", "ones", "them", "they", "that", "those", "any"]
    private static let plain: Set<String> = [
        "need", "want", "like", "have", "show", "give", "send", "please", "could", "would", "with",
        "from", "this", "that", "them", "they", "your", "mine", "some", "just", "only", "know", "about",
        "there", "here", "today", "tomorrow", "yesterday", "meant", "asking", "asked", "wanted", "find",
        "tell", "take", "make", "when", "what",
    ]
    private static let adding: Set<String> = ["also", "too", "another", "additionally", "besides", "next"]
    private static let limiting: Set<String> = ["only", "just", "merely", "simply", "rather", "but", "about"]

    /// Whether the sentence says that something before was wrong or was meant otherwise.
    public let corrects: Bool
    /// The same, in words that cannot be an answer, even alone.
    public let rejects: Bool
    /// Whether it speaks of what was meant, asked or wanted before.
    public let explains: Bool
    /// Whether it does, or says no.
    public let isStrong: Bool
    /// Whether it may say that a value is another.
    public let changes: Bool
    /// Whether it adds to what was said.
    public let goesOn: Bool
    /// Whether what remains speaks of something said before: "it", "one".
    public let refersBack: Bool
    /// Whether it says that something was asked.
    public let asks: Bool
    /// What it says beside that; empty if nothing.
    public let remainder: String

    private let rest: ArraySlice<Words.Word>

    public init(_ text: String) {
        let words = Words.of(text)
        let opening = Opening(words)
        let (start, isAsking, isTurned) = Self.matter(of: words, after: opening.end)
        rest = words[start...]
        rejects = Words.hold(words, anyOf: Self.rejections)
        let isLimiting = Words.hold(words, anyOf: Self.limits) && !Self.tells(words, opening)
        let isNegated = words.first?.folded == "not"
        asks =
            isAsking || rest.first.map { Self.questioning.contains($0.folded) } ?? false
            || text.last { !$0.isWhitespace } == "?"
        // "No, that was all I wanted to know", "no, thanks": nothing is put right.
        let body = words[opening.end...]
        let declines =
            Words.first(of: Self.closings, in: body) != nil
            || !isAsking && !isLimiting && !rejects && Words.first(of: Self.thanks, in: body) != nil
        corrects = !declines && (opening.corrects || rejects || isLimiting || isTurned && isNegated)
        explains = !declines && (rejects || isNegated || isLimiting && Self.speakOfThemselves(words))
        isStrong = explains || opening.saysNo
        changes = !declines && (corrects || opening.hesitates || Words.hold(words, anyOf: Self.changes))
        goesOn =
            words.contains { Self.adding.contains($0.folded) } || text.lowercased().contains("as well")
        // "They've", "it's".
        refersBack = rest.contains { word in
            Self.backward.contains(word.folded) || word.folded.hasPrefix("it'")
                || word.folded.hasPrefix("they'")
        }
        remainder =
            rest.first.map { String(decoding: text.utf8.dropFirst($0.bytes.lowerBound), as: UTF8.self) } ?? ""
    }

    /// Whether the words that seem to limit what was asked tell of something else that was asked or checked.
    private static func tells(_ words: [Words.Word], _ opening: Opening) -> Bool {
        words.indices.dropLast().contains { index in
            let (word, next) = (words[index].folded, words[index + 1].folded)
            if asked.contains(word), Words.first(of: others, in: words[(index + 1)...]) != nil { return true }
            return !opening.saysNo && looking.contains(word) && looked.contains(next)
        }
    }

    /// The words that a sentence opens with before it comes to the matter.
    private struct Opening {
        private(set) var end = 0
        private(set) var (corrects, saysNo, hesitates) = (false, false, false)

        init(_ words: [Words.Word]) {
            while let phrase = Words.first(of: openings, in: words[end...]) {
                corrects = corrects || !weak.contains(phrase)
                saysNo = saysNo || strong.contains(phrase)
                hesitates = hesitates || hesitations.contains(phrase)
                end += phrase.count
            }
        }
    }

    /// Where the matter of a sentence begins: after the words that say that something is asked, or only that.
    ///
    /// - Returns: that place, whether there are words that ask, and whether a question is set against something else:
    ///   "not the results, only whether they have arrived".
    private static func matter(
        of words: [Words.Word], after start: Int
    ) -> (start: Int, isAsking: Bool, isTurned: Bool) {
        var place = start
        var isAsking = false
        // What is asked follows the last of them.
        for start in words.indices.reversed() where !isAsking {
            guard let phrase = Words.first(of: asking, in: words[start...]) else { continue }
            isAsking = true
            // "To see if": the question begins with the last of these.
            let isOpen = phrase.last.map(questioning.contains) ?? false
            let end = start + phrase.count - (isOpen ? 1 : 0)
            if end < words.count { place = max(place, end) }
        }
        while place < words.count - 1, limiting.contains(words[place].folded) { place += 1 }
        let turn = words.indices.dropFirst().first { index in
            limiting.contains(words[index - 1].folded) && questioning.contains(words[index].folded)
        }
        if let turn { place = max(place, turn) }
        return (place, isAsking, turn != nil)
    }

    /// Whether words speak of what was said before, or of the speaker.
    private static func speakOfThemselves(_ words: [Words.Word]) -> Bool {
        words.contains { past.contains($0.folded) || ["i", "i'd", "all"].contains($0.folded) }
    }

    /// How many words the remainder has.
    public var remainingWords: Int { rest.count }

    /// How many of them stand outside of these places of the text, in bytes of UTF-8.
    public func remainingWords(beside places: [Range<Int>]) -> Int {
        rest.count { word in !places.contains { $0.overlaps(word.bytes) } }
    }

    /// Whether what remains has a word of another text, if only by how it begins.
    public func sharesWord(with text: String) -> Bool {
        let others = Words.of(text).map(\.folded).filter { Self.isTelling($0) }
        return rest.contains { word in
            Self.isTelling(word.folded) && others.contains { $0.prefix(4) == word.folded.prefix(4) }
        }
    }

    /// Whether a word says what a sentence is about.
    private static func isTelling(_ word: String) -> Bool {
        word.count >= 4 && !plain.contains(word) && !questioning.contains(word)
    }
}
