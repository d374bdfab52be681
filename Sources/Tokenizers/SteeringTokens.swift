import ModelFiles

extension GGUFVocabulary {
    /// By id: whether a token steers the model, so that no user's text is ever cut to it.
    ///
    /// Control tokens do, and whatever begins or ends a text or a message; so do tokens a file calls its user's own that look
    /// like a tag, as some files have their roles.
    func steeringTokens() -> [Bool] {
        var steering = zip(tokens, types).map { text, type in
            type == .control || type == .userDefined && Self.isTag(text)
        }
        // A letter or byte of its own is needed for words.
        for role in [Special.beginning, .end, .endOfTurn] {
            if let id = special[role], types[id] != .byte, tokens[id].unicodeScalars.count > 1 {
                steering[id] = true
            }
        }
        return steering
    }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return (first, last) == (UInt8(ascii: "<"), UInt8(ascii: ">"))
            || (first, last) == (UInt8(ascii: "["), UInt8(ascii: "]"))
    }
}
