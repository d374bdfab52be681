import JSON
import Testing
import Wire

private func trip<P: Params>(_ params: P) throws -> Call {
    let frame = Frame.encode(ClientMessage(id: .number(1), params))
    return try Request(decoding: Array(frame.dropFirst(Frame.headerBytes))).call
}

private func trip<Body: JSONWritable & Decodable & Sendable>(_ body: Body) throws -> Body? {
    let bytes = JSONWriter.encode(Answer(id: .number(3), result: body))
    guard case .answer(.number(3), let back) = try Incoming<Body>(decoding: bytes) else { return nil }
    return back
}

private func fault(_ method: String, _ params: String) -> String? {
    let frame = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
    do {
        _ = try Request(decoding: Array(frame.utf8))
        return nil
    } catch {
        return error.error.message
    }
}

@Test func `every call about the knowledge base reads back as it was written`() throws {
    let whole = AddSourceParams(
        name: "a/b.md", content: "# É\n", format: .markdown, visibility: .group, group: 7,
        tags: ["x", "y z"], date: "2024-02-29", title: "T")
    #expect(try trip(whole) == .addSource(whole))
    let staged = AddSourceParams(name: "n", format: .jsonLines)
    #expect(try trip(staged) == .addSource(staged))
    for list in [ListSourcesParams(), ListSourcesParams(after: 9, limit: 0, name: "n", isMine: true)] {
        #expect(try trip(list) == .listSources(list))
    }
    let selections: [ShowSourceParams.Selection] = [
        .source(.name("n"), after: 0), .source(.id(4), after: 8), .passage(5),
    ]
    for selection in selections {
        #expect(try trip(ShowSourceParams(selection)) == .showSource(ShowSourceParams(selection)))
    }
    let search = SearchParams(
        query: "q", limit: 9,
        filter: PassageFilter(
            source: .id(3), tags: ["t"], from: "2026-01-01", to: "2026-01-31", isMine: true))
    #expect(try trip(search) == .search(search))
    #expect(try trip(SearchParams(query: "")) == .search(SearchParams(query: "")))
    #expect(
        try trip(RemoveSourceParams(source: .name("n")))
            == .removeSource(RemoveSourceParams(source: .name("n"))))
    #expect(try trip(ReindexParams()) == .reindex)
    for source in [nil, SourceReference.name("7")] {
        let export = ExportSourcesParams(source: source)
        #expect(try trip(export) == .exportSources(export))
    }
}

@Test(arguments: [
    (
        "kb.add", #"{"name":"","content":"","format":"text"}"#,
        "params.name: expected 1 to 4096 bytes, found 0"
    ),
    ("kb.add", #"{"name":"n","format":"text"}"#, "params: expected one of content and upload, found none"),
    (
        "kb.add", #"{"name":"n","format":"text","content":"","upload":true}"#,
        "params: expected one of content and upload, found both"
    ),
    (
        "kb.add", #"{"name":"n","format":"pdf","content":""}"#,
        #"params.format: expected "text" or "markdown" or "html" or "csv" or "jsonl", found "pdf""#
    ),
    (
        "kb.add", #"{"name":"n","format":"text","content":"","visibility":"group"}"#,
        #"params.group: expected a group with visibility "group", and only then, found nothing"#
    ),
    (
        "kb.add", #"{"name":"n","format":"text","content":"","group":4}"#,
        #"params.group: expected a group with visibility "group", and only then, found group 4 with "user""#
    ),
    (
        "kb.add", #"{"name":"n","format":"text","content":"","date":"2026-02-29"}"#,
        #"params.date: expected a day as 2026-01-08, found "2026-02-29""#
    ),
    (
        "kb.add", #"{"name":"n","format":"text","content":"","tags":[""]}"#,
        "params.tags[0]: expected 1 to 256 bytes, found 0"
    ),
    ("kb.search", #"{"query":"q","limit":0}"#, "params.limit: expected an integer from 1 to 100, found 0"),
    (
        "kb.search", #"{"query":"q","from":"8 January"}"#,
        #"params.from: expected a day as 2026-01-08, found "8 January""#
    ),
    ("kb.show", "{}", "params: expected one of source and passage, found none"),
    ("kb.show", #"{"source":1,"passage":2}"#, "params: expected one of source and passage, found more"),
    ("kb.show", #"{"passage":2,"after":1}"#, "params: expected one of source and passage, found more"),
    ("kb.remove", "{}", "params.source: expected the name or the number of a source, found nothing"),
    ("kb.remove", #"{"source":[1]}"#, "params.source: expected an integer or a string, found an array"),
])
func `what is said of sources is read strictly`(method: String, params: String, message: String) {
    #expect(fault(method, params) == message)
}

@Test func `every answer about the knowledge base reads back as it was written`() throws {
    let labels = SourceEntry.Labels(
        title: "T", format: .html, visibility: .group, group: 7, tags: ["a", "b"], date: "2026-01-08")
    let bare = SourceEntry.Labels(
        title: nil, format: .text, visibility: .user, group: nil, tags: [], date: nil)
    let sources = [labels, bare].map {
        SourceEntry(
            id: 3, name: "n", owner: 1000, labels: $0, sha256: "ab", bytes: 12, passages: 2,
            changed: "2026-01-08T10:00:00Z")
    }
    let passage = PassageEntry(
        passage: 9, source: "n", sourceID: 3, headings: ["A", "B"], text: "é", span: 4..<6, score: 0.5)
    let added = AddSourceResult(
        id: 3, source: "n", sha256: "ab", passages: 3, added: 1, kept: 2, removed: 4, pending: 1)
    #expect(try trip(added) == added)
    let list = ListSourcesResult(sources: sources, hasMore: true, count: 9, passages: 8, pending: 7)
    #expect(try trip(list) == list)
    let shown = ShowSourceResult(source: sources[0], passages: [passage], hasMore: false)
    #expect(try trip(shown) == shown)
    let found = SearchResult(results: [passage], pending: 0)
    #expect(try trip(found) == found)
    let removed = RemoveSourceResult(id: 3, source: "n", removed: 2)
    #expect(try trip(removed) == removed)
    #expect(try trip(ReindexResult(pending: 4)) == ReindexResult(pending: 4))
    let exported = ExportSourcesResult(sources: 1, bytes: 2, sha256: "ab")
    #expect(try trip(exported) == exported)
}

@Test func `a found passage has the fields of the contract`() {
    let passage = PassageEntry(
        passage: 9, source: "n", sourceID: 3, headings: ["A"], text: "é", span: 4..<6, score: 0.5)
    #expect(
        String(decoding: JSONWriter.encode(passage), as: UTF8.self)
            == #"{"passage":9,"source":"n","source_id":3,"score":0.5,"text":"é","span":[4,6],"headings":["A"]}"#
    )
}
