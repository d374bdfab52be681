internal import Knowledge
internal import Storage
internal import Synchronization
internal import Tensors

/// The vectors and the counts of words of the knowledge base, in memory.
final class KnowledgeIndex: Sendable {
    private let vectors: Mutex<VectorIndex>
    private let counts = Mutex(WordCounts())
    /// Held while texts come or go, in the store and here: neither is seen without the other.
    private let changes = Mutex(())
    /// Its own and not the encoder's: there a scan would keep predictions waiting for all of it, as an urgent run, or itself
    /// wait for each pass of a reply, as a yielding one.
    private let pool: ComputePool

    init(width: Int, threads: Int) {
        vectors = Mutex(VectorIndex(width: width))
        pool = ComputePool(threads: threads)
    }

    /// Changes the store, and then what is here as `body` says. A search waits for neither the disk nor the words.
    func change<Value: Sendable>(
        _ body: (Changes) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        try changes.withLock { _ throws(StorageError) in try body(Changes(index: self)) }
    }

    /// What may be done while the store is changed.
    struct Changes {
        fileprivate let index: KnowledgeIndex

        func insert(_ vector: StoredVector) {
            let quantised = vector.bytes.flatMap { bytes in
                index.vectors.withLock { QuantisedVector(bytes: bytes, width: $0.width) }
            }
            index.vectors.withLock { $0.insert(vector.text, for: vector.audience, quantised) }
        }

        func take(_ change: SourceChange) {
            // One after the other: a search need not wait for all of them.
            for text in change.unusedTexts { index.vectors.withLock { $0.remove(text) } }
            let audience = change.source.labels.audience
            for text in change.newTexts { index.vectors.withLock { $0.insert(text, for: audience, nil) } }
        }
    }

    /// For each word that is looked up, the texts that have it.
    func places(of words: [String], in store: KnowledgeStore) throws(StorageError) -> [[TextID]] {
        let texts = vectors.withLock { $0.count }
        var found: [Int] = []
        for word in words {
            found.append(
                try counts.withLock { counts throws(StorageError) in
                    try counts.count(of: word, inTexts: texts) { word throws(StorageError) in
                        try store.counts(of: [word]).first ?? 0
                    }
                })
        }
        let read = QueryWords.read(found, texts: texts)
        return try store.texts(having: read.map { words[$0] })
    }

    func search(
        _ vector: [Float], _ words: [[TextID]], for viewer: Viewer, among allowed: Set<TextID>?, limit: Int
    ) -> [TextMatch] {
        vectors.withLock { vectors in
            vectors.search(
                vector, words, for: viewer.audiences, among: allowed, limit: limit, on: pool)
        }
    }
}
