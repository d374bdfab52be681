internal import Dispatch
internal import Knowledge
internal import Logging
internal import Storage
internal import Synchronization

/// The knowledge base at work: sources come and go, are embedded in the background, and are searched meanwhile.
final class KnowledgeBase: Sendable {
    let store: KnowledgeStore
    private let encoding: TextEncoding
    private let logger: Logger
    private let queue = DispatchQueue(label: "knowledge", qos: .utility)
    private let embedder: PassageEmbedder

    init(_ store: KnowledgeStore, _ encoding: TextEncoding, logger: Logger) {
        self.store = store
        self.encoding = encoding
        self.logger = logger
        embedder = PassageEmbedder(store, encoding, on: queue, logger: logger) { _ in }
    }

    /// Of the encoder in use.
    var digest: String { encoding.model.digest }

    /// Begins to embed what waits.
    func start() { embedder.start() }

    /// Stops, and leaves the file to others.
    func close() throws(StorageError) {
        embedder.stop()
        try store.close()
    }

    static func checkSize(_ bytes: Int) throws(AssistantError) {
        guard bytes <= KnowledgeQuery.mostContentBytes else {
            throw .sourceTooLarge(limitBytes: KnowledgeQuery.mostContentBytes, foundBytes: bytes)
        }
    }

    func add(
        _ labels: SourceLabels, _ content: [UInt8], by viewer: Viewer, time: Int64
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
        var labels = labels
        labels.title = labels.title ?? document.title
        let change = try storing { () throws(StorageError) in
            try store.add(labels, brought, document, time: time)
        }
        embedder.ring()
        return change
    }

    func remove(_ source: StoredSource) throws(AssistantError) -> SourceChange {
        let change = try storing { () throws(StorageError) in try store.remove(source.id) }
        guard let change else { throw .sourceNotFound(String(source.labels.name.prefix(64))) }
        return change
    }

    /// Removes what only `user` could see.
    ///
    /// - Returns: how many sources.
    func forget(user: UInt32) throws(AssistantError) -> Int {
        let changes = try storing { () throws(StorageError) in try store.forget(user: user) }
        return changes.count
    }

    func reindex() throws(AssistantError) -> Int {
        let pending = try storing { () throws(StorageError) in
            try store.reindex()
            return try store.totals(for: nil, encoder: encoding.model.digest).pending
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
            case .name(let name): (try store.sources(named: name, for: viewer), String(name.prefix(64)))
            }
        }
        guard let source = found.first else { throw .sourceNotFound(shown) }
        guard found.count == 1 else { throw .sourceAmbiguous(shown, found.map(\.id.rawValue)) }
        return source
    }
}
