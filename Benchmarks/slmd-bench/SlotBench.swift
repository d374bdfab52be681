import ArgumentParser
import Glibc
import JSON
import Learning
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// Slots of the SNIPS set: F1 of exact spans and types, and what learning and finding them costs.
struct SlotBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "Measure the tagger of slots with the real encoder on SNIPS.",
        discussion: "SLMD_DATA names the data, SLMD_MODELS the models.")

    @Flag(help: "Measure on validation data: for choosing settings.") var validation = false
    @Flag(help: "One draw of few examples instead of five.") var quick = false
    @Flag(help: "Few examples only.") var few = false

    func run() throws {
        let encoder = try WordEncoder()
        let pool = try encoder.read("snips/train.jsonl")
        let measured = try encoder.read(validation ? "snips/valid.jsonl" : "snips/test.jsonl")
        var figures = AccuracyFigures()
        for count in [5, 20] { try fewShot(count, pool, measured, &figures) }
        if !few { full(pool, measured, &figures) }
        guard figures.allReached else { throw ExitCode(1) }
    }

    private func fewShot(
        _ count: Int, _ pool: [SlotLine], _ measured: [SlotLine], _ figures: inout AccuracyFigures
    ) throws {
        let draws = quick ? 1 : 5
        var sums = Sums()
        var online = 0.0
        var lessons: [Double] = []
        for draw in 0..<draws {
            let drawn = Self.draw(count, of: pool, seed: UInt64(draw + 1))
            var learner = SlotLearner(width: pool[0].example.features.width, seed: 1)
            learner.fit(drawn.map { (intent: $0.intent, slots: $0.example) }) { _, _ in }
            let predicted = Self.predicted(measured, after: drawn)
            sums.add(learner.tagger, measured, predicted)
            learner = SlotLearner(width: pool[0].example.features.width, seed: 1)
            for line in drawn {
                let time = ContinuousClock().measure { learner.learn(line.example, of: line.intent) }
                lessons.append(time / .milliseconds(1))
            }
            online += SlotScore(learner.tagger, measured, predicted).f1
        }
        sums.report("span F1, \(count) an intent", asked: nil, draws: draws, &figures)
        figures.add("  taught one by one", asked: nil, measured: 100 * online / Double(draws))
        lessons.sort()
        figures.add("  ms a lesson, p50", asked: nil, measured: lessons[lessons.count / 2])
        figures.add("  ms a lesson, p99", asked: nil, measured: lessons[lessons.count * 99 / 100])
    }

    private func full(_ pool: [SlotLine], _ measured: [SlotLine], _ figures: inout AccuracyFigures) {
        var learner = SlotLearner(width: pool[0].example.features.width, seed: 1)
        let fit = ContinuousClock().measure {
            learner.fit(pool.map { (intent: $0.intent, slots: $0.example) }) { _, _ in }
        }
        let tagger = learner.tagger
        let predicted = Self.predicted(measured, after: pool)
        var score = SlotScore(tagger, [], [])
        let words = measured.reduce(0) { $0 + $1.example.features.count }
        let tagging = ContinuousClock().measure { score = SlotScore(tagger, measured, predicted) }
        var sums = Sums()
        sums.add(tagger, measured, predicted)
        sums.report("span F1, all examples", asked: 88, draws: 1, &figures)
        figures.add("  of the texts all right", asked: nil, measured: 100 * score.exact)
        figures.add("  s to fit", asked: nil, measured: fit / .seconds(1))
        figures.add("  µs a word to find", asked: nil, measured: tagging / .microseconds(1) / Double(words))
        figures.add("  kB of weights", asked: nil, measured: Double(tagger.weightBytes) / 1000)
        for threshold in [0.3, 0.5, 0.7] {
            let sure = SlotScore(tagger, measured, predicted, least: Float(threshold))
            figures.add("  F1 of those surer than \(threshold)", asked: nil, measured: 100 * sure.f1)
        }
    }

    /// What F1 is with the intents that a head predicts, with the right ones, and without any.
    private struct Sums {
        private var predicted = 0.0
        private var right = 0.0
        private var none = 0.0

        mutating func add(_ tagger: SlotTagger, _ lines: [SlotLine], _ rankings: [[RankedIntent]]) {
            predicted += SlotScore(tagger, lines, rankings).f1
            right +=
                SlotScore(tagger, lines, lines.map { [RankedIntent(intent: $0.intent, probability: 1)] }).f1
            none += SlotScore(tagger, lines, lines.map { _ in [] }).f1
        }

        func report(_ what: String, asked: Double?, draws: Int, _ figures: inout AccuracyFigures) {
            figures.add(what, asked: asked, measured: 100 * predicted / Double(draws))
            figures.add("  with the right intent", asked: nil, measured: 100 * right / Double(draws))
            figures.add("  without the intent", asked: nil, measured: 100 * none / Double(draws))
        }
    }

    /// What a head that learnt the examples predicts.
    private static func predicted(_ lines: [SlotLine], after examples: [SlotLine]) -> [[RankedIntent]] {
        var head = IntentHead(settings: HeadSettings())
        let taught = examples.map { Example(intent: $0.intent, features: $0.features) }
        head.apply(.trained(taught, names: [:], keepingBase: false))
        let classifier = head.classifier
        return lines.map { classifier.rank($0.features).intents }
    }

    private static func draw(_ count: Int, of pool: [SlotLine], seed: UInt64) -> [SlotLine] {
        var random = BenchmarkRandom(seed: seed)
        var taken: [IntentName: Int] = [:]
        return random.shuffled(pool).filter { line in
            taken[line.intent, default: 0] += 1
            return taken[line.intent, default: 0] <= count
        }
    }
}

/// A line of the set, encoded.
struct SlotLine {
    let intent: IntentName
    let features: Features
    let example: SlotExample
}

/// Slots found beside those that are there.
struct SlotScore {
    private(set) var right = 0
    private(set) var found = 0
    private(set) var there = 0
    private(set) var exact = 0.0

    /// - Parameter intents: of each line.
    init(_ tagger: SlotTagger, _ lines: [SlotLine], _ intents: [[RankedIntent]], least: Float = 0) {
        var whole = 0
        for (line, intents) in zip(lines, intents) {
            let slots = tagger.slots(of: line.example.features, intents: intents)
            let found = Set(
                slots.filter { $0.confidence >= least }.map {
                    SlotExample.Span(type: $0.type, words: $0.words)
                })
            let there = Set(line.example.spans)
            right += found.intersection(there).count
            self.found += found.count
            self.there += there.count
            whole += found == there ? 1 : 0
        }
        exact = Double(whole) / Double(max(1, lines.count))
    }

    var f1: Double { there + found == 0 ? 0 : 2 * Double(right) / Double(there + found) }
}

/// Texts to the features of their words.
struct WordEncoder {
    private let tokenizer: WordPiece
    private let encoder: SentenceEncoder

    init() throws {
        let models = unsafe getenv("SLMD_MODELS").map { unsafe String(cString: $0) } ?? "models"
        let directory = models + "/all-MiniLM-L6-v2"
        tokenizer = try WordPiece(directory: directory)
        encoder = try SentenceEncoder(directory: directory, precision: .int8, pool: ComputePool(threads: 2))
    }

    /// The lines of a file, `{"intent", "tokens", "tags"}` each.
    func read(_ file: String) throws -> [SlotLine] {
        let lines = try DataFile.lines(file).enumerated().map { number, line in
            try Self.line(line, at: "\(file), line \(number + 1)")
        }
        var read: [SlotLine] = []
        for start in stride(from: 0, to: lines.count, by: 32) {
            read += try encode(Array(lines[start..<min(start + 32, lines.count)]))
        }
        return read
    }

    private func encode(_ lines: [(intent: IntentName, annotated: AnnotatedText)]) throws -> [SlotLine] {
        let texts = try lines.map { line in
            try tokenizer.encode(
                line.annotated.text, limit: encoder.maximumTokens, overflow: .truncate, notingWords: true)
        }
        let encoded = encoder.encode(texts.map(\.ids), keepingTokens: true)
        return try zip(lines, zip(texts, encoded)).map { line, read in
            let features = WordFeatures(
                tokens: read.1.tokenVectors, width: encoder.dimension, words: read.0.words.map(\.ids))
            let example = try SlotExample(
                line.annotated.spans, words: read.0.words.map(\.bytes), features: features)
            let pools = EncodedPools(sentence: read.1.sentence.values, layerPools: read.1.layerPools)
            return SlotLine(intent: line.intent, features: Features(pools), example: example)
        }
    }

    private static func line(_ line: String, at place: String) throws -> (
        intent: IntentName, annotated: AnnotatedText
    ) {
        let value = try JSONValue(parsing: Array(line.utf8))
        guard let intent = value["intent"]?.string,
            let tokens = value["tokens"]?.elements?.compactMap(\.string),
            let tags = value["tags"]?.elements?.compactMap(\.string), tokens.count == tags.count
        else { throw BenchmarkError.notTagged(place) }
        var text = ""
        var spans: [SlotSpan] = []
        for (token, tag) in zip(tokens, tags) {
            if !text.isEmpty { text += " " }
            let start = text.utf8.count
            text += token
            guard tag != "O" else { continue }
            let type = try SlotName(String(tag.dropFirst(2)))
            if tag.hasPrefix("I-"), let last = spans.popLast() {
                spans.append(SlotSpan(type: type, bytes: last.bytes.lowerBound..<text.utf8.count))
            } else {
                spans.append(SlotSpan(type: type, bytes: start..<text.utf8.count))
            }
        }
        return (try IntentName(intent), AnnotatedText(text: text, spans: spans))
    }
}
