import Learning
import Tokenizers

extension AccuracyBench {
    /// Which characters a typing error may hit.
    private enum Noise: String {
        /// Letters: 10 % of them cost BANKING77 some 28 points without a speller.
        case letters
        /// Every character, so that words are joined and split as well.
        case characters
    }

    /// Points that typing errors cost with the speller.
    func typingErrors(into figures: inout AccuracyFigures) {
        let cases: [(Noise, Int, Double?)] = [
            (.letters, 5, 4), (.letters, 10, 8), (.characters, 5, nil), (.characters, 10, nil),
        ]
        for (noise, percent, asked) in cases {
            let lost = (0..<draws).map { pointsLost(noise, percent: percent, draw: $0) }
            figures.add(
                "\(set.name), 20: \(percent) % of \(noise.rawValue) mistyped, points lost", asked: asked,
                measured: lost.reduce(0, +) / Double(draws), atMost: true)
        }
    }

    /// Points that the speller costs where nothing is mistyped.
    func correctedCleanText(into figures: inout AccuracyFigures) {
        let lost = (0..<draws).map { draw in
            let lines = drawn(20, draw)
            var speller = SpellingCorrector(words: texts.tokenizer.words)
            for line in lines { speller.learn(line.text) }
            let clean = measured(without: lines)
            let with = evaluate(
                batch(lines.map { corrected($0, speller) }).classifier, clean.map { corrected($0, speller) })
            return 100 * (evaluate(batch(lines).classifier, clean).accuracy - with.accuracy)
        }
        figures.add(
            "\(set.name), 20: clean text through the speller, points lost", asked: nil,
            measured: lost.reduce(0, +) / Double(draws), atMost: true)
    }

    private func corrected(_ line: LabelledLine, _ speller: SpellingCorrector) -> LabelledLine {
        LabelledLine(intent: line.intent, text: speller.corrected(line.text))
    }

    private func pointsLost(_ noise: Noise, percent: Int, draw: Int) -> Double {
        let lines = drawn(20, draw)
        var speller = SpellingCorrector(words: texts.tokenizer.words)
        for line in lines { speller.learn(line.text) }
        let classifier = batch(lines.map { corrected($0, speller) }).classifier
        var random = BenchmarkRandom(seed: UInt64(100 + draw))
        let clean = Array(measured(without: lines).prefix(3000))
        let noisy = clean.map { line in
            LabelledLine(intent: line.intent, text: mistyped(line.text, noise, percent: percent, &random))
        }
        let accuracies = [clean, noisy].map { part in
            evaluate(classifier, part.map { corrected($0, speller) }).accuracy
        }
        return 100 * (accuracies[0] - accuracies[1])
    }

    /// Each character of the kind, with the chance given, is left out, followed by another letter, exchanged for
    /// another letter or for its neighbour, each as likely.
    private func mistyped(_ text: String, _ noise: Noise, percent: Int, _ random: inout BenchmarkRandom)
        -> String
    {
        let letters = Array("abcdefghijklmnopqrstuvwxyz")
        var characters = Array(text)
        var place = 0
        while place < characters.count {
            defer { place += 1 }
            guard noise == .characters || characters[place].isLetter, random.below(100) < percent else {
                continue
            }
            switch random.below(4) {
            case 0:
                characters.remove(at: place)
                place -= 1
            case 1:
                characters.insert(letters[random.below(26)], at: place + 1)
                place += 1
            case 2: characters[place] = letters[random.below(26)]
            default:
                guard place + 1 < characters.count else { break }
                characters.swapAt(place, place + 1)
                place += 1
            }
        }
        return String(characters)
    }
}
