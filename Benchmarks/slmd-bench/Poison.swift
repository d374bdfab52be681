import ArgumentParser
import Learning

/// What wrong labels of one ordinary user cost before anybody approves them, and how often right ones are held.
struct Poison: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the guard against wrong labels, and against right ones.",
        discussion: "SLMD_DATA names the data, SLMD_MODELS the models.")

    @Option(help: "banking77, clinc150 or all.") var set = "all"
    @Option(help: "How many draws of the training examples.") var draws = 2
    @Flag(help: "Measure on validation data: for choosing settings.") var validation = false
    @Option(help: "Only the patterns with these words in their names.") var only = ""

    func run() throws {
        let texts = try TextFeatures()
        var figures = AccuracyFigures()
        for name in set == "all" ? ["banking77", "clinc150"] : [set] {
            let data = try LabelledSet(name, validation: validation)
            let bench = AccuracyBench(set: data, texts: texts, draws: draws)
            PoisonBench(bench: bench).run(only, into: &figures)
        }
        guard figures.allReached else { throw ExitCode(1) }
    }
}

/// A lesson of a user who may be honest or not.
struct PoisonLesson {
    let line: LabelledLine
    /// Whether the label is wrong.
    let isWrong: Bool
}

/// Ways to teach wrong labels.
enum PoisonPattern: String, CaseIterable {
    case flood = "new texts, any intent"
    case known = "taught texts, any intent"
    case confusable = "new texts, the likeliest wrong intent"
    case spaced = "the same, one an hour"
    case focused = "new texts, one intent for all"
    case fresh = "taught texts, new intents"
    case cloned = "new texts, a new intent for each intent"
    case copied = "taught texts, a new intent for each intent"
    case split = "the least sure texts, a new intent for each intent"
    case everything = "new texts, one new intent for all"
    case alternating = "a right one after each wrong one"
    case trusted = "600 right ones first"
    case doubtful = "the least surprising ones, a right one after each"
    case mistaken = "the head's own mistakes, a right one after each"
    case repeated = "50 texts, each in 20 spellings"

    /// Points that they may cost. What the head believes already contradicts nobody.
    var asked: Double? { self == .mistaken ? nil : 1 }

    /// Microseconds between two lessons.
    var pause: Int64 { self == .spaced ? 3_600_000_000 : 1_000_000 }
}

struct PoisonBench {
    let bench: AccuracyBench
    private static let wrongLabels = 1000
    private static let newIntents = 5
    private static let attacker: UInt32 = 1001
    private static let owner: UInt32 = 0

    /// - Parameter words: only patterns with these in their names.
    func run(_ words: String, into figures: inout AccuracyFigures) {
        for pattern in PoisonPattern.allCases where words.isEmpty || pattern.rawValue.contains(words) {
            let results = (0..<bench.draws).map { attack(pattern, draw: $0) }
            let (lost, learnt) = (mean(results.map(\.lost)), mean(results.map { Double($0.learnt) }))
            figures.add(
                "\(bench.set.name): \(pattern.rawValue), points lost", asked: pattern.asked, measured: lost,
                atMost: true)
            figures.add("    of 1,000 wrong labels learnt", asked: nil, measured: learnt, digits: 1)
        }
        let honest = (0..<bench.draws).map { self.honest(draw: $0, lateIntents: false) }
        figures.add(
            "\(bench.set.name): right labels held, %", asked: 1, measured: mean(honest), atMost: true)
        let late = (0..<bench.draws).map { self.honest(draw: $0, lateIntents: true) }
        figures.add(
            "\(bench.set.name): right labels of five new intents held, %", asked: nil, measured: mean(late),
            atMost: true)
        let corrections = (0..<bench.draws).map { self.corrections(draw: $0) }
        figures.add(
            "\(bench.set.name): corrections held, five a day and no other lesson, %", asked: nil,
            measured: mean(corrections), atMost: true)
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    // MARK: attacks

    private func attack(_ pattern: PoisonPattern, draw: Int) -> (lost: Double, learnt: Int) {
        let drawn = bench.drawn(20, draw)
        let measured = bench.measured(without: drawn)
        var scene = scene(drawn)
        let before = bench.evaluate(scene.classifier, measured).accuracy
        let lessons = lessons(pattern, drawn, scene.classifier, draw: draw)
        let learnt = scene.teach(lessons, by: Self.attacker, pause: pattern.pause, texts: bench.texts)
        let after = bench.evaluate(scene.classifier, measured).accuracy
        let wrong = zip(lessons, learnt).count { $0.isWrong && $1 }
        return (100 * (before - after), wrong)
    }

    private func scene(_ lines: [LabelledLine]) -> GuardedScene {
        GuardedScene(head: bench.batch(lines), taught: bench.texts.examples(lines), by: Self.owner)
    }

    private func lessons(
        _ pattern: PoisonPattern, _ drawn: [LabelledLine], _ classifier: IntentClassifier, draw: Int
    ) -> [PoisonLesson] {
        var random = BenchmarkRandom(seed: UInt64(500 + draw))
        let known = Set(drawn.map(\.text))
        let measured = Set(bench.set.measured.map(\.text))
        let fresh = random.shuffled(
            bench.set.pool.filter { !known.contains($0.text) && !measured.contains($0.text) })
        let intents = Set(drawn.map(\.intent)).sorted()
        let count = Self.wrongLabels
        func other(than intent: IntentName) -> IntentName {
            let others = intents.filter { $0 != intent }
            return others[random.below(others.count)]
        }
        func likeliest(_ line: LabelledLine) -> RankedIntent {
            let ranking = classifier.rank(bench.texts.features(line.text))
            return ranking.intents.first { $0.intent != line.intent }
                ?? RankedIntent(intent: line.intent, probability: 0)
        }
        func confusable(_ line: LabelledLine) -> PoisonLesson { wrong(line, likeliest(line).intent) }
        bench.texts.prepare(fresh.map(\.text))
        switch pattern {
        case .flood: return fresh.prefix(count).map { wrong($0, other(than: $0.intent)) }
        case .known: return random.shuffled(drawn).prefix(count).map { wrong($0, other(than: $0.intent)) }
        case .confusable, .spaced: return fresh.prefix(count).map(confusable)
        case .focused:
            return fresh.filter { $0.intent != intents[0] }.prefix(count).map { wrong($0, intents[0]) }
        case .fresh:
            return random.shuffled(drawn).prefix(count).enumerated().compactMap { number, line in
                (try? IntentName("new_\(number % 20)")).map { wrong(line, $0) }  // a valid name
            }
        case .cloned: return fresh.sorted { $0.intent < $1.intent }.prefix(count).compactMap(doubled)
        case .copied: return drawn.sorted { $0.intent < $1.intent }.prefix(count).compactMap(doubled)
        case .split:
            let right = fresh.map { (line: $0, ranking: classifier.rank(bench.texts.features($0.text))) }
                .filter { $0.ranking.best?.intent == $0.line.intent }
            return Dictionary(grouping: right) { $0.line.intent }.sorted { $0.key < $1.key }
                .flatMap { $0.value.sorted { $0.ranking.confidence < $1.ranking.confidence }.prefix(20) }
                .prefix(count).compactMap { doubled($0.line) }
        case .everything:
            return fresh.prefix(count).compactMap { line in
                (try? IntentName("new")).map { wrong(line, $0) }  // a valid name
            }
        case .alternating: return mixed(fresh.prefix(count).map(confusable), with: fresh.dropFirst(count))
        case .trusted:
            return fresh.dropFirst(count).prefix(600).map { PoisonLesson(line: $0, isWrong: false) }
                + fresh.prefix(count).map(confusable)
        case .doubtful, .mistaken:
            let isDoubt = pattern == .doubtful
            let candidates = fresh.filter {
                (classifier.rank(bench.texts.features($0.text)).best?.intent == $0.intent) == isDoubt
            }
            .map { (line: $0, wrong: likeliest($0)) }.sorted { $0.wrong.probability > $1.wrong.probability }
            return mixed(
                candidates.prefix(count).map { wrong($0.line, $0.wrong.intent) }, with: random.shuffled(fresh)
            )
        case .repeated:
            let endings = ["", ".", "!", "?", " please", " thanks", " now", " ok", " hi", " then"]
            return fresh.prefix(50).flatMap { line in
                let intent = likeliest(line).intent
                return ["", "so "].flatMap { start in
                    endings.map { end in
                        PoisonLesson(
                            line: LabelledLine(intent: intent, text: start + line.text + end), isWrong: true)
                    }
                }
            }
        }
    }

    /// A valid name's double is one.
    private func doubled(_ line: LabelledLine) -> PoisonLesson? {
        (try? IntentName("\(line.intent) too")).map { wrong(line, $0) }
    }

    private func wrong(_ line: LabelledLine, _ intent: IntentName) -> PoisonLesson {
        PoisonLesson(line: LabelledLine(intent: intent, text: line.text), isWrong: true)
    }

    private func mixed(_ wrong: [PoisonLesson], with right: some Sequence<LabelledLine>) -> [PoisonLesson] {
        zip(wrong, right).flatMap { [$0, PoisonLesson(line: $1, isWrong: false)] }
    }

    // MARK: honest people

    /// Per cent of right labels held: the second half of the examples, or those of a few intents.
    private func honest(draw: Int, lateIntents: Bool) -> Double {
        let drawn = bench.drawn(20, draw)
        let intents = Set(drawn.map(\.intent)).sorted()
        let early = Set(intents.dropLast(Self.newIntents))
        var seen: [IntentName: Int] = [:]
        let isFirst = drawn.map { line in
            seen[line.intent, default: 0] += 1
            return lateIntents ? early.contains(line.intent) : seen[line.intent, default: 0] <= 10
        }
        let base = zip(drawn, isFirst).filter(\.1).map(\.0)
        let rest = zip(drawn, isFirst).filter { !$0.1 }.map { PoisonLesson(line: $0.0, isWrong: false) }
        var scene = scene(base)
        let learnt = scene.teach(rest, by: Self.attacker, pause: 1_000_000, texts: bench.texts)
        return 100 * Double(learnt.count { !$0 }) / Double(max(1, rest.count))
    }

    /// Per cent of corrections held, of one who teaches only what the head gets wrong.
    private func corrections(draw: Int) -> Double {
        let drawn = bench.drawn(20, draw)
        var scene = scene(drawn)
        let known = Set(drawn.map(\.text))
        var random = BenchmarkRandom(seed: UInt64(900 + draw))
        let fresh = random.shuffled(bench.set.pool.filter { !known.contains($0.text) })
        bench.texts.prepare(fresh.map(\.text))
        let mistakes = fresh.filter {
            scene.classifier.rank(bench.texts.features($0.text)).best?.intent != $0.intent
        }.prefix(100).map { PoisonLesson(line: $0, isWrong: false) }
        let learnt = scene.teach(
            mistakes, by: Self.attacker, pause: 17_280_000_000, texts: bench.texts)
        return 100 * Double(learnt.count { !$0 }) / Double(max(1, mistakes.count))
    }
}

/// A head with its guard, as the daemon has them.
struct GuardedScene {
    private var head: IntentHead
    private var examples = ExampleIndex()
    private var lessonGuard = LessonGuard()
    private(set) var classifier: IntentClassifier

    init(head: IntentHead, taught: [Example], by owner: UInt32) {
        self.head = head
        classifier = head.classifier
        for (number, example) in taught.enumerated() {
            let source = ExampleIndex.Source(event: 1, example: Int64(number), uid: owner)
            examples.insert(example.features, intent: example.intent, from: source)
        }
    }

    /// - Returns: which of the lessons were learnt.
    mutating func teach(
        _ lessons: [PoisonLesson], by uid: UInt32, pause: Int64, texts: TextFeatures
    ) -> [Bool] {
        texts.prepare(lessons.map(\.line.text))
        return lessons.enumerated().map { number, lesson in
            let features = texts.features(lesson.line.text)
            let example = Example(intent: lesson.line.intent, features: features)
            let evidence = LessonEvidence(
                example, ranking: classifier.rank(features), taughtBy: uid, among: examples)
            guard lessonGuard.judge(evidence, of: uid, at: Int64(number) * pause) == .learnt else {
                return false
            }
            head.apply(.taught(example, name: texts.features(example.intent.phrase)))
            classifier = head.classifier
            let source = ExampleIndex.Source(event: Int64(number + 2), uid: uid)
            examples.insert(features, intent: example.intent, from: source)
            return true
        }
    }
}
