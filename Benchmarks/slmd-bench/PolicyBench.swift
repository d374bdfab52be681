import ArgumentParser
import Dialogue

/// Rules alone beside a policy learnt from dialogues with simulated users, about services it was not learnt on.
struct PolicyBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Measure what the learned policy of dialogues gains with simulated users.",
        discussion:
            "Users behave as counted in sgd in the folder named by SLMD_DATA. Every other domain is learnt on, "
            + "the others are measured. Intervals are of 95 %.")

    @Option(help: "Dialogues learnt from.") var dialogues = 1000
    @Option(help: "How many policies are learnt.") var seeds = 5
    @Option(help: "Dialogues behind each figure.") var measured = 4000

    func run() throws {
        let data = try SchemaGuided(
            schema: Array(try DataFile.lines("sgd/schema.json").joined(separator: "\n").utf8),
            lines: try DataFile.lines("sgd/dialogues.jsonl").map { Array($0.utf8) })
        let bench = PolicyFigures(data, dialogues: dialogues, measured: measured)
        let rules = bench.dialogues(by: Policy())
        print("rules alone: success \(text(Estimate(rules.map(\.success)))) %")
        print("rules alone: turns \(text(Estimate(rules.map { Double($0.turns) })))")
        var figures = AccuracyFigures()
        for seed in 1...UInt64(max(1, seeds)) {
            guard let value = bench.learnt(seed).versions.last?.value else {
                figures.add("seed \(seed): policies that went live", asked: 1, measured: 0, digits: 0)
                continue
            }
            compare(rules, bench.dialogues(by: Policy(value: value)), seed, into: &figures)
            if seed == 1 { estimate(bench, value, into: &figures) }
        }
        guard figures.allReached else { throw ExitCode(1) }
    }

    private func compare(
        _ rules: [SimulatedDialogue], _ policy: [SimulatedDialogue], _ seed: UInt64,
        into figures: inout AccuracyFigures
    ) {
        let pairs = zip(rules, policy)
        let turns = Estimate(pairs.map { Double($1.turns - $0.turns) })
        let success = Estimate(pairs.map { $1.success - $0.success })
        print("seed \(seed): success \(text(Estimate(policy.map(\.success)))) %, gain \(text(success))")
        print("seed \(seed): turns \(text(Estimate(policy.map { Double($0.turns) }))), gain \(text(turns))")
        figures.add(
            "seed \(seed): turns more than rules alone, upper bound", asked: 0, measured: turns.upper,
            atMost: true)
        figures.add("seed \(seed): points of success gained, mean", asked: 0, measured: success.mean)
    }

    private func estimate(_ bench: PolicyFigures, _ value: ValueFunction, into figures: inout AccuracyFigures)
    {
        let logs = bench.offPolicy(of: value)
        print("what the policy gets a dialogue: \(text(logs.truth))")
        for (name, estimates) in [
            ("inverse propensity", logs.inversePropensity), ("self-normalised", logs.selfNormalised),
            ("doubly robust", logs.doublyRobust),
        ] {
            print("\(name), the first log of rules that explore: \(estimates.first.map(text) ?? "")")
            let spread = Estimate(estimates.map(\.mean))
            let expected = Estimate(estimates.map(\.standardError))
            print(
                "\(name), of all: mean \(text(spread)), spread "
                    + "\(fixed(spread.standardError * Double(estimates.count).squareRoot())), "
                    + "expected of it \(fixed(expected.mean))")
            figures.add(
                "\(name): intervals that hold it, % of \(estimates.count)", asked: 90,
                measured: 100 * Double(estimates.count { $0.contains(logs.truth.mean) })
                    / Double(max(1, estimates.count)))
        }
    }

    private func text(_ estimate: Estimate) -> String {
        func signed(_ value: Double) -> String { (value < 0 ? "−" : "") + fixed(abs(value)) }
        return "\(signed(estimate.mean)) (\(signed(estimate.lower)) to \(signed(estimate.upper)))"
    }
}
