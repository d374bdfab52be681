import ArgumentParser
import CAllocations
import Generation
import Glibc
import Synchronization
import Tensors
import Tokenizers
import Transformers

/// One timed case of the decoder, and what is asked of it.
private struct DecoderScene {
    enum Work {
        /// A prompt of so many tokens, up to the logits of its last.
        case prompt(Int)
        /// A token behind so many others.
        case generation(Int)
        /// A token of each of so many sequences.
        case sharing(Int)
    }

    let work: Work
    let threads: Int

    static let all = [
        DecoderScene(work: .prompt(64), threads: 2),
        DecoderScene(work: .prompt(256), threads: 2),
        DecoderScene(work: .prompt(512), threads: 2),
        DecoderScene(work: .generation(1), threads: 1),
        DecoderScene(work: .generation(1), threads: 2),
        DecoderScene(work: .generation(512), threads: 1),
        DecoderScene(work: .generation(512), threads: 2),
        DecoderScene(work: .sharing(4), threads: 2),
    ]

    /// How many times as fast as the peer, or as one sequence.
    var asked: Double {
        switch work {
        case .prompt: 4
        case .generation: 2
        case .sharing: 2.5
        }
    }

    var name: String {
        switch work {
        case .prompt(let tokens): "prompt of \(tokens)"
        case .generation(let context): context > 1 ? "generation behind \(context)" : "generation"
        case .sharing(let sequences): "\(sequences) generations, beside one"
        }
    }

    /// Of the peer; nil: there is no such case.
    func request(generated: Int) -> String? {
        switch work {
        case .prompt(let tokens): #"{"threads": \#(threads), "tokens": \#(tokens), "generated": 0}"#
        case .generation(let context):
            #"{"threads": \#(threads), "tokens": \#(context), "generated": \#(generated)}"#
        case .sharing: nil
        }
    }

    /// Of one turn, for a figure that is seconds a prompt, or seconds a token.
    var tokens: Double {
        if case .prompt(let tokens) = work { Double(tokens) } else { 1 }
    }
}

/// Times the decoder and its peer in turn, in one run, and prints medians.
struct DecoderSpeed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time the decoder, in turn with llama.cpp on the same file where a Python with it is given."
    )

    @Option(help: "A Python with xllamacpp; without it only slmd is timed.")
    var peerPython: String?

    @Option(help: "The folder of models.")
    var models = EncoderSpeed.environment("SLMD_MODELS") ?? "models"

    @Option(help: "Turns of each side.")
    var turns = 7

    @Option(help: "Tokens generated in a turn.")
    var generated = 32

    @Option(help: "Times one case only, counted from 1 in the order printed; may be given again.")
    var only: [Int] = []

    func run() async throws {
        let path = "\(models)/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        var missed = try load(path) ? 0 : 1
        let peer = try peerPython.map { try Peer(python: $0, script: "decoder_speed_llama_cpp.py", [path]) }
        print(peer.map { "peer: \($0.name)" } ?? "no peer: give --peer-python to compare with llama.cpp")
        print("kernels: \(DecoderKernels.best.name). Medians of \(turns) turns, in tokens/s.")
        print("                           threads      slmd      peer   ratio   asked")
        let scenes = DecoderScene.all.enumerated().filter { only.isEmpty || only.contains($0.offset + 1) }
        var players: [Int: Player] = [:]
        for threads in Set(scenes.map(\.element.threads)) {
            players[threads] = Player(try decoder(path, threads: threads))
        }
        for scene in scenes.map(\.element) {
            guard let player = players[scene.threads] else { continue }
            if try !report(scene, measure(scene, player, peer)) { missed += 1 }
        }
        if slmd_allocations() >= 0, let player = players[2] { missed += reportAllocations(player) ? 0 : 1 }
        if only.isEmpty, try await !reportEncoding(path) { missed += 1 }
        if missed > 0 { throw ExitCode(1) }
    }

    /// How long a text of 16 tokens takes to encode while prompts go through the decoder on the same threads.
    private func reportEncoding(_ path: String) async throws -> Bool {
        let pool = ComputePool(threads: 2)
        let encoder = try SentenceEncoder(
            directory: "\(models)/all-MiniLM-L6-v2", precision: .int8, pool: pool)
        let decoder = try Decoder(gguf: path, precision: .int8, pool: pool)
        let stops = Stop()
        let prompts = Task.detached {
            let player = Player(decoder)
            while !stops.now.load(ordering: .relaxed) { _ = player.time(.prompt(256), generated: 0) }
        }
        let text = (0..<16).map { TokenID(rawValue: 1000 + $0) }
        let clock = ContinuousClock()
        let milliseconds = (0..<500).map { _ in
            clock.measure { _ = encoder.encode([text]) } / .milliseconds(1)
        }.sorted()
        stops.now.store(true, ordering: .relaxed)
        await prompts.value
        let (middle, high) = (milliseconds[250], milliseconds[495])
        print(
            "an encoding beside prompts: p50 \(fixed(middle)) ms, p99 \(fixed(high)) ms, asked p99 10 ms",
            high <= 10 ? "" : "  MISSED")
        return high <= 10
    }

    private func decoder(_ path: String, threads: Int) throws -> Decoder {
        try Decoder(gguf: path, precision: .int8, pool: ComputePool(threads: threads))
    }

    /// - Returns: whether loading is as fast as asked.
    private func load(_ path: String) throws -> Bool {
        let before = residentBytes()
        var resident = 0
        let time = try ContinuousClock().measure {
            let decoder = try decoder(path, threads: 2)
            resident = residentBytes() - before
            withExtendedLifetime(decoder) {}
        }
        let met = time <= .seconds(0.8)
        print(
            "load: \(fixed(time / .seconds(1))) s, asked 0.8 s; it leaves \(resident / 1_000_000) MB resident",
            met ? "" : "  MISSED")
        return met
    }

    /// Seconds of a prompt, or of a token; of the peer, or of one sequence.
    private func measure(
        _ scene: DecoderScene, _ player: Player, _ peer: Peer?
    ) throws -> (own: Double, other: Double?) {
        var (own, others): ([Double], [Double]) = ([], [])
        for _ in 0..<turns {
            own.append(player.time(scene.work, generated: generated))
            if case .sharing = scene.work {
                others.append(player.time(.generation(1), generated: generated))
            } else if let peer, let request = scene.request(generated: generated) {
                others += try peer.time(request)
            }
        }
        return (median(own), others.isEmpty ? nil : median(others))
    }

    /// Prints the line; false when the figure is missed.
    private func report(_ scene: DecoderScene, _ times: (own: Double, other: Double?)) -> Bool {
        let ratio = times.other.map { $0 / times.own }
        let met = ratio.map { $0 >= scene.asked } ?? true
        let columns = [
            padded(scene.name, 26, left: false), padded("\(scene.threads)", 7),
            padded("\(Int(scene.tokens / times.own))", 9),
            padded(times.other.map { "\(Int(scene.tokens / $0))" } ?? "–", 9),
            padded(ratio.map { fixed($0) } ?? "–", 7), "  ≥ \(scene.asked)\(met ? "" : "  MISSED")",
        ]
        print(columns.joined(separator: " "))
        return met
    }

    private func reportAllocations(_ player: Player) -> Bool {
        // The first tokens find arrays that grow.
        _ = player.time(.generation(1), generated: 4)
        let before = slmd_allocations()
        _ = player.time(.generation(1), generated: 4)
        let few = slmd_allocations() - before
        _ = player.time(.generation(1), generated: 4 + generated)
        let a = Double(slmd_allocations() - before - 2 * few) / Double(generated)
        print("allocations a token: \(fixed(a)), asked 0", a == 0 ? "" : "  MISSED")
        return a == 0
    }

    private func residentBytes() -> Int {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
        defer { unsafe fclose(file) }
        var line = [UInt8](repeating: 0, count: 128)
        let count = unsafe fread(&line, 1, line.count, file)
        let fields = String(decoding: line[..<count], as: UTF8.self).split(separator: " ")
        return (Int(fields.dropFirst().first ?? "") ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

private final class Stop: Sendable {
    let now = Atomic(false)
}

/// A decoder at work on made-up tokens, chosen greedily where it generates.
private final class Player {
    private let decoder: Decoder
    private let caches: [KVCache]
    private var samplers: [Sampler]
    private var pass = DecoderPass()
    private let clock = ContinuousClock()

    init(_ decoder: Decoder) {
        self.decoder = decoder
        caches = (0..<4).map { _ in KVCache(for: decoder, capacity: 1024) }
        samplers = caches.map { _ in Sampler(Sampling(), vocabulary: decoder.configuration.vocabulary) }
    }

    /// Seconds of a prompt; else of a token, the mean of `generated`.
    func time(_ work: DecoderScene.Work, generated: Int) -> Double {
        switch work {
        case .prompt(let tokens):
            return clock.measure { fill(0, tokens) } / .seconds(1)
        case .generation(let context):
            fill(0, context)
            return clock.measure { generate(generated, 1) } / .seconds(1) / Double(generated)
        case .sharing(let sequences):
            for sequence in 0..<sequences { fill(sequence, 1) }
            let time = clock.measure { generate(generated, sequences) } / .seconds(1)
            return time / Double(generated * sequences)
        }
    }

    private func fill(_ sequence: Int, _ count: Int) {
        let tokens = (0..<count).map { TokenID(rawValue: Int32(1000 + ($0 &* 7919 &+ sequence) % 29000)) }
        caches[sequence].truncate(to: 0)
        for start in stride(from: 0, to: count, by: Decoder.rowsOfAPass) {
            let part = tokens[start..<min(start + Decoder.rowsOfAPass, count)]
            pass.removeAll()
            pass.append(part, to: caches[sequence], logits: part.endIndex == count ? .last : .none)
            decoder.run(pass) { _ in }
        }
    }

    private func generate(_ count: Int, _ sequences: Int) {
        var next = caches.map { _ in TokenID(rawValue: 2000) }
        for _ in 0..<count {
            pass.removeAll()
            for sequence in 0..<sequences {
                pass.append(next[sequence...sequence], to: caches[sequence], logits: .last)
            }
            decoder.run(pass) { logits in
                for sequence in 0..<sequences {
                    next[sequence] = logits.withRow(sequence) { samplers[sequence].next($0) }
                }
            }
        }
    }
}
