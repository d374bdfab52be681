import Learning

/// The measurements of one set.
struct AccuracyBench {
    let set: LabelledSet
    let texts: TextFeatures
    let draws: Int

    /// Per cent, per examples an intent.
    private static let asked: [String: [Int: Double]] = [
        "banking77": [5: 81, 10: 85.5, 20: 88.5, 50: 91], "clinc150": [5: 88.5, 10: 91.5, 20: 93, 50: 94],
        "snips": [5: 91, 10: 93, 20: 94, 50: 95], "acts6": [20: 84, 50: 88],
    ]

    func fewShot(_ counts: [Int], into figures: inout AccuracyFigures) {
        for count in counts {
            var evaluations: [Evaluation] = []
            var floor = 0.0
            for draw in 0..<draws {
                let lines = drawn(count, draw)
                let measured = measured(without: lines)
                let rankings = rankings(batch(lines).classifier, measured)
                evaluations.append(Evaluation(truths: measured.map(\.intent), rankings: rankings))
                floor += Self.calibrationFloor(rankings) / Double(draws)
            }
            let what = "\(set.name), \(count) an intent"
            figures.add(
                what + ": accuracy, %", asked: Self.asked[set.name]?[count],
                measured: mean(evaluations) { 100 * $0.accuracy })
            let asked = count >= 20 ? 0.015 : nil
            figures.add(
                what + ": calibration error", asked: asked,
                measured: mean(evaluations) { $0.calibrationError }, digits: 4,
                atMost: true)
            figures.add(
                what + ": the same were it perfectly calibrated", asked: nil, measured: floor, digits: 4,
                atMost: true)
        }
    }

    /// The calibration error that so few texts show by chance: the mean over truths drawn from the confidences.
    private static func calibrationFloor(_ rankings: [Ranking]) -> Double {
        var random = BenchmarkRandom(seed: 11)
        let repeats = 20
        let errors = (0..<repeats).map { _ in
            var kept: [Ranking] = []
            var truths: [IntentName] = []
            for ranking in rankings where ranking.intents.count > 1 {
                let isRight = Float(random.below(1 << 24)) / Float(1 << 24) < ranking.confidence
                kept.append(ranking)
                truths.append(ranking.intents[isRight ? 0 : 1].intent)
            }
            return Evaluation(truths: truths, rankings: kept).calibrationError
        }
        return errors.reduce(0, +) / Double(repeats)
    }

    /// One example at a time against a batch, and the second half of the intents after the first.
    func online(into figures: inout AccuracyFigures) {
        var (lost, lostLate) = (0.0, 0.0)
        for draw in 0..<draws {
            let lines = drawn(20, draw)
            let measured = measured(without: lines)
            let batch = batch(lines).classifier
            lost +=
                100
                * (evaluate(batch, measured).accuracy - evaluate(taught(lines).classifier, measured).accuracy)
            let early = Set(Set(lines.map(\.intent)).sorted().prefix(Set(lines.map(\.intent)).count / 2))
            let late = taught(
                lines.filter { early.contains($0.intent) } + lines.filter { !early.contains($0.intent) })
            let first = measured.filter { early.contains($0.intent) }
            lostLate += 100 * (evaluate(batch, first).accuracy - evaluate(late.classifier, first).accuracy)
        }
        figures.add(
            "\(set.name), 20: one at a time, points lost", asked: 0.5, measured: lost / Double(draws),
            atMost: true)
        figures.add(
            "\(set.name), 20: first half when the second is late, lost", asked: 1,
            measured: lostLate / Double(draws),
            atMost: true)
    }

    /// What the int8 encoder costs beside fp32, the same draws learnt and measured with each.
    func quantisation(against exact: AccuracyBench, into figures: inout AccuracyFigures) {
        let lost = (0..<draws).reduce(0.0) { sum, draw in
            let lines = drawn(20, draw)
            let accuracies = [exact, self].map { bench in
                bench.evaluate(bench.batch(lines).classifier, measured(without: lines)).accuracy
            }
            return sum + 100 * (accuracies[0] - accuracies[1])
        }
        figures.add(
            "\(set.name), 20: int8 against fp32, points lost", asked: 0.3, measured: lost / Double(draws),
            atMost: true)
    }

    func outOfScope(into figures: inout AccuracyFigures) throws {
        let outside = try DataFile.tsv("clinc150/oos_test.tsv")
        var (area, caught, refused) = (0.0, 0.0, 0.0)
        let repeats = min(draws, 2)
        for draw in 0..<repeats {
            let lines = drawn(100, draw)
            let classifier = batch(lines).classifier
            let inside = rankings(classifier, measured(without: lines))
            let strange = rankings(classifier, outside)
            area += Self.areaUnderCurve(inside.map(\.familiarity), strange.map(\.familiarity))
            caught += 100 * Double(strange.count { $0.isOutOfScope }) / Double(strange.count)
            refused += 100 * Double(inside.count { $0.isOutOfScope }) / Double(inside.count)
        }
        let count = Double(repeats)
        figures.add("clinc150, 100: out of scope, AUROC", asked: 0.97, measured: area / count, digits: 4)
        figures.add("clinc150, 100: out of scope and said so, %", asked: nil, measured: caught / count)
        figures.add("clinc150, 100: in scope yet refused, %", asked: nil, measured: refused / count)
    }

    // MARK: steps

    func drawn(_ count: Int, _ draw: Int) -> [LabelledLine] {
        var random = BenchmarkRandom(seed: UInt64(1000 + draw))
        var taken: [IntentName: Int] = [:]
        return random.shuffled(set.pool).filter { line in
            taken[line.intent, default: 0] += 1
            return taken[line.intent, default: 0] <= count
        }
    }

    func measured(without drawn: [LabelledLine]) -> [LabelledLine] {
        guard set.measured.isEmpty else { return set.measured }
        let texts = Set(drawn.map(\.text))
        let dialogues = Set(drawn.compactMap(\.dialogue))
        let rest = set.pool.filter { line in
            !texts.contains(line.text) && !(line.dialogue.map { dialogues.contains($0) } ?? false)
        }
        var random = BenchmarkRandom(seed: 3)
        return Array(random.shuffled(rest).prefix(3000))
    }

    private func names(_ lines: [LabelledLine]) -> [IntentName: Features] {
        Dictionary(uniqueKeysWithValues: Set(lines.map(\.intent)).map { ($0, texts.features($0.phrase)) })
    }

    func batch(_ lines: [LabelledLine]) -> IntentHead {
        var head = IntentHead(settings: HeadSettings())
        head.apply(.trained(texts.examples(lines), names: names(lines), keepingBase: false))
        return head
    }

    private func taught(_ lines: [LabelledLine]) -> IntentHead {
        var head = IntentHead(settings: HeadSettings())
        let names = names(lines)
        for example in texts.examples(lines) { head.apply(.taught(example, name: names[example.intent])) }
        return head
    }

    private func rankings(_ classifier: IntentClassifier, _ lines: [LabelledLine]) -> [Ranking] {
        texts.examples(lines).map { classifier.rank($0.features) }
    }

    func evaluate(_ classifier: IntentClassifier, _ lines: [LabelledLine]) -> Evaluation {
        Evaluation(truths: lines.map(\.intent), rankings: rankings(classifier, lines))
    }

    private func mean(_ evaluations: [Evaluation], _ figure: (Evaluation) -> Double) -> Double {
        evaluations.reduce(0) { $0 + figure($1) } / Double(max(1, evaluations.count))
    }

    /// The chance that a text in scope is more familiar than one out of scope.
    private static func areaUnderCurve(_ inside: [Float], _ outside: [Float]) -> Double {
        let all = (inside.map { ($0, true) } + outside.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var (below, sum) = (0, 0)
        for (_, isInside) in all {
            if isInside { sum += below } else { below += 1 }
        }
        return Double(sum) / Double(max(1, inside.count * outside.count))
    }
}
