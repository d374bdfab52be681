internal import Dialogue
public import Entities
internal import Grounding
public import Knowledge
internal import Tensors

extension LocalAssistant {
    /// Sentences of all passages that are compared with a question: those of the best passages first. A passage mostly has
    /// about five.
    private static let mostSentences = 400
    /// Sentences encoded in one pass, for which a prediction may have to wait.
    private static let portion = 16

    /// Looks for what answers a question, in what the viewer can see.
    ///
    /// - Parameters:
    ///   - reference: what "yesterday" is relative to.
    ///   - goesOn: asked now and then; what it throws ends the search.
    /// - Throws: `noSupportHead`, and as `search` and `goesOn` do.
    /// - Complexity: O(400 sentences · 128 words) beside that of `search`, whatever the question and the passages are.
    public func question(
        _ query: KnowledgeQuery, for viewer: Viewer, at reference: ReferenceTime,
        _ goesOn: () throws(AssistantError) -> Void = { () throws(AssistantError) in }
    ) throws(AssistantError) -> GroundedQuestion {
        let head = try supportHead(for: viewer)
        try goesOn()
        let results = try search(query, for: viewer).results
        let check =
            results.isEmpty
            ? nil : try check(query.text, results.map(\.found.passage), at: reference, head, goesOn)
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
        _ text: String, _ passages: [Passage], at reference: ReferenceTime, _ head: SupportHead,
        _ goesOn: () throws(AssistantError) -> Void
    ) throws(AssistantError) -> GroundingCheck {
        let question = GroundingCheck.asked(of: text)
        let (vector, context) = try read(question, passages, goesOn)
        try goesOn()
        return GroundingCheck(
            question: question, vector: vector, passages: context, said: [text], at: reference,
            recognizer: recognizer, head: head)
    }

    /// A question, as `GroundingCheck.asked` has it, and the passages it is compared with.
    ///
    /// - Throws: what `goesOn` does.
    func read(
        _ question: String, _ passages: [Passage],
        _ goesOn: () throws(AssistantError) -> Void = { () throws(AssistantError) in }
    ) throws(AssistantError) -> (vector: Embedding, context: [ContextPassage]) {
        var left = Self.mostSentences
        let sentences = passages.map { passage in
            let sentences = ContextPassage.sentences(of: passage.text).prefix(left)
            left -= sentences.count
            return sentences
        }
        let texts = [question] + sentences.flatMap(\.self)
        var vectors: ArraySlice<Embedding> = []
        for start in stride(from: 0, to: texts.count, by: Self.portion) {
            try goesOn()
            vectors += self.vectors(of: Array(texts[start..<min(texts.count, start + Self.portion)]))
        }
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
