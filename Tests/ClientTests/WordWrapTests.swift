import Testing

@testable import slmctl

@Suite struct `A text that is broken between its words` {
    private func wrapped(_ pieces: [String], width: Int = 12) -> String {
        var wrap = WordWrap(width: width, indent: "  ")
        return pieces.map { wrap.append($0) }.joined() + wrap.finish()
    }

    @Test func `has no line that is too long, and breaks a word that is longer`() {
        #expect(
            wrapped(["The cap", "ital of France is Par", "is."])
                == "  The\n  capital of\n  France is\n  Paris.")
        #expect(wrapped(["a incomprehensibility b"]) == "  a\n  incomprehe\n  nsibility\n  b")
    }

    @Test func `keeps its own lines and what they begin with`() {
        #expect(wrapped(["1. Red\n  - dark\n\n2. Blue"]) == "  1. Red\n    - dark\n\n  2. Blue")
    }

    @Test func `is the same however it comes in pieces`() {
        let text = "One two  three, four — fünf 六七 eight\nnine ten"
        #expect(wrapped(text.map(String.init)) == wrapped([text]))
    }

    @Test func `holds a word back until it is whole`() {
        var wrap = WordWrap(width: 40, indent: "")
        #expect(wrap.append("Par") == "")
        #expect(wrap.append("is") == "")
        #expect(wrap.append(" is") == "Paris")
        #expect(wrap.finish() == " is")
    }
}
