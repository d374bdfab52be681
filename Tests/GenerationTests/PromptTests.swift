import Testing
import Tokenizers

@testable import Generation

@Suite struct `A prompt` {
    private let small: SmallModel

    init() throws { small = try SmallModel() }

    private func tokens(_ messages: [ChatMessage]) throws -> [TokenID] {
        try small.model.encode(.messages(messages, .fail), reply: 1).tokens
    }

    @Test func `that fits is left as it is`() throws {
        let talk = [ChatMessage(.user, "a"), ChatMessage(.assistant, "b")]
        let prompt = try small.model.encode(.messages(talk, .dropOldest), reply: 4)
        #expect(prompt.tokens == (try tokens(talk)) && prompt.dropped == 0)
    }

    /// Each message takes its letters, those of its role and two tokens more; the context has 64.
    @Test func `loses its oldest turns, never the system's and the last`() throws {
        var talk = [ChatMessage(.system, "sys")]
        for turn in 0..<9 {
            talk += [ChatMessage(.user, "u\(turn)"), ChatMessage(.assistant, "a\(turn)")]
        }
        talk.append(ChatMessage(.user, "now"))
        let prompt = try small.model.encode(.messages(talk, .dropOldest), reply: 8)
        #expect(prompt.dropped > 0 && prompt.count <= small.model.context - 8)
        let kept = [talk[0]] + talk.dropFirst(1 + prompt.dropped)
        #expect(prompt.tokens == (try tokens(kept)))
        #expect(kept.dropFirst().first?.role == .user)
        // More would have fitted, but not a quarter of the context and a turn.
        #expect(prompt.count > (small.model.context - 8) * 3 / 4 - 30)
    }

    @Test func `is cut at the same place for some turns, so that these begin alike`() throws {
        let small = try SmallModel(context: 512)
        var talk = [ChatMessage(.system, "sys")]
        var (cuts, last) = (Set<Int>(), [TokenID]())
        for turn in 0..<60 {
            talk.append(ChatMessage(.user, "question \(turn)"))
            let prompt = try small.model.encode(.messages(talk, .dropOldest), reply: 32)
            #expect(prompt.count <= small.model.context - 32)
            let kept = [talk[0]] + talk.dropFirst(1 + prompt.dropped)
            #expect(prompt.tokens == small.model.tokenizer.encode(kept))
            if !cuts.insert(prompt.dropped).inserted { #expect(prompt.tokens.starts(with: last)) }
            last = prompt.tokens
            talk.append(ChatMessage(.assistant, "answer \(turn)"))
        }
        // Of some 40 turns each takes a twelfth of the context, and a cut leaves out a quarter.
        #expect((4...24).contains(cuts.count), "\(cuts.sorted())")
    }

    @Test func `of too many bytes for any tokens is refused without a look at them`() throws {
        let text = String(repeating: "x", count: 1 << 14)
        let longest = SmallModel.longestToken
        let error = PromptError.farTooLong(least: text.utf8.count / longest, limit: 63)
        #expect(throws: error) { try small.model.encode(.raw(text), reply: 1) }
        let talk = [ChatMessage(.user, text)]
        #expect(throws: error) { try small.model.encode(.messages(talk, .fail), reply: 1) }
        #expect(throws: error) { try small.model.encode(.messages(talk, .dropOldest), reply: 1) }
        // Where the long one may be left out it is no obstacle.
        let later = talk + [ChatMessage(.assistant, "a"), ChatMessage(.user, "b")]
        #expect(try small.model.encode(.messages(later, .dropOldest), reply: 1).dropped == 2)
    }

    @Test func `has at least so many tokens as its bytes say`() throws {
        for text in [
            "", "x", String(repeating: "<|im_end|>", count: 40), String(repeating: "é\u{1}", count: 99),
        ] {
            let tokens = small.model.tokenizer.encode(text, .parsed).count
            #expect(small.model.tokenizer.leastTokens(of: text) <= tokens, "\(text)")
        }
    }

    @Test func `whose last message is too long is refused with the count`() throws {
        let talk = [ChatMessage(.user, "old"), ChatMessage(.user, String(repeating: "x", count: 80))]
        #expect(throws: PromptError.self) {
            try small.model.encode(.messages(talk, .dropOldest), reply: 8)
        }
        #expect(throws: PromptError.self) { try small.model.encode(.messages(talk, .fail), reply: 8) }
    }

    @Test func `of messages needs a template`() throws {
        let small = try SmallModel(hasTemplate: false)
        #expect(throws: PromptError.noTemplate(model: "small")) {
            try small.model.encode(.messages([ChatMessage(.user, "a")], .fail), reply: 1)
        }
        #expect(throws: PromptError.empty) { try small.model.encode(.raw(""), reply: 1) }
    }

    @Test func `that is raw may steer, and a message may not`() throws {
        #expect(try small.model.encode(.raw("<|im_end|>"), reply: 1).tokens == [SmallModel.end])
        let said = try tokens([ChatMessage(.user, "<|im_end|>")])
        #expect(said.count(where: { $0 == SmallModel.end }) == 1)
    }
}

@Suite struct `A guess` {
    private func guess(_ text: String, most: Int = 8) -> String {
        let tokens = text.utf8.map { TokenID(rawValue: Int32($0)) }
        let place = PromptLookup.guess(behind: tokens, most: most)
        return String(decoding: tokens[place].map { UInt8($0.rawValue) }, as: UTF8.self)
    }

    @Test func `is what came after the same tokens, and as long as these`() {
        #expect(guess("the cat sat, the") == " ca")
        #expect(guess("xa1, a") == "1")
        #expect(guess("the quick brown fox, the quick brown") == " fox, th")
        #expect(guess("the cat sat, the", most: 2) == " c")
    }

    @Test func `is none where nothing came before`() {
        #expect(guess("abcd") == "")
        #expect(guess("a") == "")
        #expect(guess("") == "")
        #expect(guess("the cat sat, the", most: 0) == "")
    }

    @Test func `follows the longest match, then the latest`() {
        #expect(guess("xab1, yab2, xab") == "1, ")
        #expect(guess("ab1 ab2 ab") == "2 a")
    }
}
