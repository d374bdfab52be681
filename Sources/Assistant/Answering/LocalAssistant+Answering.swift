internal import Dialogue
public import Entities
internal import Grounding
public import Knowledge
internal import Tensors

extension LocalAssistant {
    /// Looks for what answers a question, in what the viewer can see.
    ///
    /// - Parameter reference: what "yesterday" is relative to.
    /// - Throws: `noSupportHead`, and as `search` does.
    public func question(
        _ query: KnowledgeQuery, for viewer: Viewer, at reference: ReferenceTime
    ) throws(AssistantError) -> GroundedQuestion {
        let head = try supportHead(for: viewer)
        let results = try search(query, for: viewer).results
        let check =
            results.isEmpty ? nil : check(query.text, results.map(\.found.passage), at: reference, head)
        return GroundedQuestion(
            query.text, results, check: check.flatMap { $0.isAnswerable ? $0 : nil },
            refusal: configuration.phrases.noAnswer,
            encode: { [self] texts in vectors(of: texts) })
    }

    /// With what the viewer and those who teach everybody said of answers.
    ///
    /// - Throws: `noSupportHead`.
    func supportHead(for viewer: Viewer) throws(AssistantError) -> SupportHead {
        snapshot().answers.head(of: viewer.uid, from: try support.get())
    }

    private func check(
        _ question: String, _ passages: [Passage], at reference: ReferenceTime, _ head: SupportHead
    ) -> GroundingCheck {
        let (vector, context) = read(question, passages)
        return GroundingCheck(
            question: question, vector: vector, passages: context, at: reference, recognizer: recognizer,
            head: head)
    }

    /// A question and the passages it is compared with, all sentences encoded in one pass.
    func read(
        _ question: String, _ passages: [Passage]
    ) -> (vector: Embedding, context: [ContextPassage]) {
        let sentences = passages.map { ContextPassage.sentences(of: $0.text) }
        var vectors = vectors(of: [question] + sentences.flatMap(\.self))[...]
        let own = vectors.removeFirst()
        let context = zip(passages, sentences).map { passage, sentences in
            defer { vectors = vectors.dropFirst(sentences.count) }
            return ContextPassage(
                id: passage.id.rawValue, text: passage.text, vectors: Array(vectors.prefix(sentences.count)))
        }
        return (own, context)
    }

    private func vectors(of texts: [String]) -> [Embedding] {
        let utterances = texts.map { Utterance($0, overflow: .truncate) }
        return embed(utterances).map { result in
            // A sentence without a word has the vector of nothing.
            Embedding(
                values: (try? result.get().values) ?? [Float](repeating: 0, count: encoding.model.dimension))
        }
    }
}
