internal import Dispatch
internal import JSON
internal import Knowledge
internal import Logging
internal import Storage
internal import Synchronization
internal import Tensors

/// The knowledge base at work: sources come and go, are embedded in the background, and are searched meanwhile.
final class KnowledgeBase: Sendable {
    /// Texts read at once after a start.
    private static let pageSize = 4096
    /// A search waits so long for the vectors after a start; then it goes by what is there.
    private static let patience = DispatchTimeInterval.seconds(2)
    /// Compare a query with vectors.
    private static let threads = 2

    let store: KnowledgeStore
    let encoding: TextEncoding
    private let logger: Logger
    private let queue = DispatchQueue(label: "knowledge", qos: .utility)
    private let embedder: PassageEmbedder
    private let index: KnowledgeIndex
    private let loading = DispatchGroup()
    private let isClosed = Atomic<Bool>(false)

    init(_ store: KnowledgeStore, _ encoding: TextEncoding, logger: Logger) {
        let index = KnowledgeIndex(width: encoding.model.dimension, threads: Self.threads)
        self.store = store
        self.encoding = encoding
        self.logger = logger
        self.index = index
        embedder = PassageEmbedder(store, encoding, logger: logger) {
            vectors throws(StorageError) in
            try index.change { index throws(StorageError) in
                for vector in try store.put(vectors, encoder: encoding.model.digest) { index.insert(vector) }
            }
        }
    }

    /// Of the encoder in use.
    var digest: String { encoding.model.digest }

    /// Reads the vectors, and then embeds what waits, in the background.
    func start() {
        queue.async(group: loading) { [self] in load() }
        embedder.start()
    }

    /// Stops, and leaves the file to others.
    func close() throws(StorageError) {
        isClosed.store(true, ordering: .relaxed)
        embedder.stop()
        try store.close()
    }

    static func checkSize(_ bytes: Int) throws(AssistantError) {
        guard bytes <= KnowledgeQuery.mostContentBytes else {
            throw .sourceTooLarge(limitBytes: KnowledgeQuery.mostContentBytes, foundBytes: bytes)
        }
    }

    /// - Parameter settings: what its owner may have; nil: as much as he wants. Calls must not overlap then.
    func add(
        _ labels: SourceLabels, _ content: [UInt8], by viewer: Viewer, within settings: KnowledgeSettings?,
        time: Int64
    ) throws(AssistantError) -> SourceChange {
        try Self.checkSize(content.count)
        if case .group(let gid) = labels.audience, !viewer.groups.contains(gid) { throw .notInGroup(gid) }
        let brought = SourceContent(of: content)
        if let change = try storing({ () throws(StorageError) in try store.relabel(labels, brought) }) {
            return change
        }
        let document: Document
        do throws(DocumentError) {
            document = try Document(content, as: labels.format)
        } catch {
            throw .badDocument("\(error)")
        }
        if let settings {
            let others = try storing { () throws(StorageError) in
                try store.usage(of: labels.owner, besides: labels.name)
            }
            let (passages, bytes) = (others.passages + document.passages.count, others.bytes + content.count)
            guard passages <= settings.passagesPerUser else {
                throw .quotaExceeded(.passages, limit: settings.passagesPerUser, found: passages)
            }
            guard bytes <= settings.bytesPerUser else {
                throw .quotaExceeded(.bytes, limit: settings.bytesPerUser, found: bytes)
            }
        }
        var labels = labels
        labels.title = labels.title ?? document.title
        let change = try changing { () throws(StorageError) in
            try store.add(labels, brought, document, time: time)
        }
        embedder.ring()
        return change
    }

    func remove(_ source: StoredSource) throws(AssistantError) -> SourceChange {
        let change = try storing { () throws(StorageError) in
            try index.change { index throws(StorageError) in
                let change = try store.remove(source.id)
                if let change { index.take(change) }
                return change
            }
        }
        guard let change else { throw .sourceNotFound(source.labels.name.cut(to: 64)) }
        return change
    }

    /// Removes what only `user` could see.
    ///
    /// - Returns: how many sources.
    func forget(user: UInt32) throws(AssistantError) -> Int {
        try storing { () throws(StorageError) in
            try index.change { index throws(StorageError) in
                let changes = try store.forget(user: user)
                for change in changes { index.take(change) }
                return changes.count
            }
        }
    }

    /// Search goes on with the vectors that are there, until each has its new one.
    func reindex() throws(AssistantError) -> Int {
        let pending = try storing { () throws(StorageError) in
            try store.reindex()
            return try store.totals(for: nil, encoder: digest).pending
        }
        embedder.ring()
        return pending
    }

    /// The source that a viewer means.
    func source(_ name: SourceName, for viewer: Viewer) throws(AssistantError) -> StoredSource {
        let (found, shown) = try storing { () throws(StorageError) in
            switch name {
            case .id(let id):
                (try store.source(SourceID(rawValue: id), for: viewer).map { [$0] } ?? [], "\(id)")
            case .name(let name): (try store.sources(named: name, for: viewer), name.cut(to: 64))
            }
        }
        guard let source = found.first else { throw .sourceNotFound(shown) }
        guard found.count == 1 else { throw .sourceAmbiguous(shown, found.map(\.id.rawValue)) }
        return source
    }

    /// The texts nearest to a query, the best first.
    func matches(
        _ vector: [Float], _ text: String, for viewer: Viewer, among allowed: Set<TextID>?, limit: Int
    ) throws(StorageError) -> [TextMatch] {
        _ = loading.wait(timeout: .now() + Self.patience)
        let words = try index.places(of: try store.words(of: text), in: store)
        return index.search(vector, words, for: viewer, among: allowed, limit: limit)
    }

    private func changing(
        _ body: () throws(StorageError) -> SourceChange
    ) throws(AssistantError) -> SourceChange {
        try storing { () throws(StorageError) in
            try index.change { index throws(StorageError) in
                let change = try body()
                index.take(change)
                return change
            }
        }
    }

    private func load() {
        do {
            var (last, more) = (TextID(rawValue: 0), true)
            while more, !isClosed.load(ordering: .relaxed) {
                more = try index.change { index throws(StorageError) in
                    let page = try store.vectors(encoder: digest, after: last, limit: Self.pageSize)
                    for vector in page { index.insert(vector) }
                    last = page.last?.text ?? last
                    return page.count == Self.pageSize
                }
            }
        } catch {
            guard !isClosed.load(ordering: .relaxed) else { return }
            logger.error("the vectors of passages cannot be read", metadata: ["reason": "\(error)"])
        }
    }
}
