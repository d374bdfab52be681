import ArgumentParser
import Glibc
import JSON
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// Whether the decoder says of real text what the reference implementation says.
struct DecoderAgreement: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the decoder's logits with the reference implementation's, position by position.",
        discussion: """
            The reference's come from Benchmarks/peers/decoder_reference.py, llama.cpp's perplexity from \
            Benchmarks/peers/decoder_llama_cpp.py; both write into the folder that --reference names.
            """)

    @Option(help: "The folder of models.")
    var models = EncoderSpeed.environment("SLMD_MODELS") ?? "models"

    @Option(help: "The folder with reference.json, reference.f32 and, where there is one, llama-cpp.json.")
    var reference = "\(EncoderSpeed.environment("TMPDIR") ?? "/tmp")/slmd-peers/decoder"

    @Option(help: "Tokens of a pass.")
    var step = Decoder.wantedOfAPass

    @Option(help: "Threads.")
    var threads = 2

    func run() throws {
        let path = "\(models)/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        guard unsafe access("\(reference)/reference.json", R_OK) == 0 else {
            return print("no reference in \(reference): Benchmarks/peers/decoder_reference.py makes it")
        }
        let reference = try ReferenceLogits(directory: reference)
        try checkTokens(reference, path)
        print("\(reference.positions) positions in \(reference.sequences.count) sequences")
        print("activations   top-1 %    asked   KL, nats     asked   perplexity   reference")
        var missed = 0
        var loss = 0.0
        for (precision, asked) in [(DecoderPrecision.fp32, (99.9, .infinity)), (.int8, (98, 0.005))] {
            let decoder = try Decoder(gguf: path, precision: precision, pool: ComputePool(threads: threads))
            let found = try compare(decoder, reference)
            let met = found.top1 >= asked.0 && found.divergence <= asked.1
            print(
                padded("\(precision)", 11, left: false), found.top1.text(9, 3), asked.0.text(8, 1),
                found.divergence.text(10, 6),
                asked.1.isFinite ? asked.1.text(9, 3) : "        –", exp(found.loss).text(12, 4),
                exp(found.referenceLoss).text(11, 4), met ? "" : "  MISSED")
            if !met { missed += 1 }
            loss = found.loss
        }
        if try !comparePeer(loss) { missed += 1 }
        if missed > 0 { throw ExitCode(1) }
    }

    /// The texts have the ids that the reference gave them.
    private func checkTokens(_ reference: borrowing ReferenceLogits, _ path: String) throws {
        let tokenizer = try BytePairEncoding(GGUFFile(path: path).vocabulary(), path: path)
        for (index, sequence) in reference.sequences.enumerated() {
            guard tokenizer.encode(sequence.text) == sequence.ids else {
                throw ValidationError("the ids of text \(index) are not the reference's")
            }
        }
    }

    private func compare(_ decoder: Decoder, _ reference: borrowing ReferenceLogits) throws -> Agreement {
        var agreement = Agreement()
        var position = 0
        var pass = DecoderPass()
        for sequence in reference.sequences {
            let ids = sequence.ids
            let cache = KVCache(for: decoder, capacity: ids.count)
            for start in stride(from: 0, to: ids.count, by: step) {
                let tokens = start..<min(start + step, ids.count)
                pass.removeAll()
                pass.append(ids[tokens], to: cache, logits: .all)
                decoder.run(pass) { logits in
                    for token in tokens {
                        let next = token + 1 < ids.count ? Int(ids[token + 1].rawValue) : nil
                        logits.withRow(token - start) { ours in
                            reference.withRow(position) { agreement.add(ours, $0, next: next) }
                        }
                        position += 1
                    }
                }
            }
        }
        return agreement
    }

    /// - Returns: whether the perplexity with int8 activations is llama.cpp's, where there is one.
    private func comparePeer(_ loss: Double) throws -> Bool {
        let path = "\(reference)/llama-cpp.json"
        guard unsafe access(path, R_OK) == 0 else {
            print("no llama.cpp: run Benchmarks/peers/decoder_llama_cpp.py to compare its perplexity")
            return true
        }
        let peer = try JSONValue(parsing: MappedFile(path: path).contents())
        guard let name = peer["name"]?.string, let theirs = peer["loss"]?.double else {
            throw ValidationError("\(path) has no name and loss")
        }
        let difference = 100 * (exp(loss - theirs) - 1)
        let met = abs(difference) <= 0.3
        print(
            "\(name): perplexity \(exp(theirs).text(0, 4)), int8 differs by \(difference.text(0, 3)) %, asked 0.3 %",
            met ? "" : "  MISSED")
        return met
    }
}

/// What decoder_reference.py wrote.
private struct ReferenceLogits: ~Copyable {
    struct Sequence {
        let text: String
        let ids: [TokenID]
    }

    let sequences: [Sequence]
    private let file: MappedFile
    private let vocabulary: Int

    init(directory: String) throws {
        let json = try JSONValue(parsing: MappedFile(path: "\(directory)/reference.json").contents())
        let sequences = (json.elements ?? []).map { row in
            let ids = (row["ids"]?.elements ?? []).compactMap(\.integer)
            return Sequence(
                text: row["text"]?.string ?? "", ids: ids.map { TokenID(rawValue: Int32($0)) })
        }
        let positions = sequences.map(\.ids.count).reduce(0, +)
        let file = try MappedFile(path: "\(directory)/reference.f32")
        let width = positions > 0 ? file.byteCount / 4 / positions : 0
        guard width > 0, file.byteCount == 4 * positions * width else {
            throw ValidationError(
                "\(directory): reference.f32 has not a row for each of \(positions) positions")
        }
        self.sequences = sequences
        self.file = file
        vocabulary = width
    }

    var positions: Int { sequences.map(\.ids.count).reduce(0, +) }

    func withRow(_ position: Int, _ body: (Span<Float>) -> Void) {
        file.withBytes { bytes in
            let row = bytes.extracting(position * vocabulary * 4..<(position + 1) * vocabulary * 4)
            unsafe row.withUnsafeBytes { raw in
                let floats = unsafe raw.assumingMemoryBound(to: Float.self)
                body(unsafe floats.span)
            }
        }
    }
}

/// Sums over positions.
private struct Agreement {
    private var positions = 0.0
    private var same = 0.0
    private var divergences = 0.0
    private var predicted = 0.0
    private var losses = 0.0
    private var referenceLosses = 0.0

    /// In percent.
    var top1: Double { 100 * same / positions }
    /// Mean of the Kullback-Leibler divergence of ours from the reference, in nats.
    var divergence: Double { divergences / positions }
    /// Mean of -log p of the next token, in nats.
    var loss: Double { losses / predicted }
    var referenceLoss: Double { referenceLosses / predicted }

    /// - Parameter next: the token that follows; nil at the end of a sequence.
    mutating func add(_ ours: Span<Float>, _ theirs: Span<Float>, next: Int?) {
        let (a, b) = (Distribution(ours), Distribution(theirs))
        positions += 1
        if a.best == b.best { same += 1 }
        var divergence = 0.0
        for id in theirs.indices {
            let log = Double(theirs[id]) - b.logSum
            divergence += exp(log) * (log - (Double(ours[id]) - a.logSum))
        }
        divergences += divergence
        guard let next else { return }
        predicted += 1
        losses += a.logSum - Double(ours[next])
        referenceLosses += b.logSum - Double(theirs[next])
    }
}

private struct Distribution {
    let best: Int
    let logSum: Double

    init(_ logits: Span<Float>) {
        var best = 0
        for id in logits.indices where logits[id] > logits[best] { best = id }
        let peak = logits[best]
        var sum = 0.0
        for id in logits.indices { sum += Double(exp(logits[id] - peak)) }
        self.best = best
        logSum = Double(peak) + log(sum)
    }
}

extension Double {
    /// With so many decimals, right-aligned.
    fileprivate func text(_ width: Int, _ decimals: Int) -> String {
        let scale = pow(10, Double(decimals))
        let whole = Int((abs(self) * scale).rounded())
        let digits = "\(whole % Int(scale))"
        let fraction = String(repeating: "0", count: decimals - digits.count) + digits
        return padded("\(self < 0 ? "-" : "")\(whole / Int(scale)).\(fraction)", width)
    }
}
