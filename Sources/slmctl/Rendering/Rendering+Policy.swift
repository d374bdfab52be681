import Wire

extension Rendering {
    static func policy(_ policy: PolicyResult) -> String {
        let trying =
            policy.isFrozen
            ? "nothing, it is frozen"
            : policy.episodes < policy.warmUp
                ? "nothing before the end of \(count(policy.warmUp, "task"))"
                : "other moves with probability \(fixed(policy.exploration, 2))"
        var rows = [
            ["decides", self.policy(policy.version)], ["tries", trying], ["tasks", "\(policy.episodes)"],
        ]
        if let candidate = policy.candidate {
            rows.append([
                "candidate",
                "gains \(estimate(candidate.gain)) a task, by \(count(candidate.episodes, "task"))",
            ])
        }
        rows += policy.versions.map {
            [
                "version \($0.version)",
                "after \(count($0.episodes, "task")), gains \(estimate($0.gain)) a task",
            ]
        }
        return columns(rows).joined(separator: "\n")
    }

    static func evaluation(_ evaluation: PolicyEvaluationResult) -> String {
        let rows = evaluation.policies.map { policy in
            [
                policy.policy + (policy.version.map { " (version \($0))" } ?? ""),
                estimate(policy.inversePropensity), estimate(policy.selfNormalised),
                estimate(policy.doublyRobust),
            ]
        }
        return "by \(count(evaluation.episodes, "task")), which got \(estimate(evaluation.observed))\n\n"
            + table(["policy", "ips", "snips", "dr"], rows)
    }

    static func decisions(_ decisions: [LoggedDecisionEntry]) -> String {
        let rows = decisions.map { logged in
            [
                logged.time, shown(logged.session), "\(logged.turn)", shown(logged.decision.rule),
                shown(logged.decision.move), "1 of \(logged.decision.admissible.count)",
                fixed(logged.decision.propensity, 2), policy(logged.decision.policy),
                logged.outcome.map { shown($0) } ?? "-", logged.reward.map { fixed($0, 2) } ?? "-",
            ]
        }
        return table(
            [
                "time", "session", "turn", "rule", "move", "chosen", "propensity", "policy", "outcome",
                "reward",
            ],
            rows)
    }

    static func transitions(_ transitions: [TransitionEntry]) -> String {
        let rows = transitions.map { entry in
            [
                shown(entry.step), shown(entry.move), "\(entry.tried)", "\(entry.succeeded)",
                fixed(entry.rate, 2), counts(entry.next),
            ]
        }
        return table(["step", "move", "tried", "done", "rate", "next"], rows)
    }

    /// A node a step, an edge a move and where it led: as dark as its tasks were done.
    static func graph(_ transitions: [TransitionEntry]) -> String {
        var lines = ["digraph transitions {", "    rankdir=LR;", "    node [shape=box];"]
        for entry in transitions {
            // From 80, a light grey, to 0.
            let grey = Int(((1 - min(1, max(0, entry.rate))) * 80).rounded())
            for (next, times) in entry.next.sorted(by: { $0.key < $1.key }) {
                let label = "\(entry.move)\\n\(times), \(fixed(entry.rate, 2))"
                lines.append(
                    "    \(quoted(entry.step)) -> \(quoted(next)) "
                        + "[label=\"\(escaped(label))\", color=\"gray\(grey)\"];")
            }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func quoted(_ name: String) -> String { "\"\(escaped(name))\"" }

    /// Without what would end a quoted text of the DOT language.
    private static func escaped(_ text: String) -> String {
        shown(text).replacing("\"", with: "\\\"")
    }

    /// `0.12 (0.02 to 0.22)`.
    private static func estimate(_ estimate: EstimateEntry?) -> String {
        guard let estimate else { return "not known yet" }
        return "\(fixed(estimate.mean, 2)) (\(fixed(estimate.lower, 2)) to \(fixed(estimate.upper, 2)))"
    }

    /// `collecting 1 7, done 2`: the most frequent first.
    private static func counts(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\(shown($0.key)) \($0.value)" }
            .joined(separator: ", ")
    }
}
