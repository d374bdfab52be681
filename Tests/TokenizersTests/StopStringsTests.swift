import Testing
import Tokenizers

@Suite struct `Stop strings` {
    /// What a text gives in pieces of `size` characters, and what was given out before its end.
    private func streamed(_ text: String, _ stops: [String], size: Int) -> (pieces: [String], stopped: Bool) {
        var scanner = StopStrings(stops)
        var pieces: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces.append(scanner.given(String(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        pieces.append(scanner.rest())
        return (pieces, scanner.hasStopped)
    }

    @Test(arguments: [
        ("plain text", ["STOP"], "plain text", false),
        ("before STOP after", ["STOP"], "before ", true),
        ("STOSTOP", ["STOP"], "STO", true),
        ("aaab", ["aab"], "a", true),
        ("ends in STO", ["STOP"], "ends in STO", false),
        ("abcd", ["abcd", "bc"], "a", true),
        ("xabc", ["bc", "abc"], "x", true),
        ("naïve — 🙂 done", ["🙂"], "naïve — ", true),
        ("é", [""], "é", false),
        ("STOP", ["STOP"], "", true),
    ])
    func `end a text alike however it is cut`(text: String, stops: [String], expected: String, stopped: Bool)
    {
        for size in 1...max(1, text.count) {
            let found = streamed(text, stops, size: size)
            #expect(found.pieces.joined() == expected && found.stopped == stopped, "in pieces of \(size)")
        }
    }

    @Test func `hold back only what may become one`() {
        var scanner = StopStrings(["\nUser:"])
        #expect(scanner.given("Hello\n") == "Hello")
        #expect(scanner.given("Us") == "")
        #expect(scanner.given("ing it") == "\nUsing it")
        #expect(scanner.given("\nUser: more") == "" && scanner.hasStopped)
        #expect(scanner.given("more") == "" && scanner.rest() == "")
    }
}

extension StopStrings {
    fileprivate mutating func given(_ piece: String) -> String {
        var text = ""
        append(piece, to: &text)
        return text
    }

    fileprivate mutating func rest() -> String {
        var text = ""
        finish(to: &text)
        return text
    }
}
