import ArgumentParser
import Learning
import Tensors

/// Few-shot, online, calibrated, out-of-scope and mistyped: what the intent head reaches on public sets.
struct Accuracy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the intent head with the real encoder on public sets.",
        discussion:
            "Means over draws of the training examples. SLMD_DATA names the data, SLMD_MODELS the models.")

    @Option(help: "banking77, clinc150, snips, acts6, scene or all.") var set = "all"
    @Flag(help: "One draw instead of five, and 5 and 20 examples an intent only.") var quick = false
    @Option(help: "The bootstrap file of the scene.") var bootstrap = "etc/slmd/bootstrap.jsonl"
    @Flag(help: "Measure on validation data: for choosing settings.") var validation = false

    func run() throws {
        let names = set == "all" ? ["banking77", "clinc150", "snips", "acts6"] : [set]
        let texts = try TextFeatures()
        var figures = AccuracyFigures()
        if set == "all" || set == "scene" {
            try AccuracyScene(texts: texts).run(bootstrap: bootstrap, into: &figures)
        }
        for name in names where name != "scene" {
            let data = try LabelledSet(name, validation: validation)
            let bench = AccuracyBench(set: data, texts: texts, draws: quick ? 1 : 5)
            bench.fewShot(quick ? [5, 20] : [5, 10, 20, 50], into: &figures)
            if name == "banking77" || name == "clinc150" {
                bench.online(into: &figures)
                bench.typingErrors(into: &figures)
                bench.correctedCleanText(into: &figures)
            }
            if name == "clinc150" { try bench.outOfScope(into: &figures) }
            if name == "banking77" || name == "snips" {
                let exact = AccuracyBench(set: data, texts: try TextFeatures(.fp32), draws: bench.draws)
                bench.quantisation(against: exact, into: &figures)
            }
        }
        guard figures.allReached else { throw ExitCode(1) }
    }
}

/// Figures as they are printed: asked beside measured.
struct AccuracyFigures {
    private(set) var allReached = true

    /// - Parameter atMost: the figure is a cost; otherwise it is at least `asked`.
    mutating func add(_ what: String, asked: Double?, measured: Double, digits: Int = 2, atMost: Bool = false)
    {
        let reached = asked.map { atMost ? measured <= $0 : measured >= $0 } ?? true
        allReached = allReached && reached
        let demand = asked.map { (atMost ? "≤ " : "≥ ") + Self.text($0, digits) } ?? "–"
        let row = [
            what.padded(52), demand.padded(10), Self.text(measured, digits).padded(10),
            reached ? "" : "MISSED",
        ]
        print(row.joined(separator: " "))
    }

    private static func text(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int((abs(value) * scale).rounded())
        guard digits > 0 else { return (value < 0 ? "-" : "") + "\(whole)" }
        let part = String(whole % Int(scale))
        let zeros = String(repeating: "0", count: digits - part.count)
        return (value < 0 ? "-" : "") + "\(whole / Int(scale)).\(zeros)\(part)"
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
