import Glibc
import JSON
import Learning
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// A text with its intent, and where it has one the system's turn before it.
struct LabelledLine {
    let intent: IntentName
    let text: String
    var context: String?
    var dialogue: String?
}

/// A public set: the part examples are drawn from, and the part they are measured on.
struct LabelledSet {
    let name: String
    let pool: [LabelledLine]
    /// Empty when `pool` itself is measured, without what was drawn and its dialogues.
    let measured: [LabelledLine]

    /// - Parameter validation: measure on validation data; what has none is measured on the rest of its pool.
    init(_ name: String, validation: Bool) throws {
        self.name = name
        switch name {
        case "banking77":
            pool = try DataFile.tsv("banking77/train.tsv")
            measured = validation ? [] : try DataFile.tsv("banking77/test.tsv")
        case "clinc150":
            pool = try DataFile.tsv("clinc150/train.tsv")
            measured = try DataFile.tsv(validation ? "clinc150/val.tsv" : "clinc150/test.tsv")
        case "snips":
            pool = try DataFile.jsonLines("snips/train.jsonl")
            measured = try DataFile.jsonLines(validation ? "snips/valid.jsonl" : "snips/test.jsonl")
        case "acts6":
            let all = try DataFile.jsonLines("acts6_sgd/train.jsonl")
            let held = Self.heldDialogues(all)
            pool = all.filter { !held.contains($0.dialogue ?? "") }
            measured = validation ? [] : all.filter { held.contains($0.dialogue ?? "") }
        default: throw BenchmarkError.unknownSet(name)
        }
    }

    /// Every third dialogue, in the order of their names' hash.
    private static func heldDialogues(_ lines: [LabelledLine]) -> Set<String> {
        var random = BenchmarkRandom(seed: 7)
        let dialogues = Set(lines.compactMap(\.dialogue)).sorted()
        return Set(random.shuffled(dialogues).prefix(dialogues.count * 35 / 100))
    }
}

enum BenchmarkError: Error, CustomStringConvertible {
    case unknownSet(String)
    case notSet(String)
    case badLine(file: String, line: Int)
    case notTagged(String)

    var description: String {
        switch self {
        case .unknownSet(let name): "there is no set '\(name)'"
        case .notSet(let variable): "\(variable) is not set"
        case .notTagged(let place): "\(place): expected an intent and as many tags as tokens"
        case .badLine(let file, let line): "\(file): line \(line) is not an intent and a text"
        }
    }
}

enum DataFile {
    static func tsv(_ file: String) throws -> [LabelledLine] {
        try lines(file).enumerated().map { number, line in
            let columns = line.split(separator: "\t", maxSplits: 1)
            guard columns.count == 2 else { throw BenchmarkError.badLine(file: file, line: number + 1) }
            return LabelledLine(intent: try IntentName(String(columns[0])), text: String(columns[1]))
        }
    }

    static func jsonLines(_ file: String) throws -> [LabelledLine] {
        try lines(file).enumerated().map { number, line in
            let value = try JSONValue(parsing: Array(line.utf8))
            let words = value["tokens"]?.elements?.compactMap(\.string).joined(separator: " ")
            guard let intent = (value["intent"] ?? value["label"])?.string,
                let text = words ?? value["text"]?.string
            else { throw BenchmarkError.badLine(file: file, line: number + 1) }
            return LabelledLine(
                intent: try IntentName(intent), text: text, context: value["context"]?.string,
                dialogue: value["dialogue"]?.string)
        }
    }

    static func lines(_ file: String) throws -> [String] {
        guard let folder = unsafe getenv("SLMD_DATA") else { throw BenchmarkError.notSet("SLMD_DATA") }
        let path = unsafe String(cString: folder) + "/" + file
        return String(decoding: try MappedFile(path: path).contents(), as: UTF8.self)
            .split(whereSeparator: \.isNewline).map(String.init)
    }
}

/// Texts to features, each text encoded once.
final class TextFeatures {
    let tokenizer: WordPiece
    private let encoder: SentenceEncoder
    private var pools: [String: EncodedPools] = [:]

    init(_ precision: EncoderPrecision = .int8) throws {
        let models = unsafe getenv("SLMD_MODELS").map { unsafe String(cString: $0) } ?? "models"
        let directory = models + "/all-MiniLM-L6-v2"
        tokenizer = try WordPiece(directory: directory)
        encoder = try SentenceEncoder(
            directory: directory, precision: precision, pool: ComputePool(threads: 2))
    }

    /// Encodes what is not yet known, in batches.
    func prepare(_ texts: some Sequence<String>) {
        let fresh = Set(texts).filter { pools[$0] == nil }.sorted {
            ($0.utf8.count, $0) < ($1.utf8.count, $1)
        }
        for start in stride(from: 0, to: fresh.count, by: 32) {
            let batch = Array(fresh[start..<min(start + 32, fresh.count)])
            let tokens = batch.map { tokenize($0) }
            for (text, encoded) in zip(batch, encoder.encode(tokens)) {
                pools[text] = EncodedPools(sentence: encoded.sentence.values, layerPools: encoded.layerPools)
            }
        }
    }

    private func tokenize(_ text: String) -> [TokenID] {
        do {
            return try tokenizer.encode(text, limit: encoder.maximumTokens, overflow: .truncate).ids
        } catch {
            preconditionFailure("a truncated text cannot be too long: \(error)")
        }
    }

    func features(_ text: String, context: String? = nil) -> Features {
        prepare([text, context].compactMap(\.self))
        guard let own = pools[text] else { preconditionFailure("every prepared text has its pools") }
        return Features(own, context: context.flatMap { pools[$0] })
    }

    func examples(_ lines: [LabelledLine]) -> [Example] {
        prepare(lines.map(\.text) + lines.compactMap(\.context))
        return lines.map { Example(intent: $0.intent, features: features($0.text, context: $0.context)) }
    }
}

/// xorshift64*: the draws of the benchmark.
struct BenchmarkRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D).multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func shuffled<T>(_ values: [T]) -> [T] {
        var values = values
        for last in stride(from: values.count - 1, to: 0, by: -1) { values.swapAt(last, below(last + 1)) }
        return values
    }
}
