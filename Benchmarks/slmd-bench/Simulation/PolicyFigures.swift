import Dialogue

/// Policies learnt from dialogues about some services, and what comes of them about others.
struct PolicyFigures {
    /// What a policy would get by logs of rules that explore, a log each, and what it gets.
    struct OffPolicyFigures {
        let truth: Estimate
        let inversePropensity: [Estimate]
        let selfNormalised: [Estimate]
        let doublyRobust: [Estimate]
    }

    /// Of the rules that the logs are from.
    static let exploration = 0.4
    static let logs = 40
    static let dialoguesOfLog = 1000

    let tuning: SimulatedUsers
    let heldOut: SimulatedUsers
    /// Dialogues learnt from.
    let learntFrom: Int
    /// Dialogues of each figure.
    let measured: Int

    init(_ data: SchemaGuided, dialogues: Int, measured: Int) {
        let halves = data.halves
        tuning = SimulatedUsers(of: halves.tuning, in: data)
        heldOut = SimulatedUsers(of: halves.heldOut, in: data)
        learntFrom = dialogues
        self.measured = measured
    }

    func learnt(_ seed: UInt64) -> PolicyLearning {
        var learning = PolicyLearning()
        for number in 0..<learntFrom {
            let dialogue = tuning.dialogue(by: learning.live, seed: seed << 32 &+ UInt64(number))
            for episode in dialogue.episodes { learning.take(episode) }
        }
        return learning
    }

    /// With the same users about the services held out, whatever the policy.
    func dialogues(by policy: Policy) -> [SimulatedDialogue] {
        heldOut.dialogues(measured, by: policy, seed: 1 << 20)
    }

    func offPolicy(of value: ValueFunction) -> OffPolicyFigures {
        let policy = Policy(value: value)
        let logs = (0..<Self.logs).map { log in
            OffPolicy(
                heldOut.dialogues(
                    Self.dialoguesOfLog, by: Policy(exploration: Self.exploration),
                    seed: UInt64(2 + log) << 20
                ).flatMap(\.episodes), of: policy)
        }
        let truth = heldOut.dialogues(5 * measured, by: policy, seed: 1 << 28).flatMap(\.episodes)
        return OffPolicyFigures(
            truth: Estimate(truth.compactMap(\.returns.first)),
            inversePropensity: logs.map(\.inversePropensity), selfNormalised: logs.map(\.selfNormalised),
            doublyRobust: logs.map { $0.doublyRobust(value) })
    }
}
