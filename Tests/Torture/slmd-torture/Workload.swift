import Assistant
import Glibc
import Knowledge
import Logging
import Tensors
import Tokenizers
import Transformers

/// A program to be killed: `slmd-torture run STATE` does a fixed sequence of changes and says of each when it is
/// acknowledged; `slmd-torture check STATE` opens what is left, says what there is, and that a replay gives the same.
@main
enum Workload {
    static func main() {
        let arguments = CommandLine.arguments
        do {
            switch arguments.dropFirst().first {
            case "run" where arguments.count == 3: try run(arguments[2])
            case "check" where arguments.count == 3: try check(arguments[2])
            default:
                say("usage: slmd-torture run|check STATE")
                exit(64)
            }
        } catch {
            say("failed \(error)")
            exit(1)
        }
    }

    private static let me = Contributor(uid: 1000, pid: 7, session: "torture")
    private static let stranger = Contributor(uid: 1001, pid: 8)
    private static let viewer = Viewer(uid: me.uid)

    /// One change after the other; each line is written when the change is acknowledged.
    private static func run(_ state: String) throws(AssistantError) {
        var assistant = try open(state)
        // What was taken away last.
        var file: [UInt8] = []
        say("done 0 \(describe(assistant))")
        for (number, step) in steps.enumerated() {
            switch step {
            case .backUp: file = try assistant.backup().file.read(at: 0, limit: .max)
            case .restoreBackup: assistant = try restored(file, over: assistant)
            case .export(let name):
                file = try assistant.export(snapshot: name) { _ in }.file.read(at: 0, limit: .max)
            case .importSnapshot(let name):
                let upload = try upload(file, to: assistant)
                _ = try assistant.importSnapshot(upload, named: name, by: me) { _ in }
            default: try step.take(on: assistant)
            }
            say("done \(number + 1) \(describe(assistant))")
            if step.concernsSources { awaitVectors(of: assistant, atMost: .seconds(1)) }
        }
        try assistant.close()
        say("closed")
    }

    /// The assistant that serves once the backup is in the place of the state.
    private static func restored(
        _ backup: [UInt8], over assistant: LocalAssistant
    ) throws(AssistantError) -> LocalAssistant {
        let upload = try upload(backup, to: assistant)
        var successor = assistant
        _ = try assistant.restore(upload, RestoreTerms(), takeOver: { successor = $0 }, progress: { _ in })
        return successor
    }

    private static func upload(
        _ bytes: [UInt8], to assistant: LocalAssistant
    ) throws(AssistantError) -> Upload {
        let upload = try assistant.upload(size: bytes.count)
        _ = try upload.append(bytes)
        return upload
    }

    private static func check(_ state: String) throws(AssistantError) {
        let assistant = try open(state)
        let verification = try assistant.verify(snapshot: nil) { _ in }
        for snapshot in try assistant.snapshots() {
            let kept = try assistant.verify(snapshot: snapshot.name) { _ in }
            guard kept.isEqual else { return say("differs \(snapshot.name)") }
        }
        guard verification.isEqual else { return say("differs") }
        if let problem = try problem(of: assistant) { return say("differs \(problem)") }
        if let problem = try problem(ofSources: assistant) { return say("differs \(problem)") }
        say("found \(describe(assistant))")
        try assistant.close()
    }

    /// What is wrong with the turns; they may be fewer than were said, but no others, and none of an erased lesson.
    private static func problem(of assistant: LocalAssistant) throws(AssistantError) -> String? {
        let events = Set(try assistant.history(after: 0, last: nil).entries.map(\.event))
        for turn in try assistant.turns(TurnFilter()).turns {
            guard turn.uid == me.uid, turn.session == me.session else { return "turn \(turn.turn)" }
            if let event = turn.event, !events.contains(event) {
                return "turn \(turn.turn) of event \(event)"
            }
        }
        return nil
    }

    /// Has the vectors written here, so that the points where that happens are the same in every run; not where the disk has
    /// failed.
    ///
    /// - Parameter limit: on a busy machine they may take long.
    private static func awaitVectors(of assistant: LocalAssistant, atMost limit: Duration) {
        let end = ContinuousClock.now + limit
        while let knowledge = assistant.status().knowledge, knowledge.totals.pending > 0,
            knowledge.refusal == nil, ContinuousClock.now < end
        {
            sched_yield()
        }
    }

    /// What is wrong with the sources; each is whole, one of its contents, and found.
    private static func problem(ofSources assistant: LocalAssistant) throws(AssistantError) -> String? {
        for source in try sources(of: assistant) {
            let page = try assistant.source(.id(source.id.rawValue), for: viewer, after: 0, limit: 1000)
            let said = words(page.passages.map(\.text).joined(separator: " "))
            let isWhole = steps.contains { step in
                guard case .add(source.labels.name, let content) = step else { return false }
                return content.utf8.count == source.content.bytes && words(content) == said
            }
            guard isWhole, page.passages.count == source.passages else {
                return "source \(source.labels.name)"
            }
            for passage in page.passages {
                let query = KnowledgeQuery(passage.text, filter: SourceFilter(source: source.id))
                let found = try assistant.search(query, for: viewer).results
                if found.isEmpty { return "passage \(passage.id.rawValue)" }
            }
        }
        awaitVectors(of: assistant, atMost: .seconds(60))
        let pending = assistant.status().knowledge?.totals.pending
        return pending == 0 ? nil : "\(pending.map(String.init) ?? "?") passages without vectors"
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    private static func sources(of assistant: LocalAssistant) throws(AssistantError) -> [StoredSource] {
        try assistant.sources(for: viewer, after: 0, limit: 1000, name: nil, isOwn: false).sources
    }

    /// A content of a source: so many paragraphs, of which those from `changed` on are others in each version.
    private static func content(_ version: Int, paragraphs: Int = 12, changed: Int = 6) -> String {
        (0..<paragraphs).map { paragraph in
            "Fact \(paragraph) of the book was found in year \(paragraph < changed ? 1 : version)."
        }.joined(separator: "\n\n")
    }

    private static func open(_ state: String) throws(AssistantError) -> LocalAssistant {
        let configuration = AssistantConfiguration(
            stateDirectory: state, encoder: EncoderSettings(directory: ""), bootstrap: .none,
            checkpoints: CheckpointSettings(everyEvents: 3, keep: 2))
        return try LocalAssistant(
            configuration: configuration, encoding: .words,
            logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() },
            clock: WallClock { 1_700_000_000_000_000 })
    }

    /// Everything that was acknowledged, in one line: the head, the events, the snapshots, the sources.
    private static func describe(_ assistant: LocalAssistant) -> String {
        do {
            let events = try assistant.history(after: 0, last: nil).entries.map {
                "\($0.event):\($0.text ?? $0.kind)" + ($0.isQuarantined ? "?" : "")
            }
            let snapshots = try assistant.snapshots().map { "\($0.name)=\($0.digest.prefix(16))" }
            let sources = try sources(of: assistant).map {
                "\($0.labels.name)=\($0.content.digest.prefix(16))"
            }
            let lessons = events.joined(separator: ",")
            return "\(assistant.status().head.digest) [\(lessons)] \(snapshots) \(sources)"
        } catch {
            return "\(error)"
        }
    }

    private static let steps: [Step] =
        (1...5).map { .teach("lesson \($0)", $0 % 2 == 0 ? "even" : "odd") } + [
            .say("said first"), .snapshot("first"), .teach("a mistake", "wrong"), .undo(1),
            .teach("another", "odd"),
            .rename("even", "straight"), .train(["red rose", "green leaf"]), .snapshot("second"), .forget(2),
            .restore("first"), .teach("after the restoration", "late"), .undo(2), .say("said last"),
            .teach("the end", "odd"),
        ] + (0..<12).map { .contradict("lesson \(1 + $0 % 5)", "nonsense \($0)") } + [
            .approve, .undo(1), .approve, .reject, .teach("the very end", "odd"),
            .add("a book", content(1)), .add("another", content(2)), .add("a book", content(3)),
            .backUp,
            .teach("after the backup", "lost"), .snapshot("third"), .remove("another"),
            .add("a book", content(4)), .add("a third", content(5)), .restoreBackup,
            .remove("a book"),
            .teach("after the restored backup", "even"), .undo(1),
            .export("second"), .importSnapshot("theirs"), .teach("after the import", "odd"),
            .restore("theirs"), .teach("on top of theirs", "late"), .export("theirs"), .undo(2),
            .importSnapshot("again"), .undo(1), .importSnapshot("unused"), .removeSnapshot("unused"),
            .teach("the very last", "odd"),
        ]

    private enum Step {
        case teach(String, String)
        case say(String)
        case train([String])
        case rename(String, String)
        case snapshot(String)
        case restore(String)
        case undo(Int)
        case forget(Int64)
        /// Of an ordinary user, who has too little trust left for the last of them.
        case contradict(String, String)
        /// The first lesson that waits.
        case approve
        case reject
        case backUp
        case restoreBackup
        case export(String)
        /// What was exported, under a name of its own.
        case importSnapshot(String)
        case removeSnapshot(String)
        /// A source and its content, or another content of one.
        case add(String, String)
        case remove(String)

        var concernsSources: Bool {
            switch self {
            case .add, .remove, .restoreBackup: true
            default: false
            }
        }

        func take(on assistant: LocalAssistant) throws(AssistantError) {
            switch self {
            case .teach(let text, let intent):
                _ = try assistant.teach([Lesson(Utterance(text), intent: intent, by: me)])[0].get()
            case .say(let text):
                _ = try assistant.predict([Utterance(text, by: me)])[0].get()
                // Has all turns written, so that the points where that happens are the same in every run.
                _ = try assistant.turns(TurnFilter())
            case .train(let texts):
                let examples = texts.map { LabelledText(text: $0, intent: String($0.prefix(3))) }
                _ = try assistant.train(examples, keepingBase: true, by: me) { _ in }
            case .rename(let old, let new): _ = try assistant.renameIntent(old, to: new, by: me)
            case .snapshot(let name): _ = try assistant.snapshot(named: name)
            case .restore(let name): _ = try assistant.restore(snapshot: name, by: me)
            case .undo(let count): _ = try assistant.erase(.newest(count)) { _ in }
            case .contradict(let text, let intent):
                let lesson = Lesson(Utterance(text), intent: intent, by: stranger, standing: .ordinary)
                _ = try assistant.teach([lesson])[0].get()
            case .approve: _ = try assistant.approve(waiting(assistant), by: me)
            case .reject: _ = try assistant.reject(waiting(assistant))
            case .removeSnapshot(let name): _ = try assistant.removeSnapshot(name)
            case .add(let name, let content):
                let labels = SourceLabels(name: name, owner: me.uid, audience: .everyone, format: .text)
                _ = try assistant.addSource(labels, Array(content.utf8), by: viewer)
            case .remove(let name):
                _ = try assistant.removeSource(.name(name), for: viewer, mayRemoveOthers: false)
            case .backUp, .restoreBackup, .export, .importSnapshot: break  // these are about a file, too
            case .forget(let event): _ = try assistant.erase(.event(event)) { _ in }
            }
        }
    }

    private static func waiting(_ assistant: LocalAssistant) throws(AssistantError) -> [Int64] {
        try assistant.history(after: 0, last: nil, isQuarantined: true).entries.prefix(1).map(\.event)
    }

    /// A line that is written at once: what was said must outlive the program.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}

extension TextEncoding {
    /// An encoder of a few lines: a vector is the sum of its words' random signs.
    fileprivate static let words = TextEncoding(
        model: AssistantStatus.Model(
            name: "words", precision: "fp32", dimension: width, kernels: "none", digest: "words"),
        words: [],
        tokenize: { text, _ in
            let ids = text.split(separator: " ").map { word in
                TokenID(rawValue: Int32(truncatingIfNeeded: word.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
            }
            return Tokens(ids: ids, count: TokenCount(used: ids.count, total: ids.count))
        },
        forward: { batch, _, _ in batch.map(encoded) })

    private static let width = 32

    private static func encoded(_ ids: [TokenID]) -> EncodedText {
        var sums = [Float](repeating: 0.01, count: 5 * width)
        for id in ids {
            var state = UInt64(bitPattern: Int64(id.rawValue))
            for index in sums.indices {
                state = state &* 0x5851_F42D_4C95_7F2D &+ 0x1405_7B7E_F767_814F
                sums[index] += state >> 63 == 0 ? 1 : -1
            }
        }
        let length = sums[..<width].reduce(0) { $0 + $1 * $1 }.squareRoot()
        return EncodedText(
            sentence: Embedding(values: sums[..<width].map { $0 / length }), layerPools: Array(sums[width...])
        )
    }
}
