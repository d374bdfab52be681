/// A pleasantry: it begins nothing and finishes nothing.
enum Courtesy {
    case thanks, praise
}

/// Words that say what a sentence does in a dialogue, whatever it is about.
struct Cues: Sendable {
    private static let cancelling = Words.phrases(
        "cancel", "never mind", "nevermind", "forget it", "forget that", "forget about it",
        "forget about that", "stop", "drop it", "drop that", "leave it", "scrap that", "abort",
        "don't bother", "i changed my mind", "i've changed my mind")
    /// They may stand before it.
    private static let fillers: Set<String> = [
        "no", "oh", "ok", "okay", "please", "actually", "well", "sorry", "just", "let's", "then", "wait",
        "hmm", "um", "uh", "so", "and", "i", "want", "to", "would", "like", "i'd", "you", "can", "could",
        "we",
    ]
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
    private let endsAsQuestion: Bool

    init(_ text: String) {
        words = Words.of(text)
        endsAsQuestion = text.last { !$0.isWhitespace } == "?"
    }

    var wordCount: Int { words.count }

    /// The whole sentence takes back what is going on.
    var cancels: Bool {
        guard words.count <= 8 else { return false }
        let start = words.firstIndex { !Self.fillers.contains($0.folded) } ?? 0
        return [words[...], words[start...]].contains { words in
            guard let cue = Words.first(of: Self.cancelling, in: words) else { return false }
            // "Stop by at three" stops nothing.
            return words.dropFirst(cue.count).first?.folded != "by"
        }
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

    var isQuestion: Bool {
        endsAsQuestion || words.first.map { Self.questioning.contains($0.folded) } ?? false
    }

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

    /// Whether what stands at `bytes` is said not to be meant: "not Monday".
    func isDenied(_ bytes: Range<Int>) -> Bool {
        let before = words.prefix { $0.bytes.upperBound <= bytes.lowerBound }.suffix(2)
        return before.contains { $0.folded == "not" || $0.folded.hasSuffix("n't") }
    }
}
