import Knowledge
import Testing

private func found(
    _ text: String, at ordinal: Int, in source: Int64 = 1, under headings: [String] = [],
    isRecord: Bool = false
) -> FoundPassage {
    FoundPassage(
        passage: Passage(
            id: PassageID(rawValue: Int64(ordinal)), source: "s", headings: headings, text: text,
            span: ordinal * 10..<ordinal * 10 + 9),
        source: SourceID(rawValue: source), owner: 0, ordinal: ordinal,
        text: TextID(rawValue: Int64(ordinal)),
        isRecord: isRecord)
}

private func merged(_ passages: [FoundPassage], limit: Int = 9) -> [PassageMerger.Group] {
    var merger = PassageMerger(limit: limit)
    for (rank, passage) in passages.enumerated() {
        guard merger.add(passage, score: Double(-rank)) else { break }
    }
    return merger.groups
}

@Test func `records stay apart`() {
    let groups = merged([found("a b", at: 4, isRecord: true), found("c d", at: 5, isRecord: true)])
    #expect(groups.map(\.best.ordinal) == [4, 5])
}

@Test func `passages side by side become one, at the place of the best`() {
    let groups = merged([found("a b", at: 4), found("x y", at: 9), found("c d", at: 5), found("e f", at: 3)])
    #expect(groups.map(\.best.ordinal) == [4, 9])
    #expect(groups[0].ordinals == 3...5 && groups[0].span == 30..<59 && groups[0].score == 0)
}

@Test func `no more than three become one, and none of another source or under other headings`() {
    let row = (1...5).map { found("word\($0)", at: $0) }
    #expect(merged(row).map(\.ordinals) == [1...3, 4...5])
    #expect(merged([found("a", at: 1), found("b", at: 2, in: 2)]).count == 2)
    #expect(merged([found("a", at: 1), found("b", at: 2, under: ["H"])]).count == 2)
}

@Test func `what says again what a better one says is left out, unless a number differs`() {
    let words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    let more = words + " sixteen"
    #expect(
        merged([found(words, at: 1), found(words.uppercased() + "!", at: 7), found(more, at: 8)]).count == 1)
    let value = "Name: Ann, Sex: f, Age: 40, Test: blood, Ward: north, Hemoglobin: "
    #expect(merged([found(value + "13.4", at: 1), found(value + "13.5", at: 7)]).count == 2)
}

@Test func `groups end before the first passage that has no place in them`() {
    let row = [found("a", at: 1), found("b", at: 5), found("c", at: 2), found("d", at: 9), found("e", at: 6)]
    #expect(merged(row, limit: 2).map(\.ordinals) == [1...2, 5...5])
}
