import Wire

/// Answers as people read them.
enum Rendering {
    /// The first of `intents`, with the runners-up behind.
    /// - Parameters:
    ///   - indent: columns before it.
    ///   - runnersUp: how many are named at most; at a terminal only those that fit its line.
    static func prediction(
        _ answer: PredictResult, on terminal: Terminal, indent: Int = 0, runnersUp: Int = 3
    ) -> String {
        let isCut = answer.tokens.isTruncated
        return intents(
            answer.intent, answer.confidence, answer.ranking, isOutOfScope: answer.isOutOfScope,
            note: isCut ? " read \(answer.tokens.read) of \(answer.tokens.total) tokens" : "", on: terminal,
            indent: indent, runnersUp: runnersUp)
    }

    /// The same of a turn.
    static func intents(of turn: SayResult, on terminal: Terminal, indent: Int = 0) -> String {
        intents(
            turn.intent, turn.confidence, turn.ranking, isOutOfScope: turn.isOutOfScope,
            note: turn.isTruncated ? " read in part" : "", on: terminal, indent: indent)
    }

    private static func intents(
        _ intent: String?, _ confidence: Float, _ ranking: [IntentProbability], isOutOfScope: Bool,
        note: String, on terminal: Terminal, indent: Int, runnersUp: Int = 3
    ) -> String {
        guard let intent else { return terminal.styled("not trained", .yellow) }
        let confidence = " \(fixed(Double(confidence), 2))"
        let notes = (isOutOfScope ? " out of scope" : "") + note
        var line = terminal.styled(intent, .bold) + confidence
        if !notes.isEmpty { line += terminal.styled(notes, .yellow) }
        var others = ranking.filter { $0.intent != intent }.prefix(runnersUp)
            .map { "\($0.intent) \(fixed(Double($0.probability), 2))" }
        func rest() -> String { others.isEmpty ? "" : "   \(others.joined(separator: ", "))" }
        let room = terminal.isTerminal ? terminal.width - indent : .max
        let start = "\(intent)\(confidence)\(notes)".columns
        while !others.isEmpty, start + rest().columns > room { others.removeLast() }
        return others.isEmpty ? line : line + terminal.styled(rest(), .dim)
    }

    /// One tab-separated line, for other programs.
    static func line(_ answer: PredictResult) -> String {
        "\(answer.intent ?? "not_trained")\t\(fixed(Double(answer.confidence), 4))"
    }

    static func lesson(_ answer: TeachResult, on terminal: Terminal) -> String {
        let intent = terminal.styled(answer.intent, .bold)
        if let reason = answer.reason {
            let before = guess(answer.before)
            return "held \(intent): \(objection(reason)); \(before) as before (event \(answer.event)); "
                + "an administrator can approve it: slmctl approve \(answer.event)"
        }
        return
            "learnt \(intent): \(guess(answer.before)) before, \(guess(answer.after)) now (event \(answer.event))"
    }

    private static func guess(_ guess: Guess) -> String {
        guess.intent.map { "\($0) \(fixed(Double(guess.confidence), 2))" } ?? "nothing"
    }

    static func intents(_ intents: [IntentEntry]) -> String {
        if intents.isEmpty { return "no intents yet: teach one with slmctl teach INTENT TEXT" }
        return table(["intent", "examples"], intents.map { [$0.intent, "\($0.examples)"] })
    }

    static func snapshots(_ snapshots: [SnapshotEntry]) -> String {
        if snapshots.isEmpty { return "no snapshots yet: write one with slmctl snapshot" }
        let areMeasured = snapshots.contains { $0.accuracy != nil }
        let rows = snapshots.map {
            [$0.name, "\($0.event)", "\($0.bytes)", $0.createdAt]
                + (areMeasured ? [accuracy($0)] : []) + [String($0.digest.prefix(12))]
        }
        let measured = areMeasured ? ["accuracy"] : []
        return table(["name", "event", "bytes", "created"] + measured + ["sha256"], rows)
    }

    static func content(_ content: SnapshotContentResult) -> String {
        snapshots([content.snapshot]) + "\n\n" + (content.intents.map(intents) ?? unreadable(content))
    }

    /// Why the intents of a snapshot are not known.
    static func unreadable(_ content: SnapshotContentResult) -> String {
        """
        its head is of version \(content.version), which this slmd does not read: its intents are not known; \
        slmctl snapshot restore makes it anew from the log
        """
    }

    static func snapshot(_ made: SnapshotResult) -> String {
        let line = "\(made.name): event \(made.event), \(made.bytes) bytes, sha256 \(made.digest)"
        if let reason = made.unmeasured { return line + "\nwithout accuracy: \(shown(reason))" }
        guard let accuracy = made.accuracy, let count = made.heldBack else { return line }
        return line + "\naccuracy \(fixed(accuracy, 4)) of \(count) held-back examples"
    }

    /// On the held-back examples, and how many they were.
    static func accuracy(_ snapshot: SnapshotEntry) -> String {
        guard let accuracy = snapshot.accuracy else { return "-" }
        return fixed(accuracy, 4) + (snapshot.heldBack.map { " of \($0)" } ?? "")
    }

    static func event(_ event: HistoryEntry) -> String {
        let what: String? =
            switch event.kind {
            case "taught", "held", "approved": event.text.map { "\"\(shown($0))\" is \(event.intent ?? "")" }
            case "trained", "trained_keeping_base", "bootstrapped":
                count(event.examples ?? 0, "example") + (event.kind == "trained_keeping_base" ? " added" : "")
            case "renamed", "merged": event.target.map { "\(event.intent ?? "") to \($0)" }
            case "removed": event.intent
            case "imported":
                event.text.map { "snapshot \(shown($0)), \(count(event.examples ?? 0, "event"))" }
            case "judged": event.text.map { "\"\(shown($0))\"" }
            case "restored": event.position.map { "what was learnt up to event \($0)" }
            default: nil
            }
        var parts = ["\(event.event)", event.time, "uid \(event.uid)"]
        if let session = event.session { parts.append("session \(shown(session))") }
        parts.append(event.kind == "trained_keeping_base" ? "trained" : event.kind)
        if let what { parts.append(what) }
        if event.kind == "judged", let reason = event.reason { parts.append("(\(judgement(reason)))") }
        if event.isImported { parts.append("(imported)") }
        if event.isSelfCorrection { parts.append("(self-correction)") }
        if event.isQuarantined, let reason = event.reason { parts.append("(\(objection(reason)))") }
        if let before = event.before, let after = event.after {
            parts.append("(\(guess(before)) before, \(guess(after)) after)")
        }
        return parts.joined(separator: "  ")
    }

    private static func judgement(_ reason: String) -> String {
        switch reason {
        case "right": "right for that user"
        case "wrong": "wrong for that user"
        case "right_for_all": "right for everybody"
        case "wrong_for_all": "wrong for everybody"
        default: shown(reason)
        }
    }

    /// A text from elsewhere, without what a terminal would obey.
    ///
    /// - Parameter kept: what stays as it is all the same.
    static func shown(_ text: String, keeping kept: Set<Unicode.Scalar> = []) -> String {
        text.unicodeScalars.map { scalar in
            if kept.contains(scalar) { return String(scalar) }
            return switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar.escaped(asASCII: true)
            default: String(scalar)
            }
        }.joined()
    }

    static func undone(_ answer: UndoResult) -> String {
        let events = answer.undone.map(String.init).joined(separator: ", ")
        let what = answer.undone.count == 1 ? "event \(events)" : "events \(events)"
        return "took back \(what); \(count(answer.intents, "intent"))\n"
            + digest(answer.digest, replayed: answer.replayedDigest)
    }

    static func forgotten(_ answer: ForgetResult) -> String {
        let erased = answer.erased
        let places = erased.checkpoints > 0 ? ", in \(count(erased.checkpoints, "checkpoint")) too" : ""
        return "erased \(count(erased.events, "event")) and \(count(erased.turns, "turn"))\(places); "
            + "\(count(answer.intents, "intent"))\n"
            + digest(answer.digest, replayed: answer.replayedDigest)
    }

    static func reload(_ answer: ReloadResult) -> String {
        let file = "read \(answer.file ?? "no settings file")"
        let applied =
            answer.applied.isEmpty ? "nothing has changed" : "now \(answer.applied.joined(separator: ", "))"
        let later = answer.needsRestart.map { "\n\($0): after a restart" }.joined()
        return "\(file): \(applied)\(later)"
    }

    static func verification(_ answer: VerifyResult) -> String {
        count(answer.events, "event") + "\n"
            + digest(answer.digest, replayed: answer.replayedDigest)
            + answer.differing.map { "\n\($0): the log replayed from nothing gives another" }.joined()
    }

    private static func digest(_ digest: String, replayed: String?) -> String {
        guard let replayed else { return "sha256 \(digest)" }
        return digest == replayed
            ? "sha256 \(digest), and the log replayed from nothing gives the same"
            : "sha256 \(digest), but the log replayed from nothing gives \(replayed)"
    }

    static func difference(_ difference: SnapshotDifference) -> String {
        let (before, after) = (difference.before, difference.after)
        let rows = difference.changes.map { [$0.intent, "\($0.before)", "\($0.after)"] }
        let changes =
            rows.isEmpty
            ? "the same intents with as many examples" : table(["intent", "before", "after"], rows)
        guard before.accuracy != nil || after.accuracy != nil else { return changes }
        return "accuracy \(accuracy(before)) before, \(accuracy(after)) after\n\n\(changes)"
    }

    static func evaluation(_ answer: EvaluateResult) -> String {
        let rows = answer.perIntent.sorted { $0.key < $1.key }.map { intent, score in
            [intent] + [score.precision, score.recall, score.f1].map { fixed($0, 3) } + ["\(score.support)"]
        }
        var parts = [
            "accuracy \(fixed(answer.accuracy, 4)) over \(answer.count) texts, ECE \(fixed(answer.ece, 4))",
            table(["intent", "precision", "recall", "f1", "texts"], rows),
        ]
        let confusions = largestConfusions(answer.confusion, limit: 10)
        if !confusions.isEmpty { parts.append(table(["intent", "taken for", "times"], confusions)) }
        return parts.joined(separator: "\n\n")
    }

    static func largestConfusions(_ confusion: [String: [String: Int]], limit: Int) -> [[String]] {
        let wrong = confusion.flatMap { intent, row in
            row.filter { $0.key != intent && $0.value > 0 }.map { (intent, $0.key, $0.value) }
        }
        return wrong.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.prefix(limit)
            .map { [$0.0, $0.1, "\($0.2)"] }
    }

    /// A heading and rows in columns; all but the first column are aligned to the right when they are numbers.
    static func table(_ heading: [String], _ rows: [[String]]) -> String {
        columns([heading] + rows).joined(separator: "\n")
    }

    static func columns(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.indices.map { column in
                column == row.count - 1
                    ? row[column]
                    : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }
            return cells.joined(separator: "  ")
        }
    }

    /// "1 event", "2 events".
    static func count(_ number: Int, _ what: String) -> String {
        "\(number) \(what)\(number == 1 ? "" : "s")"
    }

    /// A word as a shell reads it: in quotes where it has to be.
    static func shellWord(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:@%+,".utf8.contains(byte)
            }
        }
        guard !plain || text.isEmpty else { return text }
        return "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#))'"
    }

    /// A number with so many digits behind the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled != 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
