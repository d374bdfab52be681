/// Telephone numbers: groups of digits, a country code, an area code in brackets, an extension.
struct PhoneFamily: Sendable {
    private let extensions, accountWords: WordSet

    init(_ lexicon: inout Lexicon) {
        extensions = WordSet("x ext extension", &lexicon)
        accountWords = WordSet("account card visa iban invoice order receipt ticket parcel", &lexicon)
    }

    func numbers(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var index = 0
        while index < sentence.count {
            guard let candidate = candidate(at: index, in: sentence) else {
                index += 1
                continue
            }
            if isNumber(candidate, in: sentence) {
                let end = extensionEnd(after: candidate.end, in: sentence)
                let text = sentence.text(of: index..<end)
                found.append(
                    Entity(
                        .phone, index..<end, of: sentence, value: .address(text),
                        confidence: PhoneConfidence.of(sentence.bytes[sentence.byteRange(of: index..<end)])))
                index = end
            } else {
                index = max(candidate.end, index + 1)
            }
        }
        return found
    }

    /// Groups of digits and what parts them.
    private struct Candidate {
        let start: Int
        var end: Int
        /// How many digits each group has.
        var groups: [Int] = []
        /// What stands between the groups: `-`, `/`, `.`, a space, or 0 for nothing.
        var separators: [UInt8] = []
        var hasPlus = false
        var hasBracket = false
        /// The first digits of the groups, one byte each.
        var leads: [UInt8] = []

        var digits: Int { groups.reduce(0, +) }
    }

    private func candidate(at start: Int, in sentence: Sentence) -> Candidate? {
        guard sentence[start].kind == .digits || sentence.has("+", at: start) || sentence.has("(", at: start)
        else {
            return nil
        }
        var candidate = Candidate(start: start, end: start)
        guard addGroup(at: start, to: &candidate, in: sentence) else { return nil }
        while candidate.groups.count < 7, !isComplete(candidate) {
            let end = candidate.end
            guard let (separator, next) = separator(at: end, in: sentence) else { break }
            var longer = candidate
            longer.separators.append(separator)
            guard addGroup(at: next, to: &longer, in: sentence) else { break }
            candidate = longer
        }
        // A lone digit after a space is no part of it.
        if candidate.separators.last == UInt8(ascii: " "), candidate.groups.last == 1 {
            candidate.groups.removeLast()
            candidate.separators.removeLast()
            candidate.leads.removeLast()
            candidate.end -= 1
        }
        return candidate
    }

    /// A group in brackets or bare; the first may have a plus, or lack the bracket that opens.
    private func addGroup(at start: Int, to candidate: inout Candidate, in sentence: Sentence) -> Bool {
        let isFirst = candidate.groups.isEmpty
        var index = start
        let isOpen = sentence.has("(", at: index)
        if isOpen { index += 1 }
        if isFirst, sentence.has("+", at: index) {
            candidate.hasPlus = true
            index += 1
        }
        guard sentence[index].kind == .digits,
            isOpen || !candidate.hasPlus || !isFirst || sentence.isAdjacent(index)
        else { return false }
        candidate.groups.append(sentence[index].count)
        candidate.leads.append(sentence.bytes[sentence[index].start])
        index += 1
        if isOpen {
            guard sentence.has(")", at: index), sentence[index - 1].count <= 5 else { return false }
            candidate.hasBracket = true
            index += 1
        } else if isFirst, !candidate.hasPlus, sentence.has(")", at: index), sentence.isAdjacent(index),
            sentence.isAdjacent(index + 1), sentence[index + 1].kind == .digits
        {
            index += 1
        }
        candidate.end = index
        return true
    }

    /// A North American number, which nothing follows.
    private func isComplete(_ candidate: Candidate) -> Bool {
        let groups = candidate.groups.first == 1 ? candidate.groups.dropFirst() : candidate.groups[...]
        return groups.elementsEqual([3, 3, 4]) && (candidate.hasBracket || candidate.separators.last != 0)
    }

    private func separator(at end: Int, in sentence: Sentence) -> (UInt8, next: Int)? {
        if sentence[end].kind == .digits || sentence.has("(", at: end) {
            if sentence.isAdjacent(end) { return (0, end) }
            return isOneLine(end, in: sentence) ? (UInt8(ascii: " "), end) : nil
        }
        let mark = sentence.punctuation(end)
        let isNarrow = sentence.isAdjacent(end) && sentence.isAdjacent(end + 1)
        switch mark {
        case UInt8(ascii: "."): return isNarrow ? (mark, end + 1) : nil
        case UInt8(ascii: "-"), UInt8(ascii: "/"):
            let isClose =
                sentence.isAdjacent(end) || sentence.isAdjacent(end + 1) || mark == UInt8(ascii: "-")
            return isClose && isOneLine(end, in: sentence) && isOneLine(end + 1, in: sentence)
                ? (mark, end + 1) : nil
        default: return nil
        }
    }

    /// At most two spaces, and no end of line, before a token.
    private func isOneLine(_ index: Int, in sentence: Sentence) -> Bool {
        guard index < sentence.count else { return false }
        let gap = sentence.bytes[sentence[index - 1].end..<sentence[index].start]
        return gap.count <= 3 && !gap.contains { $0 &- 9 < 5 }
    }

    private func extensionEnd(after end: Int, in sentence: Sentence) -> Int {
        guard extensions.contains(sentence[end]) else { return end }
        let digits = sentence.has(".", at: end + 1) ? end + 2 : end + 1
        return sentence[digits].kind == .digits && sentence[digits].count <= 6 ? digits + 1 : end
    }

    private func isNumber(_ candidate: Candidate, in sentence: Sentence) -> Bool {
        hasPlausibleLength(candidate) && !isOtherNotation(candidate) && isFreeBefore(candidate, in: sentence)
            && isFreeAfter(candidate, in: sentence) && !isAccount(candidate.start, in: sentence)
    }

    private func hasPlausibleLength(_ candidate: Candidate) -> Bool {
        let digits = candidate.digits
        if digits == 6, candidate.groups.count == 1 { return candidate.leads[0] == UInt8(ascii: "0") }
        return (7...16).contains(digits)
    }

    /// Dates, social security and card numbers, decimals, years.
    private func isOtherNotation(_ candidate: Candidate) -> Bool {
        guard !candidate.hasPlus, !candidate.hasBracket else {
            // `+45-12-34-56-78`
            return candidate.hasPlus && candidate.groups == [2, 2, 2, 2, 2]
                && candidate.separators.allSatisfy { $0 == UInt8(ascii: "-") }
        }
        let groups = candidate.groups
        let isSpaced = candidate.separators.contains(UInt8(ascii: " "))
        switch groups.count {
        case 1: return false
        case 2:
            let mark = candidate.separators[0]
            if mark == UInt8(ascii: ".") { return true }
            if groups == [4, 4] { return mark != UInt8(ascii: " ") }
            // An exchange begins with no 1.
            if groups == [3, 4] {
                return mark != UInt8(ascii: "-") || candidate.leads[0] == UInt8(ascii: "1")
            }
            return isSpaced && candidate.digits < 8
        case 3:
            if groups == [3, 2, 4] { return true }
            let isDate =
                groups[2] == 4 && groups[0] <= 2 && groups[1] <= 2
                || groups[0] == 4 && groups[1] <= 2 && groups[2] <= 2
            return isDate || isSpaced && candidate.digits < 8
        default:
            let isCard = groups.prefix(3).elementsEqual([4, 4, 4])
            return isCard || groups.allSatisfy { $0 == 1 }
                || groups.allSatisfy { $0 <= 3 }
                    && candidate.separators.allSatisfy { $0 == UInt8(ascii: ".") }
        }
    }

    private func isFreeBefore(_ candidate: Candidate, in sentence: Sentence) -> Bool {
        let (start, isPlain) = (candidate.start, sentence[candidate.start].kind == .digits)
        guard sentence.isAdjacent(start) else { return true }
        let before = sentence[start - 1]
        if before.kind == .word { return !isPlain }
        let byte = sentence.bytes[before.start]
        switch byte {
        case UInt8(ascii: "-"):
            let isFormatted = candidate.groups.count > 2 || candidate.hasBracket
            return isFormatted && !(sentence.isAdjacent(start - 1) && sentence[start - 2].kind == .digits)
        case UInt8(ascii: ":"): return sentence[start - 2].kind != .digits
        default: return !Array("#*/=.,$+%)_&".utf8).contains(byte) && before.kind != .symbol
        }
    }

    private func isFreeAfter(_ candidate: Candidate, in sentence: Sentence) -> Bool {
        let end = candidate.end
        let next = sentence[end]
        // `00 10 00 31 46 D9`
        if next.kind == .word, sentence.isAdjacent(end + 1), sentence[end + 1].kind == .digits,
            !extensions.contains(next)
        {
            return false
        }
        guard sentence.isAdjacent(end) else { return true }
        switch next.kind {
        case .word: return extensionEnd(after: end, in: sentence) > end
        case .symbol: return false
        default: break
        }
        if Array("*=+%_@".utf8).contains(sentence.punctuation(end)) { return false }
        let goesOn = sentence.isAdjacent(end + 1) && [.word, .digits].contains(sentence[end + 1].kind)
        return !(goesOn && Array(":-,./".utf8).contains(sentence.punctuation(end)))
    }

    /// `card number 12345678`
    private func isAccount(_ start: Int, in sentence: Sentence) -> Bool {
        (max(0, start - 3)..<start).contains { accountWords.contains(sentence[$0]) }
    }
}

/// How surely digits are a telephone number, by their form, in hundredths.
enum PhoneConfidence {
    private static let base = 30
    private static let countryCode = 40
    private static let areaCode = 30
    /// For each of up to three separators.
    private static let separator = 20
    /// For each of up to three digits above eight.
    private static let length = 10
    private static let wideSeparator = -20
    private static let unmatchedBracket = -20
    /// For each run of five digits after the first, each equal digit at the end after the second, and each digit
    /// above eleven where there are only digits.
    private static let monotony = -10

    static func of(_ text: ArraySlice<UInt8>) -> Double {
        let runs = text.split { !$0.isDigit }
        let digits = runs.reduce(0) { $0 + $1.count }
        var score = base + length * min(digits - 8, 3)
        if startsWithCountry(text) {
            score += countryCode
        } else if text.contains(UInt8(ascii: "(")) {
            score += areaCode
        }
        let separators = text.split { !isSeparator($0) }
        score += separator * min(separators.count, 3)
        if separators.contains(where: { $0.count > 1 }) { score += wideSeparator }
        if text.contains(UInt8(ascii: ")")), !text.contains(UInt8(ascii: "(")) { score += unmatchedBracket }
        score += monotony * max(0, runs.count { $0.count >= 5 } - 1)
        let last = text.last ?? 0
        score += monotony * max(0, text.reversed().prefix { $0 == last }.count - 2)
        if runs.count == 1, runs[0].count == text.count { score += monotony * max(0, digits - 11) }
        return Double(min(max(score, 0), 100)) / 100
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
    }

    /// `+45`, `0045`, `(+45`.
    private static func startsWithCountry(_ text: ArraySlice<UInt8>) -> Bool {
        let bare = text.drop { $0 == UInt8(ascii: "(") || $0 == 0x20 }
        return bare.first == UInt8(ascii: "+") || bare.starts(with: "00".utf8)
    }
}
