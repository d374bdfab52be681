import ArgumentParser
import Dialogue
import Learning

/// Corrections among six dialogue acts: how many are recognised, and how many of what is taken for one is one, by the head
/// alone and by the detector that the daemon has.
struct CorrectionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corrections",
        abstract: "Measure with the real encoder and head how corrections are recognised.",
        discussion: """
            acts6_sgd calls a correction what denies a value that the system has just asked to confirm, and gives another. \
            Each draw holds back 35 % of the dialogues and takes its examples from the others, with the system's turn \
            before each. SLMD_DATA names the data, SLMD_MODELS the models.
            """)

    @Option(help: "Draws of the dialogues and the examples.") var draws = 5

    func run() throws {
        let texts = try TextFeatures()
        let lines = try DataFile.jsonLines("acts6_sgd/train.jsonl")
        var figures = AccuracyFigures()
        let correction = try IntentName(KnownIntent.correction)
        // As many as the shipped bootstrap file has, and as many as the figure is asked for.
        try measure(10, of: correction, asked: nil, lines, texts, into: &figures)
        try measure(150, of: correction, asked: 85, lines, texts, into: &figures)
        guard figures.allReached else { throw ExitCode(1) }
    }

    private func measure(
        _ examples: Int, of correction: IntentName, asked: Double?, _ lines: [LabelledLine],
        _ texts: TextFeatures, into figures: inout AccuracyFigures
    ) throws {
        var (words, head, detector, bare) = (Recognition(), Recognition(), Recognition(), Recognition())
        for draw in 0..<draws {
            let part = DialogueSplit(lines, examples: examples, seed: UInt64(draw + 1))
            let truths = part.measured.map { $0.intent == correction }
            let rankings = Self.rankings(part.measured, after: part.drawn, texts)
            head.add(rankings.map { $0.intents.first?.intent == correction }, truths)
            detector.add(Self.detected(part.measured, rankings), truths)
            words.add(part.measured.map { CorrectionDetector($0.text).corrects }, truths)
            let measured = part.measured.map(Self.bare)
            bare.add(
                Self.detected(measured, Self.rankings(measured, after: part.drawn.map(Self.bare), texts)),
                truths)
        }
        // They are the same however much was learnt.
        if asked != nil { words.report("words alone", asked: nil, into: &figures) }
        head.report("\(examples) an intent: the head alone", asked: asked, into: &figures)
        detector.report("\(examples) an intent: head and words", asked: asked, into: &figures)
        // In a dialogue the state stands for the turn before, and the head reads the sentence alone.
        bare.report("\(examples) an intent: both, as in say", asked: asked, into: &figures)
    }

    private static func bare(_ line: LabelledLine) -> LabelledLine {
        LabelledLine(intent: line.intent, text: line.text)
    }

    private static func rankings(
        _ measured: [LabelledLine], after drawn: [LabelledLine], _ texts: TextFeatures
    ) -> [Ranking] {
        let names = Dictionary(
            uniqueKeysWithValues: Set(drawn.map(\.intent)).map { ($0, texts.features($0.phrase)) })
        var head = IntentHead(settings: HeadSettings())
        head.apply(.trained(texts.examples(drawn), names: names, keepingBase: false))
        let classifier = head.classifier
        return texts.examples(measured).map { classifier.rank($0.features) }
    }

    private static func detected(_ lines: [LabelledLine], _ rankings: [Ranking]) -> [Bool] {
        zip(lines, rankings).map { line, ranking in
            CorrectionDetector(line.text) { intent in
                Double(ranking.intents.first { $0.intent.description == intent }?.probability ?? 0)
            }.corrects
        }
    }
}

/// Lines to learn from and lines to measure on that share no dialogue.
private struct DialogueSplit {
    let drawn: [LabelledLine]
    let measured: [LabelledLine]

    init(_ lines: [LabelledLine], examples: Int, seed: UInt64) {
        var first = BenchmarkRandom(seed: 1)
        let dialogues = first.shuffled(Set(lines.compactMap(\.dialogue)).sorted())
        let held = dialogues.count * 35 / 100
        // These were read while the detector's words were written: they may be learnt from, and are never measured.
        let unread = dialogues.dropFirst(held)
        var random = BenchmarkRandom(seed: 1 + seed)
        self.init(
            lines, examples: examples, without: Set(random.shuffled(Array(unread)).prefix(held)), &random)
    }

    private init(
        _ lines: [LabelledLine], examples: Int, without held: Set<String>, _ random: inout BenchmarkRandom
    ) {
        var taken: [IntentName: Int] = [:]
        drawn = random.shuffled(lines.filter { !held.contains($0.dialogue ?? "") }).filter { line in
            taken[line.intent, default: 0] += 1
            return taken[line.intent, default: 0] <= examples
        }
        measured = lines.filter { held.contains($0.dialogue ?? "") }
    }
}

/// Recall and precision of each draw.
private struct Recognition {
    private var recalls: [Double] = []
    private var precisions: [Double] = []

    mutating func add(_ found: [Bool], _ truths: [Bool]) {
        let right = Double(zip(found, truths).count { $0 && $1 })
        recalls.append(100 * right / Double(max(1, truths.count(where: \.self))))
        precisions.append(100 * right / Double(max(1, found.count(where: \.self))))
    }

    func report(_ what: String, asked: Double?, into figures: inout AccuracyFigures) {
        for (name, values) in [("recall", recalls), ("precision", precisions)] {
            figures.add("\(what): \(name), %", asked: asked, measured: Estimate(values).mean)
            figures.add("  \(name) of the worst draw, %", asked: nil, measured: values.min() ?? 0)
        }
    }
}
