import JSON
import Learning
import ModelFiles
import Tokenizers

/// One taught example beside the six default intents, and four ways to say it again.
struct AccuracyScene {
    let texts: TextFeatures

    private static let taught = "Book appointment tomorrow"
    private static let paraphrases = [
        "Schedule for next day", "Make reservation tomorrow", "Set up meeting for tmrw",
        "Can u schedule 4 2morrow",
    ]

    /// - Parameter path: the bootstrap file.
    func run(bootstrap path: String, into figures: inout AccuracyFigures) throws {
        let base = String(decoding: try MappedFile(path: path).contents(), as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        var speller = SpellingCorrector(words: texts.tokenizer.words)
        var examples: [Example] = []
        for line in base {
            let value = try JSONValue(parsing: Array(line.utf8))
            guard let intent = value["intent"]?.string, let text = value["text"]?.string else { continue }
            speller.learn(text)
            examples.append(
                Example(intent: try IntentName(intent), features: texts.features(speller.corrected(text))))
        }
        var head = IntentHead(settings: HeadSettings())
        let names = Dictionary(
            uniqueKeysWithValues: Set(examples.map(\.intent)).map { ($0, texts.features($0.phrase)) })
        head.apply(.trained(examples, names: names, keepingBase: false))
        let intent = try IntentName("book_appointment")
        let example = Example(intent: intent, features: texts.features(speller.corrected(Self.taught)))
        speller.learn(Self.taught)
        head.apply(.taught(example, name: texts.features(intent.phrase)))
        let classifier = head.classifier
        for text in Self.paraphrases {
            let ranking = classifier.rank(texts.features(speller.corrected(text)))
            let probability = ranking.intents.first { $0.intent == intent }?.probability ?? 0
            figures.add("scene: \(text)", asked: 0.7, measured: Double(probability))
        }
    }
}
