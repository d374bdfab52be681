/// URLs: with a scheme, or hosts whose top-level domain is known.
enum URLFamily {
    private static let schemes = ["http", "https", "ftp", "ftps"].map { Array($0.utf8) }

    static func urls(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var end = 0
        for index in 0..<sentence.count where sentence[index].start >= end {
            guard let range = schemed(at: index, in: sentence) ?? bare(at: index, in: sentence) else {
                continue
            }
            end = range.upperBound
            found.append(Entity(.url, bytes: range, of: sentence, value: sentence.address(of: range)))
        }
        return found
    }

    /// `https://host:port/path`
    private static func schemed(at index: Int, in sentence: Sentence) -> Range<Int>? {
        let token = sentence[index]
        guard token.kind == .word, sentence.has(":", at: index + 1), sentence.isAdjacent(index + 1),
            sentence.hasByte("/", at: token.end + 1), sentence.hasByte("/", at: token.end + 2),
            schemes.contains(sentence.bytes[token.start..<token.end].map(fold)),
            let host = HostName(at: token.end + 3, in: sentence),
            isHost(host, from: token.end + 3, in: sentence)
        else { return nil }
        return token.start..<tail(after: host.end, in: sentence)
    }

    private static func isHost(_ host: HostName, from start: Int, in sentence: Sentence) -> Bool {
        let top = sentence.bytes[host.topLevel].map(fold)
        if host.labels == 1 { return top.elementsEqual("localhost".utf8) }
        if top.allSatisfy(\.isDigit) { return isAddress(start..<host.end, labels: host.labels, in: sentence) }
        return TopLevelDomains.all.contains(top)
    }

    private static func isAddress(_ range: Range<Int>, labels: Int, in sentence: Sentence) -> Bool {
        labels == 4 && sentence.bytes[range].allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
    }

    /// `www.abc.com`, `bit.ly/x`: what begins a run of its own and ends in a known domain.
    private static func bare(at index: Int, in sentence: Sentence) -> Range<Int>? {
        let token = sentence[index]
        guard token.kind == .word || token.kind == .digits, startsRun(index, in: sentence),
            let host = HostName(at: token.start, in: sentence), host.labels > 1,
            !sentence.hasByte("@", at: host.end), !sentence.hasByte("_", at: host.end),
            isKnown(host.topLevel, in: sentence), !isClock(host, at: index, in: sentence)
        else { return nil }
        return token.start..<tail(after: host.end, in: sentence)
    }

    /// Nothing of an address stands before the token.
    private static func startsRun(_ index: Int, in sentence: Sentence) -> Bool {
        guard sentence.isAdjacent(index) else { return true }
        let byte = sentence.byte(sentence[index].start - 1)
        return !byte.isAlphanumeric && !Array("@./_-:%+#\\".utf8).contains(byte)
    }

    /// In one case, so that `done.It` is no host.
    private static func isKnown(_ topLevel: Range<Int>, in sentence: Sentence) -> Bool {
        let bytes = sentence.bytes[topLevel]
        let folded = bytes.map(fold)
        guard TopLevelDomains.all.contains(folded) else { return false }
        return bytes.elementsEqual(folded) || bytes.allSatisfy { $0 &- 0x41 < 26 }
    }

    /// `7.am` is a time of day.
    private static func isClock(_ host: HostName, at index: Int, in sentence: Sentence) -> Bool {
        let top = sentence.bytes[host.topLevel].map(fold)
        let isHalf = top.elementsEqual("am".utf8) || top.elementsEqual("pm".utf8)
        return host.labels == 2 && isHalf && sentence[index].kind == .digits
            && (1...12).contains(sentence[index].value)
            && sentence[index].end == host.topLevel.lowerBound - 1
    }

    /// Where port, path, query and fragment end. Marks that end a sentence are not in it.
    private static func tail(after host: Int, in sentence: Sentence) -> Int {
        var end = host
        if sentence.hasByte(":", at: end), sentence.byte(end + 1).isDigit {
            end += 1
            while sentence.byte(end).isDigit { end += 1 }
        }
        guard Array("/?#".utf8).contains(sentence.byte(end)) else { return end }
        let marks = Array("-._~:/?#@!$&*+,;=%|()".utf8)
        while sentence.byte(end).isAlphanumeric || marks.contains(sentence.byte(end)) { end += 1 }
        while end > host, Array(".,;:!?)".utf8).contains(sentence.byte(end - 1)) { end -= 1 }
        return end
    }
}
