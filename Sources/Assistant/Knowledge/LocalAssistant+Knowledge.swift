internal import Dispatch
internal import JSON
public import Knowledge
internal import Logging
internal import Storage

extension LocalAssistant {
    /// Adds a source to the knowledge base, or puts other content under the name of one of its owner's. When this returns it
    /// is durable, and its words are found; its meaning is once its texts have their vectors.
    ///
    /// - Parameters:
    ///   - viewer: the owner.
    ///   - isLimited: whether he may have no more than the settings say.
    /// - Throws: `sourceTooLarge`, `quotaExceeded`, `badDocument`, `notInGroup`, `storage`.
    /// - Complexity: O(content).
    public func addSource(
        _ labels: SourceLabels, _ content: [UInt8], by viewer: Viewer, isLimited: Bool = true
    ) throws(AssistantError) -> SourceChange {
        guard !snapshot().isClosed else { throw .closed }
        let change = try knowledge.add(
            labels, content, by: viewer, within: isLimited ? configuration.knowledge : nil,
            time: clock.microseconds())
        logger.info(
            "source added",
            metadata: [
                "source": "\(change.source.id.rawValue)", "uid": "\(viewer.uid)",
                "passages": "\(change.source.passages)", "added": "\(change.added)",
                "removed": "\(change.removed)",
            ])
        return change
    }

    /// The same with content that was brought in pieces.
    public func addSource(
        _ labels: SourceLabels, _ upload: Upload, by viewer: Viewer, isLimited: Bool = true
    ) throws(AssistantError) -> SourceChange {
        try KnowledgeBase.checkSize(upload.count)
        let content = try storing { () throws(StorageError) in try upload.file.bytes() }
        return try addSource(labels, content, by: viewer, isLimited: isLimited)
    }

    /// A page of the sources that a viewer can see, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - name: only those of this name; nil for all.
    ///   - isOwn: whether only the viewer's own count.
    public func sources(
        for viewer: Viewer, after id: Int64, limit: Int, name: String?, isOwn: Bool
    ) throws(AssistantError) -> (sources: [StoredSource], hasMore: Bool, totals: KnowledgeTotals) {
        guard !snapshot().isClosed else { throw .closed }
        return try storing { () throws(StorageError) in
            let store = knowledge.store
            let page = try store.sources(
                for: viewer, after: SourceID(rawValue: id), limit: limit + 1, name: name, isOwn: isOwn)
            return (
                Array(page.prefix(limit)), page.count > limit,
                try store.totals(for: viewer, isOwn: isOwn, encoder: encoding.model.digest)
            )
        }
    }

    /// A source and the passages of it behind one of them.
    ///
    /// - Throws: `sourceNotFound`, `sourceAmbiguous`, `storage`.
    public func source(
        _ name: SourceName, for viewer: Viewer, after passage: Int64, limit: Int
    ) throws(AssistantError) -> (source: StoredSource, passages: [Passage], hasMore: Bool) {
        guard !snapshot().isClosed else { throw .closed }
        let source = try knowledge.source(name, for: viewer)
        let page = try storing { () throws(StorageError) in
            try knowledge.store.passages(
                of: source, after: passage == 0 ? nil : PassageID(rawValue: passage), limit: limit + 1)
        }
        return (source, Array(page.prefix(limit)), page.count > limit)
    }

    /// One passage and its source.
    ///
    /// - Throws: `passageNotFound`, `storage`.
    public func passage(
        _ id: PassageID, for viewer: Viewer
    ) throws(AssistantError) -> (passage: Passage, source: StoredSource) {
        guard !snapshot().isClosed else { throw .closed }
        let found = try storing { () throws(StorageError) in
            try knowledge.store.passage(id, for: viewer)
        }
        guard let found else { throw .passageNotFound(id.rawValue) }
        return found
    }

    /// The passages that a viewer can find and that tell most about a query.
    ///
    /// - Throws: `emptyText`, `textTooLong`, `storage`.
    public func search(
        _ query: KnowledgeQuery, for viewer: Viewer, _ policy: SchedulingPolicy = .normal
    ) throws(AssistantError) -> KnowledgeFindings {
        guard !snapshot().isClosed else { throw .closed }
        return try knowledge.search(query, for: viewer, policy)
    }

    /// The source that a client means.
    ///
    /// - Throws: `sourceNotFound`, `sourceAmbiguous`, `storage`.
    public func sourceID(_ name: SourceName, for viewer: Viewer) throws(AssistantError) -> SourceID {
        guard !snapshot().isClosed else { throw .closed }
        return try knowledge.source(name, for: viewer).id
    }

    /// Removes a source.
    ///
    /// - Parameter mayRemoveOthers: whether it may be another's that the viewer can see.
    /// - Throws: `sourceNotFound`, `sourceAmbiguous`, `sourceForbidden`, `storage`.
    public func removeSource(
        _ name: SourceName, for viewer: Viewer, mayRemoveOthers: Bool
    ) throws(AssistantError) -> SourceChange {
        guard !snapshot().isClosed else { throw .closed }
        let source = try knowledge.source(name, for: viewer)
        guard mayRemoveOthers || source.labels.owner == viewer.uid else {
            throw .sourceForbidden(source.labels.name.cut(to: 64))
        }
        let change = try knowledge.remove(source)
        logger.info(
            "source removed",
            metadata: ["source": "\(source.id.rawValue)", "uid": "\(viewer.uid)"])
        return change
    }

    /// Has every passage indexed anew, in the background.
    ///
    /// - Returns: how many texts wait.
    public func reindex() throws(AssistantError) -> Int {
        guard !snapshot().isClosed else { throw .closed }
        return try knowledge.reindex()
    }

    /// What a viewer can see of the knowledge base, or all that it holds; nil where its file cannot be read.
    func knowledgeStatus(for viewer: Viewer?) -> KnowledgeStatus? {
        do throws(StorageError) {
            return KnowledgeStatus(
                totals: try knowledge.store.totals(for: viewer, encoder: encoding.model.digest),
                bytes: viewer == nil ? knowledge.store.bytes : nil,
                refusal: knowledge.store.refusal?.description)
        } catch {
            logger.error("the knowledge base cannot be read", metadata: ["reason": "\(error)"])
            return nil
        }
    }
}
