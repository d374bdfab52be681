/// E-mail addresses and mentions: what stands around an `@`.
enum EmailFamily {
    /// RFC 5322's local part without quotes; a host of two labels at the least, or an address in brackets.
    static func emails(in sentence: Sentence) -> [Entity] {
        ats(in: sentence).compactMap { at in
            guard let start = localPart(before: at, in: sentence), let end = host(after: at, in: sentence)
            else {
                return nil
            }
            return Entity(.email, bytes: start..<end, of: sentence, value: sentence.address(of: start..<end))
        }
    }

    /// `@name`, which is no e-mail address.
    static func mentions(in sentence: Sentence) -> [Entity] {
        ats(in: sentence).compactMap { at in
            var end = at + 1
            while sentence.byte(end).isNameByte { end += 1 }
            guard end > at + 1 else { return nil }
            let isHost = sentence.hasByte(".", at: end) && sentence.byte(end + 1).isAlphanumeric
            if isHost, sentence.byte(at - 1).isNameByte { return nil }
            return Entity(.mention, bytes: at..<end, of: sentence, value: sentence.address(of: at..<end))
        }
    }

    private static func ats(in sentence: Sentence) -> [Int] {
        (0..<sentence.count).compactMap { sentence.has("@", at: $0) ? sentence[$0].start : nil }
    }

    /// Where the local part begins; nil if it is none.
    private static func localPart(before at: Int, in sentence: Sentence) -> Int? {
        let marks: [UInt8] = Array("._%+-'".utf8)
        var start = at
        while at - start < 64,
            sentence.byte(start - 1).isAlphanumeric || marks.contains(sentence.byte(start - 1))
        {
            let isPoint = sentence.hasByte(".", at: start - 1)
            if isPoint, start == at || sentence.hasByte(".", at: start) { return nil }
            start -= 1
        }
        while start < at, sentence.hasByte("'", at: start) || sentence.hasByte("-", at: start) { start += 1 }
        return start < at && !sentence.hasByte(".", at: start) ? start : nil
    }

    /// Where the host ends; nil if it is none.
    private static func host(after at: Int, in sentence: Sentence) -> Int? {
        if sentence.hasByte("[", at: at + 1) {
            var end = at + 2
            while sentence.byte(end).isDigit || sentence.hasByte(".", at: end) { end += 1 }
            return sentence.hasByte("]", at: end) && end > at + 2 ? end + 1 : nil
        }
        guard let name = HostName(at: at + 1, in: sentence), name.labels > 1, name.topLevel.count > 1,
            sentence.bytes[name.topLevel].allSatisfy(\.isLetter), !sentence.hasByte("_", at: name.end)
        else { return nil }
        return name.end
    }
}

/// Labels of letters, digits and hyphens, parted by points.
struct HostName {
    let end: Int
    let labels: Int
    let topLevel: Range<Int>

    init?(at start: Int, in sentence: Sentence) {
        var (end, labels, last) = (start, 0, start..<start)
        while end - start < 255 {
            var next = end
            while sentence.byte(next).isAlphanumeric || sentence.hasByte("-", at: next) { next += 1 }
            guard next > end else { break }
            last = end..<next
            labels += 1
            end = next
            guard sentence.hasByte(".", at: end), sentence.byte(end + 1).isAlphanumeric else { break }
            end += 1
        }
        guard labels > 0 else { return nil }
        self.end = last.upperBound
        self.labels = labels
        topLevel = last
    }
}
