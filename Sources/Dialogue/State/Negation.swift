/// What of a sentence is said not to be meant, or to be taken out or put otherwise: "not Monday", "I didn't want the
/// dentist", "no reminder please", "change the day".
///
/// A negation reaches from its word over articles, prepositions and verbs of wishing to the next word that says
/// something, and over no comma.
struct Negation: Sendable {
    private static let negators: Set<String> = ["not", "without", "except", "excluding", "never"]
    private static let negatingPhrases = Words.phrases(
        "instead of", "rather than", "other than", "anything but", "any day but", "no longer", "no time")
    /// A sentence that begins so asks: "can't we take Monday?"
    private static let askingNegators: Set<String> = [
        "can't", "couldn't", "isn't", "aren't", "won't", "wouldn't", "shouldn't", "doesn't", "didn't",
        "haven't",
        "hasn't", "wasn't", "don't",
    ]
    /// What a negation reaches over.
    private static let skipped: Set<String> = [
        "the", "a", "an", "any", "my", "our", "your", "this", "that", "these", "those", "it", "i", "we",
        "you", "me",
        "us", "him", "her", "on", "at", "for", "in", "with", "from", "to", "by", "of", "be", "was", "is",
        "want",
        "wanted", "wanting", "need", "needed", "like", "wish", "mean", "meant", "say", "said", "think",
        "come",
        "coming", "make", "do", "ask", "asked", "really", "actually", "book", "show", "send", "add",
        "include",
        "give", "use", "put", "take", "free", "available", "time", "until", "anything",
    ]
    /// They are denied with a wish only: "I don't want to see the dentist", but "I can't see my x-ray".
    private static let wished: Set<String> = ["see", "have", "go", "get", "find", "visit", "bring"]
    private static let wishing: Set<String> = [
        "want", "wanted", "need", "needed", "like", "wish", "mean", "meant",
    ]
    /// After a value: "Monday does not work".
    private static let failing = Words.phrases(
        "doesn't", "don't", "won't", "isn't", "wasn't", "is not", "was not", "does not", "do not", "will not",
        "would not", "wouldn't")
    private static let failed: Set<String> = [
        "work", "suit", "fit", "do", "good", "possible", "right", "ok", "okay", "correct", "what", "fine",
        "convenient", "needed", "necessary", "free",
    ]
    private static let faulty = Words.phrases(
        "is no good", "is wrong", "was wrong", "is impossible", "is out", "is bad")
    private static let removing = Words.phrases(
        "remove", "drop", "delete", "skip", "leave out", "leave off", "take out", "take off", "take away",
        "cancel",
        "scrap", "forget", "forget about", "lose", "omit", "strike")
    private static let changing = Words.phrases(
        "change", "wrong", "different", "another", "alter", "change to another", "change to a different")
    private static let determining: Set<String> = [
        "the", "a", "an", "my", "that", "this", "about", "of", "with",
    ]

    private let words: [Words.Word]
    /// Of each word, whether a comma or the like stands after it.
    private let isLast: [Bool]
    private let asks: Bool

    init(_ words: [Words.Word], of text: String, asks: Bool) {
        self.words = words
        self.asks = asks
        let bytes = Array(text.utf8)
        isLast = words.indices.map { index in
            let end = index + 1 < words.count ? words[index + 1].bytes.lowerBound : bytes.count
            return bytes[words[index].bytes.upperBound..<end].contains { Self.parting.contains($0) }
        }
    }

    /// A comma, a stop, a colon or a dash.
    private static let parting = Set(",;:.!?()".utf8).union([0xE2])

    /// Whether what stands at `bytes` is said not to be meant.
    func denies(_ bytes: Range<Int>) -> Bool {
        let before = words.lastIndex { $0.bytes.upperBound <= bytes.lowerBound }
        let after = words.firstIndex { $0.bytes.lowerBound >= bytes.upperBound }
        return before.map { reaches(back: $0) } ?? false || after.map { fails(at: $0) } ?? false
    }

    /// Whether a value at `bytes` is to be no more: "drop the dentist", "no dentist".
    func removes(_ bytes: Range<Int>) -> Bool {
        guard let before = words.lastIndex(where: { $0.bytes.upperBound <= bytes.lowerBound }) else {
            return false
        }
        return isRemoved(after: before) || denies(bytes)
    }

    /// Whether something of a name is to be no more: "without a reminder", "no reminder", "leave the note out".
    func removes(named names: [String]) -> Bool {
        mentions(of: names).contains { place in
            place > 0 && (reaches(back: place - 1) || isRemoved(after: place - 1)) || isLeftOut(place)
        }
    }

    /// Whether something of a name is to be another: "change the day", "that is the wrong time".
    func changes(named names: [String]) -> Bool {
        mentions(of: names).contains { place in
            let isFaulty = place + 1 < words.count && !isLast[place] && fails(at: place + 1)
            return isFaulty || place > 0 && holds(Self.changing, before: place - 1)
        }
    }

    private func mentions(of names: [String]) -> [Int] {
        let telling = names.filter {
            !Self.generic.contains($0) && !Self.skipped.subtracting(["time"]).contains($0)
        }
        return words.indices.filter { index in telling.contains { Words.isSame(words[index].folded, as: $0) }
        }
    }

    /// Of slots' names, words that say nothing alone.
    private static let generic: Set<String> = ["type", "name", "kind"]

    /// Whether a negation stands before the word at `place`, or is it.
    private func reaches(back place: Int) -> Bool {
        var (index, needsWish, hasWish) = (place, false, false)
        while index >= 0, !isLast[index] {
            let word = words[index].folded
            if isNegator(index) { return !isAskingNegator(index) && (hasWish || !needsWish) }
            if Self.negatingPhrases.contains(where: { stands($0, endingAt: index) }) { return true }
            guard Self.skipped.contains(word) || Self.wished.contains(word) else { return false }
            needsWish = needsWish || Self.wished.contains(word)
            hasWish = hasWish || Self.wishing.contains(word)
            index -= 1
        }
        return false
    }

    private func isNegator(_ index: Int) -> Bool {
        let word = words[index].folded
        return Self.negators.contains(word) || word.hasSuffix("n't") || ["dont", "didnt"].contains(word)
    }

    private func isAskingNegator(_ index: Int) -> Bool {
        // "Why not Monday?"
        if index > 0, words[index - 1].folded == "why" { return true }
        return asks && Self.askingNegators.contains(words[index].folded)
            && (index == 0 || words[index - 1].folded == "why")
    }

    private func fails(at place: Int) -> Bool {
        guard !asks, place > 0, !isLast[place - 1] else { return false }
        let rest = words[place...]
        if Words.first(of: Self.faulty, in: rest) != nil { return true }
        let fails = Words.first(of: Self.failing, in: rest)
        return fails.map { rest.dropFirst($0.count).first.map { Self.failed.contains($0.folded) } ?? false }
            ?? false
    }

    /// "No reminder", "remove the reminder".
    private func isRemoved(after place: Int) -> Bool {
        guard !isLast[place] else { return false }
        return words[place].folded == "no" || holds(Self.removing, before: place)
    }

    /// "Leave the note out".
    private func isLeftOut(_ place: Int) -> Bool {
        guard place + 1 < words.count, ["out", "off", "away"].contains(words[place + 1].folded) else {
            return false
        }
        return words[..<place].contains { ["leave", "take"].contains($0.folded) }
    }

    /// Whether one of some phrases ends at the word at `place`, or before articles there.
    private func holds(_ phrases: [[String]], before place: Int) -> Bool {
        var index = place
        while index >= 0, !isLast[index] {
            if phrases.contains(where: { stands($0, endingAt: index) }) { return true }
            guard Self.determining.contains(words[index].folded) else { return false }
            index -= 1
        }
        return false
    }

    private func stands(_ phrase: [String], endingAt index: Int) -> Bool {
        let start = index + 1 - phrase.count
        return start >= 0 && zip(phrase, words[start...]).allSatisfy { $0 == $1.folded }
    }
}

extension Slot {
    /// What it is called in a sentence: the words of its name, and of a day or a time those.
    var nouns: [String] {
        let words = Words.of(name.replacing("_", with: " ")).map(\.folded)
        return switch type {
        case .entity(.date): words + ["day", "date"]
        case .entity(.time): words + ["time", "hour"]
        case .entity(.dateTime): words + ["day", "date", "time", "hour"]
        default: words
        }
    }
}

extension Cues {
    /// Whether a sentence says that a slot is not to have the value it has, or to have another.
    ///
    /// - Parameter candidates: what in it may fill slots.
    func takesOut(_ value: FilledSlot, of slot: Slot, _ candidates: [SlotCandidate]) -> Bool {
        let pieces = candidates.flatMap { candidate in
            [candidate] + (candidate.isRange ? candidate.day.map { [$0] } ?? [] : candidate.parts)
        }
        let isDenied = pieces.contains { candidate in
            guard slot.accepts(candidate), candidate.values.contains(value.value) else { return false }
            // What has to be known goes with a denial, what need not be with a no also.
            return slot.isRequired ? negation.denies(candidate.bytes) : negation.removes(candidate.bytes)
        }
        return isDenied || negation.changes(named: slot.nouns)
            || !slot.isRequired && negation.removes(named: slot.nouns)
    }
}
