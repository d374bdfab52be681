public import Knowledge
internal import Storage

/// What an export of sources is made of, in order.
public enum SourceExportPart: Sendable {
    case source(StoredSource)
    /// Of the text of the last source.
    case text(String)
    /// Of the last source.
    case end
}

extension LocalAssistant {
    /// Sources that a viewer can see as a file. Calls must not overlap, nor meet the adding of sources.
    ///
    /// - Parameters:
    ///   - name: only this one; nil for all.
    ///   - write: a part as bytes of the file.
    /// - Throws: `sourceNotFound`, `sourceAmbiguous`, `storage`.
    /// - Complexity: O(text), a piece of it in memory.
    public func exportSources(
        _ name: SourceName?, for viewer: Viewer, writing write: (SourceExportPart) -> [UInt8]
    ) throws(AssistantError) -> (file: Download, sources: Int) {
        guard !snapshot().isClosed else { throw .closed }
        let only = try name.map { name throws(AssistantError) in try knowledge.source(name, for: viewer) }
        var count = 0
        let file = try copying {
            try directory.file { append in
                var page = try only.map { [$0] } ?? knowledge.store.sources(for: viewer, limit: 100)
                while let last = page.last {
                    for source in page {
                        try append(write(.source(source)))
                        try forEachPiece(of: source.id) { try append(write(.text($0))) }
                        try append(write(.end))
                    }
                    count += page.count
                    page =
                        only == nil
                        ? try knowledge.store.sources(for: viewer, after: last.id, limit: 100) : []
                }
            }
        }
        return (Download(file: file), count)
    }

    private func forEachPiece(of source: SourceID, _ body: (String) throws -> Void) throws {
        var position = 0
        while case let piece = try knowledge.store.text(of: source, at: position), !piece.isEmpty {
            try body(String(decoding: piece, as: UTF8.self))
            position += piece.count
        }
    }
}
