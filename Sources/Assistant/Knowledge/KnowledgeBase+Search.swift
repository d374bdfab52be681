internal import Knowledge
internal import Storage
internal import Tensors
internal import Transformers

extension KnowledgeBase {
    /// Texts that are looked at for each result: some say what another says already, or lie beside it.
    private static let candidates = 6

    /// - Throws: `emptyText`, `textTooLong`.
    static func check(_ query: KnowledgeQuery) throws(AssistantError) {
        guard query.text.utf8.count <= KnowledgeQuery.mostQueryBytes else {
            throw .textTooLong(limitBytes: KnowledgeQuery.mostQueryBytes, foundBytes: query.text.utf8.count)
        }
        guard !TurnReading.isBlank(query.text) else { throw .emptyText }
    }

    /// - Throws: `emptyText`, `textTooLong`, `storage`.
    func search(
        _ query: KnowledgeQuery, for viewer: Viewer, _ policy: SchedulingPolicy
    ) throws(AssistantError) -> KnowledgeFindings {
        try Self.check(query)
        let tokens = try encoding.tokenize(query.text, .truncate)
        let vector = encoding.encode([tokens], policy).first?.sentence.values ?? []
        return try storing { () throws(StorageError) in
            let allowed = query.filter.isEmpty ? nil : try store.texts(in: query.filter, for: viewer)
            let matches = try matches(
                vector, query.text, for: viewer, among: allowed, limit: query.limit * Self.candidates
            ).filter { $0.score > 0 }
            let scores = Dictionary(matches.map { ($0.text, $0.score) }, uniquingKeysWith: max)
            let passages = try store.passages(saying: matches.map(\.text), in: query.filter, for: viewer)
            var merger = PassageMerger(limit: query.limit, mergesNeighbours: query.mergesNeighbours)
            for found in passages {
                guard merger.add(found, score: Double(scores[found.text] ?? 0)) else { break }
            }
            return KnowledgeFindings(
                results: try merger.groups.map { group throws(StorageError) in
                    KnowledgeFindings.Result(found: try whole(group), score: group.score)
                }, pending: try store.pending(for: viewer, encoder: digest))
        }
    }

    /// The passages of a group as one.
    private func whole(_ group: PassageMerger.Group) throws(StorageError) -> FoundPassage {
        guard group.ordinals.count > 1 else { return group.best }
        let best = group.best
        let text = try store.text(of: best.source, in: group.span)
        return FoundPassage(
            passage: Passage(
                id: best.passage.id, source: best.passage.source, headings: best.passage.headings, text: text,
                span: group.span),
            source: best.source, owner: best.owner, ordinal: best.ordinal, text: best.text,
            isRecord: false)
    }
}
