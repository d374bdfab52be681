internal import Dialogue
internal import Storage

extension TurnRevision {
    /// What was said stays, and did nothing.
    static var takingBack: TurnRevision {
        TurnRevision(takingBack: { outcome in
            guard let record = DialogueRecord(outcome.record) else { return outcome }
            let left = DialogueRecord(turn: record.turn.takenBack, decision: record.decision)
            return TurnOutcome(action: outcome.action, reply: outcome.reply, record: left.text)
        })
    }

    /// Nothing that was said stays, nor does a reply repeat it.
    static var forgetting: TurnRevision {
        TurnRevision(repeats: { reply, turn in
            let said = SaidWords(turn)
            return said.phrases.contains { SaidWords.stands($0, in: reply) }
        })
    }
}

/// What a reply may have of a turn: all of it, or what filled a slot, in its own words or its normal form.
private struct SaidWords {
    let phrases: Set<String>

    init(_ turn: TurnContent) {
        let candidates = turn.outcome.flatMap { DialogueRecord($0.record) }?.turn.candidates ?? []
        let values = candidates.flatMap { candidate in
            // A date with a time fills a slot of each.
            [candidate.text] + candidate.values
                + candidate.values.flatMap { $0.split(separator: "T").map(String.init) }
        }
        phrases = Set(
            ([turn.text] + values + values.map { $0.replacing("_", with: " ") })
                .map { $0.lowercased() }.filter { $0.contains { $0.isLetter || $0.isNumber } })
    }

    /// Whether a phrase in small letters stands in a text, its ends not within words.
    static func stands(_ phrase: String, in text: String) -> Bool {
        let text = text.lowercased()
        return text.ranges(of: phrase).contains { place in
            let before = place.lowerBound > text.startIndex ? text[text.index(before: place.lowerBound)] : " "
            let after = place.upperBound < text.endIndex ? text[place.upperBound] : " "
            let isWhole = [before, after].allSatisfy { !$0.isLetter && !$0.isNumber }
            return isWhole
        }
    }
}
