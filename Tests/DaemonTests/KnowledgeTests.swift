import Assistant
import Foundation
import Glibc
import Testing
import Wire

@testable import slmd

/// The knowledge base over a socket, with the model.
@Suite(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
struct KnowledgeTests {
    private func with(
        _ access: Access = Access(uid: geteuid()), _ body: (TestDaemon<LocalAssistant>) async throws -> Void
    ) async throws {
        try await Folder.temporary { folder in
            let assistant = try LocalAssistant(
                configuration: AssistantConfiguration(
                    stateDirectory: "\(folder)/state",
                    encoder: EncoderSettings(directory: try #require(miniLM))),
                logger: .silent)
            try await TestDaemon.with(access: access, service: assistant, body)
            try assistant.close()
        }
    }

    private func lines(_ count: Int) -> [UInt8] {
        Array((0..<count).map { "Line \($0) of the log." }.joined(separator: "\n\n").utf8)
    }

    private let text = """
        # Opening hours

        The library opens at nine in the morning.

        ## Fees

        A lost card costs five euros.
        """

    @Test func `a source is added, listed, shown, found, exported and removed`() async throws {
        try await with { daemon in
            var client = try daemon.client()
            let params = AddSourceParams(
                name: "library.md", content: text, format: .markdown, visibility: .everyone, tags: ["a"],
                date: "2026-01-08")
            let added = try client.ask(params)
            #expect((added.passages, added.added, added.kept, added.removed) == (2, 2, 0, 0))
            #expect(try client.ask(params).kept == 2)

            let list = try client.ask(ListSourcesParams())
            let source = try #require(list.sources.first)
            #expect(source.sha256 == added.sha256 && source.bytes == Int64(text.utf8.count))
            #expect(source.labels.title == "Opening hours" && source.labels.tags == ["a"])
            #expect(list.count == 1 && list.passages == 2 && !list.hasMore)
            #expect(try client.ask(ListSourcesParams(limit: 0)).hasMore)

            let shown = try client.ask(ShowSourceParams(.source(.name("library.md"), after: 0)))
            #expect(shown.passages.map(\.text).last == "A lost card costs five euros.")
            let first = try #require(shown.passages.first)
            #expect(try client.ask(ShowSourceParams(.passage(first.passage))).passages == [first])

            let found = try client.ask(SearchParams(query: "How much do I pay for losing my card?"))
            let best = try #require(found.results.first)
            #expect(best.text == "A lost card costs five euros." && best.source == "library.md")
            #expect(String(decoding: Array(text.utf8)[best.span], as: UTF8.self) == best.text)
            #expect(
                try client.ask(SearchParams(query: "card", filter: PassageFilter(tags: ["b"]))).results
                    .isEmpty)
            #expect(
                try client.ask(SearchParams(query: "card", filter: PassageFilter(to: "2026-01-07"))).results
                    .isEmpty)

            let export = try client.ask(ExportSourcesParams())
            let bytes = try client.ask(ReadTransferParams(offset: 0)).data
            #expect(export.sources == 1 && export.bytes == Int64(bytes.count))
            let line = try #require(
                try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            #expect(line["text"] as? String == text && line["source"] as? String == "library.md")

            #expect(try client.ask(ReindexParams()).pending <= 2)
            #expect(try client.ask(StatusParams()).knowledge?.sources == 1)
            #expect(try client.ask(RemoveSourceParams(source: .id(source.id))).removed == 2)
            #expect(try client.ask(SearchParams(query: "card")).results.isEmpty)
            try client.send(RemoveSourceParams(source: .id(source.id)), id: 9)
            #expect(try client.nextError().kind == .notFound)
        }
    }

    @Test func `long content comes in pieces, and is gone once it is added`() async throws {
        try await with { daemon in
            var client = try daemon.client()
            try client.bring(lines(20_000))
            let added = try client.ask(AddSourceParams(name: "log", format: .text))
            #expect(added.passages > 1000)
            try client.send(AddSourceParams(name: "log", format: .text), id: 8)
            #expect(try client.nextError().kind == .notFound)
            let entry = try #require(try client.ask(ListSourcesParams(isMine: true)).sources.first)
            #expect(entry.labels.visibility == .user && entry.owner == geteuid())
        }
    }

    @Test(.enabled(if: geteuid() != 0, "skipped: root is never an ordinary user"))
    func `a user may bring no more than a source, and index nothing anew`() async throws {
        try await with(Access(uid: geteuid() + 1, users: getegid())) { daemon in
            var client = try daemon.client()
            try client.send(WriteTransferParams(size: 64 << 20 | 1, offset: 0, data: [1]), id: 9)
            let refusal = try client.nextError()
            #expect(refusal.kind == .invalidParams && refusal.expected == "at most 64 MiB: split the file")
            try client.send(ReindexParams(), id: 10)
            #expect(try client.nextError().kind == .forbidden)
            #expect(
                try client.ask(AddSourceParams(name: "n", content: "Some text.", format: .text)).added == 1)
        }
    }

    @Test func `predictions are answered while a long source is being split`() async throws {
        try await with { daemon in
            var adder = try daemon.client()
            var asker = try daemon.client()
            try adder.bring(lines(60_000))
            try adder.send(AddSourceParams(name: "log", format: .text), id: 7)
            // All of these come before the other client reads its answer.
            for _ in 0..<20 { _ = try asker.ask(PredictParams(text: "hello")) }
            #expect(try asker.ask(ListSourcesParams()).sources.isEmpty)
            #expect(try adder.nextAnswer(AddSourceResult.self).body.passages > 1000)
            #expect(try asker.ask(ListSourcesParams()).sources.count == 1)
        }
    }
}

extension RawClient {
    fileprivate mutating func bring(_ content: [UInt8]) throws {
        for start in stride(from: 0, to: content.count, by: 100_000) {
            let piece = Array(content[start...].prefix(100_000))
            _ = try ask(WriteTransferParams(size: Int64(content.count), offset: Int64(start), data: piece))
        }
    }
}
