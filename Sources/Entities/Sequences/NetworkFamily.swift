/// Addresses of IP, version 4 and 6.
enum NetworkFamily {
    static func addresses(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var end = 0
        for index in 0..<sentence.count where sentence[index].start >= end {
            guard let (range, value) = version4(at: index, in: sentence) ?? version6(at: index, in: sentence)
            else {
                continue
            }
            end = range.upperBound
            found.append(Entity(.ip, bytes: range, of: sentence, value: .address(value)))
        }
        return found
    }

    private static func version4(at index: Int, in sentence: Sentence) -> (Range<Int>, String)? {
        let start = sentence[index].start
        guard sentence[index].kind == .digits, isFree(start - 1, in: sentence) else { return nil }
        var octets: [String] = []
        var next = index
        while octets.count < 4 {
            let token = sentence[next]
            guard token.kind == .digits, token.count <= 3, token.value <= 255 else { return nil }
            octets.append(String(token.value))
            if octets.count < 4 {
                guard sentence.isAdjacent(next + 1), sentence.has(".", at: next + 1),
                    sentence.isAdjacent(next + 2)
                else { return nil }
                next += 2
            }
        }
        let end = sentence[next].end
        let goesOn = sentence.hasByte(".", at: end) && sentence.byte(end + 1).isDigit
        return isFree(end, in: sentence) && !goesOn || sentence.hasByte(".", at: end) && !goesOn
            ? (start..<end, octets.joined(separator: ".")) : nil
    }

    /// Whether the byte beside an address belongs to no other notation.
    private static func isFree(_ index: Int, in sentence: Sentence) -> Bool {
        let byte = sentence.byte(index)
        return !byte.isNameByte && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "-")
    }

    private static func version6(at index: Int, in sentence: Sentence) -> (Range<Int>, String)? {
        let start = sentence[index].start
        guard sentence.byte(start).isHex || sentence.has(":", at: index),
            !sentence.byte(start - 1).isNameByte,
            !sentence.hasByte(":", at: start - 1)
        else { return nil }
        var end = start
        while end - start < 40, sentence.byte(end).isHex || sentence.hasByte(":", at: end) { end += 1 }
        let text = String(decoding: sentence.bytes[start..<end], as: UTF8.self)
        guard !sentence.byte(end).isNameByte, !sentence.byte(end).isWide, let value = normal(text) else {
            return nil
        }
        return (start..<end, value)
    }

    /// RFC 4291's text form without leading zeros; nil if it is none.
    private static func normal(_ text: String) -> String? {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count > 2, groups.allSatisfy({ $0.utf8.count <= 4 }) else { return nil }
        let shortened = text.doubleColons
        guard shortened.count <= 1, shortened.count == 1 || groups.count == 8, groups.count <= 9 else {
            return nil
        }
        // A colon at an end must be one of two.
        if text.hasPrefix(":") && !text.hasPrefix("::") || text.hasSuffix(":") && !text.hasSuffix("::") {
            return nil
        }
        return groups.map { group in
            let digits = group.drop { $0 == "0" }
            return group.isEmpty ? "" : digits.isEmpty ? "0" : String(digits)
        }.joined(separator: ":")
    }
}

extension String {
    /// Where two colons or more stand together.
    fileprivate var doubleColons: [Int] {
        let bytes = Array(utf8)
        return bytes.indices.dropFirst().filter {
            bytes[$0] == UInt8(ascii: ":") && bytes[$0 - 1] == UInt8(ascii: ":")
        }
    }
}
