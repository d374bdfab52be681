import Testing

@testable import Knowledge

struct QueryWordsTests {
    @Test func `rare words are read first, and common ones while there is room`() {
        #expect(QueryWords.read([90_000, 5, 20_000, 9_000, 0], texts: 100_000) == [4, 1, 3, 2])
        #expect(QueryWords.read([90_000, 5, 25_000, 9_000], texts: 100_000) == [1, 3])
        #expect(QueryWords.read([19_000, 900, 200], texts: 1000) == [2, 1])
        #expect(QueryWords.read([900_000], texts: 1_000_000) == [0])
        #expect(QueryWords.read([0, 900_000], texts: 1_000_000) == [0, 1])
        #expect(QueryWords.read([], texts: 10).isEmpty)
    }

    @Test func `a count is asked for once, and again when the texts have changed by more than an eighth`() {
        var counts = WordCounts()
        var asked: [String] = []
        func count(_ word: String, _ texts: Int) -> Int {
            counts.count(of: word, inTexts: texts) { word in
                asked.append(word)
                return texts / 2
            }
        }
        #expect(count("the", 800) == 400)
        #expect(count("the", 900) == 400)
        #expect(count("of", 700) == 350)
        #expect(asked == ["the", "of"])
        #expect(count("the", 901) == 450)
        #expect(asked == ["the", "of", "the"])
    }

    @Test func `as many counts are remembered as there is room for`() {
        var counts = WordCounts()
        var asked = 0
        for word in 0...WordCounts.capacity {
            _ = counts.count(of: "\(word)", inTexts: 10) { _ in
                asked += 1
                return 1
            }
        }
        _ = counts.count(of: "\(WordCounts.capacity)", inTexts: 10) { _ in 0 }
        #expect(asked == WordCounts.capacity + 1)
        #expect(counts.count(of: "0", inTexts: 10) { _ in 7 } == 7)
    }
}
