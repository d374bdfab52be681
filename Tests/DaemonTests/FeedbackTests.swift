import Assistant
import Synchronization
import Testing
import Wire

@testable import slmd

@Suite struct FeedbackTests {
    @Test func `what is said of an answer is the caller's own, and for everybody by who administers`()
        async throws
    {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let params = FeedbackParams(
                text: "What does it cost?", isRight: false, citations: [CitedPlace(passage: 3, span: 2..<19)],
                limit: 7, session: "s")
            let answer = try client.ask(params)
            #expect(
                answer.isForAll && answer.judged.map(\.event) == [9]
                    && answer.judged.map(\.isAnswer) == [false])
            #expect(
                answer.judged.first?.citation
                    == CitationEntry(
                        passage: 3, source: "page.md", sourceID: 4, owner: 1000, start: 2, end: 19,
                        text: "It costs 4 euros."))
            let said = try #require(daemon.service.script.withLock { $0.feedback }.first)
            #expect(said.query.text == params.text && said.query.limit == 7 && !said.query.mergesNeighbours)
            #expect(said.contributor.session == "s" && said.standing == .owner && said.isForAll)
            try client.send(FeedbackParams(text: "What?", isRight: true), id: 9)
            #expect(try client.nextError().kind == .notFound)
        }
    }

    @Test func `every user may say it, and it is a change`() {
        let call = Call.judgeAnswer(FeedbackParams(text: "?", isRight: true))
        #expect(!call.isAdministrative && call.method == .judgeAnswer && !call.method.isLong)
    }
}
