import Wire

extension Rendering {
    /// Why a lesson is held.
    static func objection(_ reason: String) -> String {
        switch reason {
        case "contradiction": "it contradicts what others taught, as too many lessons of this user do"
        case "canary": "with it an example that must stay right would be wrong"
        default: reason
        }
    }

    /// The prediction, then the nearest examples, then the voices, a line each.
    static func explanation(_ answer: ExplainResult, on terminal: Terminal) -> String {
        var lines = [prediction(answer.prediction, on: terminal)]
        if let corrected = answer.corrected { lines.append("read as  \(shown(corrected))") }
        if let least = answer.leastFamiliarity {
            let relation = answer.familiarity < least ? "below" : "not below"
            lines.append(
                "familiarity \(fixed(Double(answer.familiarity), 2)), \(relation) \(fixed(Double(least), 2)): "
                    + (answer.prediction.isOutOfScope ? "out of scope" : "in scope"))
        }
        if !answer.nearest.isEmpty {
            let rows = answer.nearest.map { near in
                [
                    fixed(Double(near.similarity), 2), near.intent, "\(near.event)", near.time, "\(near.uid)",
                    near.text.map { shown($0) } ?? "-",
                ]
            }
            lines.append("\n" + table(["similarity", "intent", "event", "time", "uid", "text"], rows))
        }
        if !answer.voices.isEmpty {
            let rows = answer.voices.map { voice in
                let ranked = voice.ranking.prefix(3)
                    .map { "\($0.intent) \(fixed(Double($0.probability), 2))" }.joined(separator: ", ")
                return [voice.voice, fixed(Double(voice.weight), 2), ranked]
            }
            lines.append("\n" + table(["voice", "weight", "what it says alone"], rows))
        }
        return lines.joined(separator: "\n")
    }
}
