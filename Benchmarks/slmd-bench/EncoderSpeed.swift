import ArgumentParser
import Glibc
import Tensors
import Tokenizers
import Transformers

/// One timed case, and what is asked of it.
struct EncoderScene {
    enum Asked {
        /// The peer's time divided by ours.
        case ratio(Double)
        case textsPerSecond(Double)
    }

    let precision: EncoderPrecision
    let threads: Int
    let batch: Int
    let tokens: Int
    let asked: Asked

    static let all = [
        EncoderScene(precision: .int8, threads: 1, batch: 1, tokens: 16, asked: .ratio(2)),
        EncoderScene(precision: .int8, threads: 2, batch: 1, tokens: 16, asked: .ratio(2)),
        EncoderScene(precision: .int8, threads: 1, batch: 1, tokens: 128, asked: .ratio(1.6)),
        EncoderScene(precision: .int8, threads: 2, batch: 1, tokens: 128, asked: .ratio(2)),
        EncoderScene(precision: .int8, threads: 2, batch: 32, tokens: 12, asked: .textsPerSecond(1600)),
        EncoderScene(precision: .fp32, threads: 1, batch: 1, tokens: 16, asked: .ratio(1)),
        EncoderScene(precision: .fp32, threads: 2, batch: 1, tokens: 16, asked: .ratio(1)),
        EncoderScene(precision: .fp32, threads: 1, batch: 1, tokens: 128, asked: .ratio(1)),
        EncoderScene(precision: .fp32, threads: 2, batch: 1, tokens: 128, asked: .ratio(1)),
    ]

    /// Random pieces between [CLS] and [SEP].
    var texts: [[TokenID]] {
        var draw = SystemRandomNumberGenerator()
        return (0..<batch).map { _ in
            let pieces = (0..<tokens - 2).map { _ in Int32.random(in: 1000..<30000, using: &draw) }
            return ([101] + pieces + [102]).map { TokenID(rawValue: $0) }
        }
    }

    /// The same, of the peer.
    func request(runs: Int) -> String {
        """
        {"precision": "\(precision)", "threads": \(threads), "batch": \(batch), "tokens": \(tokens), "runs": \(runs)}
        """
    }
}

/// Times the encoder and its peer in turn, in one run, and prints medians.
struct EncoderSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time the sentence encoder, in turn with ONNX Runtime where a Python with it is given.")

    @Option(help: "A Python with torch, transformers, onnx and onnxruntime; without it only slmd is timed.")
    var peerPython: String?

    @Option(help: "Where the peer's exported models are kept.")
    var peerCache = "\(EncoderSpeed.environment("TMPDIR") ?? "/tmp")/slmd-peers"

    @Option(help: "The folder of models.")
    var models = EncoderSpeed.environment("SLMD_MODELS") ?? "models"

    @Option(help: "Turns of each side; each is some encodes.")
    var turns = 12

    @Option(help: "Times one case only, counted from 1 in the order printed; may be given again.")
    var only: [Int] = []

    func run() throws {
        let directory = "\(models)/all-MiniLM-L6-v2"
        let peer = try peerPython.map {
            try Peer(python: $0, script: "encoder_onnx.py", [directory, peerCache])
        }
        print(peer.map { "peer: \($0.name)" } ?? "no peer: give --peer-python to compare with ONNX Runtime")
        print("kernels: \(Kernels.best.name). Medians in ms; times are of whole encodes.")
        print("precision threads batch tokens      slmd      peer   ratio  texts/s   asked")
        var missed = 0
        for scene in scenes {
            let encoder = try SentenceEncoder(
                directory: directory, precision: scene.precision, pool: ComputePool(threads: scene.threads))
            let result = try measure(scene, encoder, peer)
            if !report(scene, result) { missed += 1 }
        }
        if missed > 0 { throw ExitCode(1) }
    }

    private var scenes: [EncoderScene] {
        EncoderScene.all.enumerated().filter { only.isEmpty || only.contains($0.offset + 1) }.map(\.element)
    }

    private func measure(
        _ scene: EncoderScene, _ encoder: SentenceEncoder, _ peer: Peer?
    ) throws -> (own: Double, peer: Double?) {
        let clock = ContinuousClock()
        let texts = scene.texts
        // From 20 ms a turn: long enough to be warm again after the other's turn and the rest between.
        let (warmUps, runs) = (2, max(8, 512 / (scene.batch * scene.tokens)))
        var own: [Double] = []
        var others: [Double] = []
        for _ in 0..<turns {
            // The first encodes of a turn find the caches the other side left.
            for _ in 0..<warmUps { _ = encoder.encode(texts) }
            for _ in 0..<runs {
                let begun = clock.now
                _ = encoder.encode(texts)
                own.append((clock.now - begun) / .seconds(1))
            }
            guard let peer else { continue }
            others += try peer.time(scene.request(runs: warmUps + runs)).dropFirst(warmUps)
        }
        return (median(own), peer == nil ? nil : median(others))
    }

    /// Prints the line; false when the figure is missed.
    private func report(_ scene: EncoderScene, _ times: (own: Double, peer: Double?)) -> Bool {
        let ratio = times.peer.map { $0 / times.own }
        let rate = Double(scene.batch) / times.own
        let (asked, met): (String, Bool) =
            switch scene.asked {
            case .ratio(let least): ("ratio ≥ \(least)", ratio.map { $0 >= least } ?? true)
            case .textsPerSecond(let least): ("texts/s ≥ \(Int(least))", rate >= least)
            }
        let columns = [
            padded("\(scene.precision)", 9, left: false), padded("\(scene.threads)", 7),
            padded("\(scene.batch)", 5),
            padded("\(scene.tokens)", 6), padded(fixed(times.own * 1e3), 9),
            padded(times.peer.map { fixed($0 * 1e3) } ?? "–", 9), padded(ratio.map { fixed($0) } ?? "–", 7),
            padded("\(Int(rate))", 8), "  \(asked)\(met ? "" : "  MISSED")",
        ]
        print(columns.joined(separator: " "))
        return met
    }

    static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
