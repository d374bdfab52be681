import Glibc
internal import JSON
import SLMClient
import Wire

/// Adds files as sources, one after the other, and sends none whose content the daemon has.
struct KnowledgeFeed: ~Copyable {
    /// What every source gets.
    struct Labels {
        var visibility = SourceVisibility.user
        var group: UInt32?
        var tags: [String] = []
        var date: String?
    }

    /// What became of one file.
    enum Outcome {
        case added(AddSourceResult)
        case unchanged(SourceEntry)
        case removed(RemoveSourceResult)
        case skipped(DocumentTree.Reason)
        case failed(Failure)
    }

    private static let mostInline = 1 << 14

    private var connection: Connection
    private let labels: Labels
    /// The caller's own, by their names, as they were.
    private var known: [String: SourceEntry]
    /// Names of those that were added since.
    private var added: Set<String> = []

    init(_ connection: consuming Connection, labels: Labels) throws(Failure) {
        var connection = connection
        known = try Failure.wrapping { () throws(ClientError) in
            Dictionary(try connection.allSources(isMine: true).sources.map { ($0.name, $0) }) { $1 }
        }
        self.connection = connection
        self.labels = labels
    }

    /// - Returns: what became of it; what ends the whole run is thrown.
    mutating func add(_ path: String, as name: String, kind: DocumentFile.Kind?) throws(Failure) -> Outcome {
        do throws(Failure) {
            return try add(try DocumentFile(path: path, kind: kind), as: name, from: path)
        } catch {
            guard error.exit != .unavailable || error.kind == "no_pdftotext", error.exit != .protocolError
            else {
                throw error
            }
            return .failed(error)
        }
    }

    mutating func add(_ document: DocumentFile, as name: String, from path: String) throws(Failure) -> Outcome
    {
        if let entry = known[name], isSame(document, entry) { return .unchanged(entry) }
        var params = AddSourceParams(
            name: name, format: document.format, visibility: labels.visibility, group: labels.group,
            tags: labels.tags, date: labels.date)
        let isSmall = document.content.count <= min(Self.mostInline, connection.hello.limits.frameBytes / 16)
        do throws(ClientError) {
            if isSmall {
                params.content = String(decoding: document.content, as: UTF8.self)
            } else {
                try send(document.content)
            }
            let answer = try connection.addSource(params)
            known[name] = nil
            added.insert(name)
            return .added(answer)
        } catch .refused(let reply) {
            throw Failure(reply).about(path)
        } catch {
            throw Failure(error)
        }
    }

    private func isSame(_ document: DocumentFile, _ entry: SourceEntry) -> Bool {
        guard entry.bytes == Int64(document.content.count), entry.labels.format == document.format,
            entry.labels.visibility == labels.visibility, entry.labels.group == labels.group,
            entry.labels.date == labels.date, entry.labels.tags.sorted() == labels.tags.sorted()
        else { return false }
        var hash = SHA256()
        hash.update(document.content)
        return hash.finish() == entry.sha256
    }

    private mutating func send(_ content: [UInt8]) throws(ClientError) {
        var offset = 0
        while offset < content.count {
            let piece = Array(content[offset..<min(offset + connection.pieceBytes, content.count)])
            try connection.send(piece: piece, at: Int64(offset), of: Int64(content.count))
            offset += piece.count
        }
    }

    /// Removes the sources of the files that lay at `path` or below it.
    mutating func removeSources(at path: String) throws(Failure) -> [(name: String, outcome: Outcome)] {
        var outcomes: [(name: String, outcome: Outcome)] = []
        for name in knows(path) ? [path] : names(below: path) {
            do throws(ClientError) {
                outcomes.append((name, .removed(try connection.removeSource(.name(name)))))
                known[name] = nil
                added.remove(name)
            } catch .refused(let reply) {
                outcomes.append((name, .failed(Failure(reply).about(name))))
            } catch {
                throw Failure(error)
            }
        }
        return outcomes
    }

    /// The caller's own sources whose files lie, or lay, below `directory`.
    func names(below directory: String) -> [String] {
        known.keys.filter { DocumentTree.isBelow(directory, $0) }.sorted()
            + added.filter { DocumentTree.isBelow(directory, $0) }.sorted()
    }

    /// Those of them whose files are gone. What may not be looked at is not.
    func gone(below directory: String) -> [String] {
        names(below: directory).filter { name in
            do throws(Failure) {
                return try FileState(path: name, followingLinks: false) == nil
            } catch {
                return false
            }
        }
    }

    func knows(_ name: String) -> Bool { known[name] != nil || added.contains(name) }

    /// Passages of the user's own sources that have no vectors yet.
    mutating func pending() throws(Failure) -> Int {
        do throws(ClientError) {
            return try connection.sources(ListSourcesParams(limit: 0, isMine: true)).pending
        } catch {
            throw Failure(error)
        }
    }
}

extension Connection {
    /// Every source that the caller can see, all pages of them.
    mutating func allSources(isMine: Bool = false) throws(ClientError) -> ListSourcesResult {
        var sources: [SourceEntry] = []
        while true {
            let page = try self.sources(ListSourcesParams(after: sources.last?.id ?? 0, isMine: isMine))
            sources += page.sources
            guard page.hasMore, !page.sources.isEmpty else {
                return ListSourcesResult(
                    sources: sources, hasMore: false, count: page.count, passages: page.passages,
                    pending: page.pending)
            }
        }
    }
}

/// One file and what became of it, a line.
struct FeedLine: JSONWritable {
    let path: String
    let outcome: KnowledgeFeed.Outcome

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("file", path)
            switch outcome {
            case .added(let answer):
                json.field("id", answer.id)
                json.field("source", answer.source)
                json.field("sha256", answer.sha256)
                json.field("passages", answer.passages)
                json.field("added", answer.added)
                json.field("kept", answer.kept)
                json.field("removed", answer.removed)
                json.field("pending", answer.pending)
            case .unchanged(let entry):
                json.field("id", entry.id)
                json.field("source", entry.name)
                json.field("sha256", entry.sha256)
                json.field("passages", entry.passages)
                json.field("added", 0)
                json.field("kept", entry.passages)
                json.field("removed", 0)
                json.field("unchanged", true)
            case .removed(let answer):
                json.field("id", answer.id)
                json.field("source", answer.source)
                json.field("passages", 0)
                json.field("removed", answer.removed)
            case .skipped(let reason): json.field("skipped", reason.rawValue)
            case .failed(let failure):
                json.key("error")
                json.object { json in
                    if let code = failure.code { json.field("code", code) }
                    json.field("kind", failure.kind)
                    json.field("message", failure.message)
                }
            }
        }
    }

    /// For people; nil for what they need not read.
    var text: String? {
        let shown = Rendering.shown(path)
        switch outcome {
        case .added(let answer):
            let changes = [
                (answer.added, "new"), (answer.kept, "kept"), (answer.removed, "gone"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
            return "\(shown): \(Rendering.count(answer.passages, "passage")) (\(changes))"
        case .unchanged: return "\(shown): unchanged"
        case .removed(let answer): return "\(Rendering.shown(answer.source)): removed"
        case .skipped, .failed: return nil
        }
    }
}
