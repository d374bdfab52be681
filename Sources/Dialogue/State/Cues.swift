/// A pleasantry: it begins nothing and finishes nothing.
enum Courtesy {
    case thanks, praise
}

/// Words that say what a sentence does in a dialogue, whatever it is about.
struct Cues: Sendable {
    private static let cancelling = Words.phrases(
        "cancel", "never mind", "nevermind", "forget it", "forget that", "forget about it",
        "forget about that", "stop", "drop it", "drop that", "leave it", "scrap that", "abort",
        "don't bother", "i changed my mind", "i've changed my mind", "call it off", "call that off",
        "let it be",
        "let's not", "forget the whole thing", "skip it", "skip that", "scratch that", "scrap it",
        "i give up", "i've decided against it",
        "i decided against it", "no need any more", "no need anymore", "not needed any more",
        "not needed anymore",
        "that won't be necessary", "that will not be necessary")
    /// They take back what is going on where what follows is nothing else than that.
    private static let unwishing = Words.phrases(
        "don't need", "do not need", "dont need", "don't want", "do not want", "dont want", "no longer need",
        "no longer want", "don't wanna", "rather not", "no need for", "no longer interested in",
        "not interested in", "won't need", "will not need", "don't require", "do not require",
        "it's no longer",
        "it is no longer", "that's no longer", "that is no longer", "i'd rather you didn't")
    /// What may follow.
    private static let unwished: Set<String> = [
        "it", "that", "this", "them", "one", "any", "anything", "a", "an", "the", "my", "to", "do", "have",
        "see",
        "book", "get", "more", "anymore", "longer", "now", "after", "all", "thanks", "thank", "you", "please",
        "really", "at", "moment", "then", "sorry", "today", "task", "thing", "whole", "needed", "necessary",
        "required", "for", "though", "actually",
    ]
    /// At the end: what is not wanted was until now.
    private static let ceasing = Words.phrases("any more", "anymore", "any longer", "after all")
    /// They end a talk, beside words that take leave.
    private static let closing = Words.phrases(
        "that's all", "that is all", "that was all", "that will be all", "that'll be all", "that'll do",
        "that will do", "that's everything", "that is everything", "that was everything",
        "that will be everything", "that'll be everything", "nothing else", "nothing more", "i'm done",
        "i am done", "we're done", "we are done", "that's enough", "that is enough", "enough", "all done",
        "bye", "goodbye", "see you", "good night", "that'd be all", "that would be all", "thanks", "thank you"
    )
    private static let closingTails = Words.phrases(
        "for today", "for now", "for the moment", "for the day", "for this time", "i need", "i needed",
        "i wanted",
        "i want", "i have", "today", "then", "i think", "i guess", "tomorrow", "very much", "so much",
        "a lot",
        "from me", "here")
    /// They may stand before it.
    private static let fillers: Set<String> = [
        "no", "oh", "ok", "okay", "please", "actually", "well", "sorry", "just", "let's", "then", "wait",
        "hmm", "um", "uh", "so", "and", "i", "want", "to", "would", "like", "i'd", "you", "can", "could",
        "we", "yes", "yeah", "yep", "nah", "nope", "but", "honestly", "really", "think", "hm", "know", "what",
        "there's",
    ]
    private static let putting = Words.phrases(
        "make it", "make that", "instead", "rather on", "rather at", "i meant")
    private static let replacing = Words.phrases(
        "instead", "rather", "changed my mind")
    /// A question begins with one of them.
    static let questioning: Set<String> = [
        "what", "which", "who", "whose", "when", "where", "why", "how", "is", "are", "was", "were", "do",
        "does", "did", "can", "could", "will", "would", "should", "may",
    ]

    private static let objecting: Set<String> = [
        "no", "not", "never", "wait", "but", "cancel", "stop", "hold", "later", "instead", "rather",
        "bye", "goodbye", "however", "unless", "make", "change",
    ]
    private static let leaving = Words.phrases(
        "bye", "goodbye", "farewell", "see you", "take care", "good night", "that's all", "that is all",
        "that was all", "have a nice", "have a good", "i'm done", "ciao", "cheers")
    private static let denying = Words.phrases(
        "do not want", "don't want", "do not need", "don't need", "no longer", "cancel", "call off",
        "don't show", "do not show", "don't send", "do not send", "don't book", "do not book",
        "rather not")
    private static let greeting = Words.phrases(
        "hello", "hi", "hey", "hiya", "greetings", "good morning", "good afternoon", "good evening",
        "good day")

    /// Between two values: the later one is meant.
    private static let amending = Words.phrases(
        "no", "nope", "actually", "i meant", "i mean", "sorry", "rather", "make it", "make that", "wait",
        "correction", "or rather")
    /// What may stand right before a number that says all, and right after it.
    private static let beforeBare: Set<String> = [
        "about", "actually", "and", "around", "at", "be", "but", "by", "do", "for", "from", "is", "it",
        "like",
        "make", "maybe", "no", "not", "ok", "okay", "on", "or", "perhaps", "please", "prefer", "rather",
        "say",
        "sorry", "take", "than", "that", "the", "then", "to", "try", "until", "well", "with", "yes",
    ]
    private static let afterBare: Set<String> = [
        "and", "but", "fine", "good", "if", "instead", "is", "maybe", "not", "ok", "okay", "on", "or",
        "please", "rather", "sharp", "should", "so", "sounds", "suits", "thank", "thanks", "then", "today",
        "tomorrow", "will", "works", "would",
    ]
    /// They thank.
    private static let thanking = Words.phrases(
        "thank you", "thanks", "thank u", "thx", "ty", "much appreciated", "appreciate it", "appreciate that",
        "appreciate your help", "appreciate the help", "that's kind of you", "that is kind of you",
        "how kind of you", "very kind of you", "so kind of you", "you are kind", "you're kind",
        "you are very kind", "you're very kind", "you are too kind", "you're too kind", "that's very kind",
        "that's nice of you", "that is nice of you", "you have been very helpful", "you've been very helpful",
        "you have been helpful", "you've been helpful", "that's helpful", "that was helpful", "very helpful",
        "you are the best", "you're the best")
    /// They are pleased. Longer ones stand before those they begin with.
    private static let praising = Words.phrases(
        "great", "perfect", "wonderful", "excellent", "awesome", "brilliant", "lovely", "super", "cool",
        "nice", "good to know", "that's great", "that is great", "that's good news",
        "that is good news", "that's good", "that is good", "good news", "that's perfect", "that's wonderful",
        "that's lovely",
        "that's nice", "good job", "well done", "glad to hear it", "glad to hear that", "happy to hear that")
    /// They may stand beside either.
    private static let courteous = Words.phrases(
        "so much", "very much", "a lot", "a million", "a bunch", "again", "for that", "for this", "for it",
        "for your help", "for the help", "for the info", "for the information", "for telling me",
        "for checking", "for letting me know", "many", "really", "ok", "okay", "oh", "ah", "wow", "well",
        "very", "so", "and", "i", "all", "dear", "then")

    private let words: [Words.Word]
    /// What it says is not meant.
    let negation: Negation
    /// Whether it ends or begins as a question does.
    let isQuestion: Bool

    init(_ text: String) {
        words = Words.of(text)
        isQuestion =
            text.last { !$0.isWhitespace } == "?"
            || words.first.map { Self.questioning.contains($0.folded) } ?? false
        negation = Negation(words, of: text, asks: isQuestion)
    }

    var wordCount: Int { words.count }

    /// The whole sentence takes back what is going on.
    ///
    /// - Parameters:
    ///   - task: what that is called; nil for nothing.
    ///   - isValued: whether something in the sentence may fill a slot.
    func cancels(_ task: String?, isValued: Bool) -> Bool {
        guard words.count <= 10 else { return false }
        // "Scratch that, make it Friday" gives nothing up.
        if isValued, Words.hold(words, anyOf: Self.putting) { return false }
        let start = words.firstIndex { !Self.fillers.contains($0.folded) } ?? 0
        return words[...(min(start, words.count - 1))].indices.contains { place in
            let words = words[place...]
            guard let cue = Words.first(of: Self.cancelling, in: words), words.count <= 8 else {
                return unwishes(at: place, task, isValued: isValued)
            }
            // "Stop by at three" stops nothing.
            return words.dropFirst(cue.count).first?.folded != "by"
        }
    }

    /// "I don't need it any more", "I'd rather not": what follows a denied wish is what is going on.
    private func unwishes(at place: Int, _ task: String?, isValued: Bool) -> Bool {
        guard let cue = Words.first(of: Self.unwishing, in: words[place...]) else { return false }
        let rest = words[(place + cue.count)...]
        let name = Words.of((task ?? "").replacing("_", with: " ")).map(\.folded)
        let isAll = rest.allSatisfy { word in
            Self.unwished.contains(word.folded) || name.contains { Words.isSame(word.folded, as: $0) }
        }
        return isAll
            || !isValued
                && Self.ceasing.contains { phrase in words.suffix(phrase.count).map(\.folded) == phrase }
    }

    /// The whole sentence says that nothing more is wanted: "no, that's all for today".
    var closes: Bool {
        var (place, closes) = (0, false)
        while place < words.count {
            let left = words[place...]
            if let phrase = Words.first(of: Self.closing, in: left) {
                (place, closes) = (
                    place + phrase.count, closes || phrase[0] != "thanks" && phrase[0] != "thank"
                )
            } else if closes, let phrase = Words.first(of: Self.closingTails, in: left) {
                place += phrase.count
            } else if Self.fillers.contains(words[place].folded) {
                place += 1
            } else {
                return false
            }
        }
        return closes
    }

    /// Words that keep a yes from being one.
    var objects: Bool { words.contains { Self.objecting.contains($0.folded) || $0.folded.hasSuffix("n't") } }

    /// Somebody takes his leave.
    var leaves: Bool { Words.hold(words, anyOf: Self.leaving) }

    /// Something is not wanted, or not any more.
    var deniesWish: Bool { Words.hold(words, anyOf: Self.denying) }

    /// The whole sentence greets.
    var greets: Bool { words.count <= 4 && Words.first(of: Self.greeting, in: words[...]) != nil }

    /// The whole sentence is a pleasantry: it thanks, or is pleased. Nil for any other.
    var courtesy: Courtesy? {
        var (place, thanks, praises) = (0, false, false)
        while place < words.count {
            let left = words[place...]
            if let phrase = Words.first(of: Self.thanking, in: left) {
                (place, thanks) = (place + phrase.count, true)
            } else if let phrase = Words.first(of: Self.praising, in: left) {
                (place, praises) = (place + phrase.count, true)
            } else if let phrase = Words.first(of: Self.courteous, in: left) {
                place += phrase.count
            } else {
                return nil
            }
        }
        return thanks ? .thanks : praises ? .praise : nil
    }

    /// Something takes the place of something else.
    var replaces: Bool { Words.hold(words, anyOf: Self.replacing) }

    /// Where words stand that put right what is said before them, in bytes.
    var corrections: [Int] {
        words.indices.filter { Words.first(of: Self.amending, in: words[$0...]) != nil }
            .map { words[$0].bytes.lowerBound }
    }

    /// Whether what stands at `bytes` is of nothing: "make it 5", not "5 people" nor "room 5".
    func isBare(_ bytes: Range<Int>) -> Bool {
        let before = words.last { $0.bytes.upperBound <= bytes.lowerBound }
        let after = words.first { $0.bytes.lowerBound >= bytes.upperBound }
        return before.map { Self.beforeBare.contains($0.folded) } ?? true
            && after.map { Self.afterBare.contains($0.folded) } ?? true
    }

    /// Whether words in `bytes` are like those of a name: "remind" and `reminder_time`.
    func mention(_ name: String, in bytes: Range<Int>) -> Bool {
        let parts = Words.of(name.replacing("_", with: " ")).map(\.folded)
        return words.contains { word in
            bytes.contains(word.bytes.lowerBound)
                && parts.contains { part in
                    zip(part, word.folded).prefix { $0 == $1 }.count >= Self.leastStem
                }
        }
    }

    private static let leastStem = 4
}
