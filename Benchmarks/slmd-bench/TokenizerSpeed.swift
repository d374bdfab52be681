import ArgumentParser
import Glibc
import Tokenizers

/// What turning text into token ids costs: start-up, a short sentence, and a megabyte of the worst.
struct TokenizerSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Time the WordPiece tokenizer.")

    @Option(help: "The folder of the models (default: $SLMD_MODELS, else models).")
    var models: String?

    private static let sentence = "I need my blood test results from yesterday, please."
    private static let megabytes: [(name: String, text: String)] = [
        ("of one letter", String(repeating: "a", count: 1 << 20)),
        ("of spaces", String(repeating: " ", count: 1 << 20)),
        ("of accents", String(repeating: "\u{301}", count: 1 << 19)),
        ("of marks out of order", String(repeating: "\u{1E944}\u{1E94A}", count: 1 << 17)),
        ("of unknown words", String(repeating: "qxzjk\u{4E00}ŋŋ ", count: 1 << 16)),
    ]

    func run() throws {
        let variable = unsafe getenv("SLMD_MODELS").map { unsafe String(cString: $0) }
        let directory = "\(models ?? variable ?? "models")/all-MiniLM-L6-v2"
        let wordPiece = try WordPiece(directory: directory)

        var missed = false
        func report(_ what: String, asked: Double, measured: Double, unit: String) {
            missed = missed || measured > asked
            print("\(what): asked \(asked) \(unit), measured \((measured * 100).rounded() / 100) \(unit)")
        }
        let opening = try median(of: 9) { _ = try WordPiece(directory: directory) }
        report("opening the vocabulary", asked: 20, measured: opening * 1e3, unit: "ms")
        let short = try median(of: 99) {
            for _ in 0..<100 { _ = try wordPiece.encode(Self.sentence, limit: 256, overflow: .truncate) }
        }
        report("a sentence of 12 tokens", asked: 5, measured: short * 1e4, unit: "µs")
        for (name, text) in Self.megabytes {
            let time = try median(of: 5) { _ = try wordPiece.encode(text, limit: 256, overflow: .truncate) }
            report("a megabyte \(name)", asked: 200, measured: time * 1e3, unit: "ms")
        }
        if missed { throw ExitCode.failure }
    }

    /// Of the seconds `body` takes.
    private func median(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
        let times = try (0..<runs).map { _ in try ContinuousClock().measure(body) }
        return times.sorted()[runs / 2] / .seconds(1)
    }
}
