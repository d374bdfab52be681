import Assistant
import Glibc
import Testing
import Wire

@testable import slmd

@Suite struct PolicyTests {
    @Test func `the policy answers as the protocol says`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let policy = try client.ask(ShowPolicyParams())
            #expect(policy.version == nil && !policy.isFrozen && policy.episodes == 0 && policy.warmUp == 5)
            #expect(policy.exploration == 0 && policy.versions.isEmpty && policy.candidate == nil)
            #expect(try client.ask(FreezePolicyParams()).isFrozen)
            #expect(try client.ask(UnfreezePolicyParams()).isFrozen == false)
            let evaluation = try client.ask(EvaluatePolicyParams())
            #expect(evaluation.policies.map(\.policy) == ["usual"] && evaluation.observed == nil)
            #expect(try client.ask(TransitionsParams()).transitions.isEmpty)
        }
    }

    @Test func `a decision is logged with its move, its propensity and what came of it`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let decision = try #require(try client.ask(PolicyLogParams(last: 7)).decisions.first)
            #expect(decision.turn == 7 && decision.time == "2023-11-14T22:13:20Z")
            #expect(decision.decision.move == "ask_missing_info:time" && decision.decision.policy == 3)
            #expect(decision.decision.propensity == 0.25)
            #expect(decision.outcome == "completed" && decision.reward == 1)
            try client.send(PolicyLogParams(session: "another's"), id: 1)
            #expect(try client.nextError().kind == .forbidden)
        }
    }

    @Test func `what is not there is not taken back`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(UndoPolicyParams(), id: 1)
            #expect(try client.nextError().kind == .notFound)
        }
    }

    @Test func `only administrators change the policy`() {
        let changes: [Call] = [.freezePolicy, .unfreezePolicy, .undoPolicy]
        #expect(changes.allSatisfy { $0.isAdministrative })
        let questions: [Call] = [.showPolicy, .evaluatePolicy, .policyLog(PolicyLogParams()), .transitions]
        #expect(questions.allSatisfy { !$0.isAdministrative })
    }
}
