/// Hashtags: `#` and a name, with no other character against them.
enum HashtagFamily {
    static func hashtags(in sentence: Sentence) -> [Entity] {
        (0..<sentence.count).compactMap { index in
            guard sentence.has("#", at: index) else { return nil }
            let start = sentence[index].start
            guard !sentence.isAdjacent(index) || Array("([\"',.!?".utf8).contains(sentence.byte(start - 1))
            else {
                return nil
            }
            var end = start + 1
            while sentence.byte(end).isNameByte || sentence.byte(end).isWide { end += 1 }
            guard end > start + 1, sentence.byte(end) != UInt8(ascii: "#") else { return nil }
            return Entity(
                .hashtag, bytes: start..<end, of: sentence, value: sentence.address(of: start..<end))
        }
    }
}
