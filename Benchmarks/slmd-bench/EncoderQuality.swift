import ArgumentParser
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// Whether the encoder's vectors mean what the model's authors measured.
struct EncoderQuality: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Spearman correlation on the STS benchmark's test set, in both precisions, and their cosine.")

    @Option(help: "The folder of models.")
    var models = EncoderSpeed.environment("SLMD_MODELS") ?? "models"

    @Option(help: "The folder with stsb/test.tsv.")
    var data = EncoderSpeed.environment("SLMD_DATA") ?? "data"

    func run() throws {
        let directory = "\(models)/all-MiniLM-L6-v2"
        let pairs = try SimilarityPair.read("\(data)/stsb/test.tsv")
        let pool = ComputePool(threads: 2)
        let exact = try vectors(pairs, directory, .fp32, pool)
        let quantised = try vectors(pairs, directory, .int8, pool)
        let scores = pairs.map(\.score)
        let (fp32, int8) = (correlation(exact, scores), correlation(quantised, scores))
        let cosines = zip(exact, quantised).map { Double($0.cosine(to: $1)) }
        let mean = cosines.reduce(0, +) / Double(cosines.count)
        let met = [abs(fp32 - 0.8203) <= 0.0005, abs(int8 - fp32) <= 0.003, mean >= 0.995]
        print("STS-B test, \(pairs.count) pairs        measured    asked")
        print("fp32 Spearman                   \(fp32)    0.8203 ± 0.0005\(met[0] ? "" : "  MISSED")")
        print("int8 Spearman                   \(int8)    fp32 ± 0.003\(met[1] ? "" : "  MISSED")")
        print("int8 cosine to fp32: mean       \(mean)    ≥ 0.995\(met[2] ? "" : "  MISSED")")
        print("                     least      \(cosines.min() ?? .nan)")
        if met.contains(false) { throw ExitCode(1) }
    }

    /// First and second sentence of each pair, in turn.
    private func vectors(
        _ pairs: [SimilarityPair], _ directory: String, _ precision: EncoderPrecision, _ pool: ComputePool
    ) throws -> [Embedding] {
        let tokenizer = try WordPiece(directory: directory)
        let encoder = try SentenceEncoder(directory: directory, precision: precision, pool: pool)
        let texts = try pairs.flatMap { [$0.first, $0.second] }.map {
            try tokenizer.encode($0, limit: encoder.maximumTokens, overflow: .truncate).ids
        }
        return encoder.encode(texts).map(\.sentence)
    }

    private func correlation(_ vectors: [Embedding], _ scores: [Double]) -> Double {
        let cosines = scores.indices.map { Double(vectors[2 * $0].cosine(to: vectors[2 * $0 + 1])) }
        return pearson(ranks(cosines), ranks(scores))
    }
}

/// A line of the STS benchmark.
private struct SimilarityPair {
    let score: Double
    let first: String
    let second: String

    static func read(_ path: String) throws -> [SimilarityPair] {
        let text = String(decoding: try MappedFile(path: path).contents(), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 5, let score = Double(fields[2]) else { return nil }
            return SimilarityPair(score: score, first: String(fields[3]), second: String(fields[4]))
        }
    }
}

/// Ranks from 1; equal values share the mean of theirs.
private func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var begin = 0
    while begin < order.count {
        var end = begin + 1
        while end < order.count && values[order[end]] == values[order[begin]] { end += 1 }
        for place in begin..<end { ranks[order[place]] = Double(begin + end + 1) / 2 }
        begin = end
    }
    return ranks
}

private func pearson(_ a: [Double], _ b: [Double]) -> Double {
    let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    var (product, squaresA, squaresB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
        product += (x - meanA) * (y - meanB)
        squaresA += (x - meanA) * (x - meanA)
        squaresB += (y - meanB) * (y - meanB)
    }
    return product / (squaresA * squaresB).squareRoot()
}
