internal import Knowledge
internal import Storage

extension KnowledgeBase {
    /// Texts that are looked at beside each other.
    private static let candidates = 100

    func search(
        _ query: KnowledgeQuery, for viewer: Viewer, _ policy: SchedulingPolicy
    ) throws(AssistantError) -> KnowledgeFindings {
        guard query.text.utf8.count <= KnowledgeQuery.mostQueryBytes else {
            throw .textTooLong(limitBytes: KnowledgeQuery.mostQueryBytes, foundBytes: query.text.utf8.count)
        }
        guard !TurnReading.isBlank(query.text) else { throw .emptyText }
        return try storing { () throws(StorageError) in
            let allowed = query.filter.isEmpty ? nil : try store.texts(in: query.filter, for: viewer)
            let words = query.text.split { !$0.isLetter && !$0.isNumber }.map { "\"\($0)\"" }
            let found =
                words.isEmpty
                ? []
                : try store.texts(
                    matching: words.joined(separator: " OR "), headings: 0.5, limit: Self.candidates,
                    for: viewer, among: allowed)
            let scores = Dictionary(found.map { ($0.text, $0.score) }, uniquingKeysWith: max)
            let passages = try store.passages(
                saying: Array(found.map(\.text).prefix(query.limit)), in: query.filter, for: viewer)
            return KnowledgeFindings(
                results: passages.map { .init(found: $0, score: scores[$0.text] ?? 0) },
                pending: try store.totals(for: viewer, encoder: digest).pending)
        }
    }
}
