import Assistant
import Foundation
internal import JSON
import Knowledge
import Wire

// The knowledge base in the words of the protocol. What adds, removes or copies sources is done on a thread of its own; what
// is looked up is a short question.

extension Scheduler {
    func add(_ params: AddSourceParams, for ticket: Ticket) -> Bool {
        let labels = SourceLabels(params, by: ticket.peer)
        guard let content = params.content else { return addUploaded(labels, for: ticket) }
        return keep(for: ticket) { service throws(ErrorReply) in
            try answering { () throws(AssistantError) in
                AddSourceResult(
                    try service.addSource(
                        labels, Array(content.utf8), by: Viewer(ticket.peer), isLimited: ticket.role != .owner
                    ))
            }
        }
    }

    private func addUploaded(_ labels: SourceLabels, for ticket: Ticket) -> Bool {
        ticket.transfer.claim(for: ticket.id)
        let isAccepted = keep(for: ticket) { service throws(ErrorReply) in
            let upload = try ticket.upload()
            let change = try answering { () throws(AssistantError) in
                try service.addSource(
                    labels, upload, by: Viewer(ticket.peer), isLimited: ticket.role != .owner)
            }
            ticket.transfer.clear()
            return AddSourceResult(change)
        }
        if !isAccepted { ticket.transfer.giveBack(by: ticket.id) }
        return isAccepted
    }

    func list(_ params: ListSourcesParams, for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in
            let page = try service.sources(
                for: Viewer(ticket.peer), after: params.after, limit: params.limit, name: params.name,
                isOwn: params.isMine)
            return ListSourcesResult(
                sources: page.sources.map { SourceEntry($0) }, hasMore: page.hasMore,
                count: page.totals.sources, passages: page.totals.passages, pending: page.totals.pending)
        }
    }

    func show(_ params: ShowSourceParams, for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in
            let viewer = Viewer(ticket.peer)
            switch params.selection {
            case .passage(let id):
                let found = try service.passage(PassageID(rawValue: id), for: viewer)
                return ShowSourceResult(
                    source: SourceEntry(found.source),
                    passages: [PassageEntry(found.passage, of: found.source.id)], hasMore: false)
            case .source(let reference, let passage):
                let page = try service.source(
                    SourceName(reference), for: viewer, after: passage, limit: ShowSourceParams.most)
                return ShowSourceResult(
                    source: SourceEntry(page.source),
                    passages: page.passages.map { PassageEntry($0, of: page.source.id) },
                    hasMore: page.hasMore)
            }
        }
    }

    func search(_ params: SearchParams, for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in
            let viewer = Viewer(ticket.peer)
            let filter = try service.sourceFilter(params.filter, for: viewer)
            return SearchResult(
                try service.search(
                    KnowledgeQuery(params.query, limit: params.limit, filter: filter), for: viewer, .normal))
        }
    }

    func remove(_ params: RemoveSourceParams, for ticket: Ticket) -> Bool {
        keep(for: ticket) { service throws(ErrorReply) in
            try answering { () throws(AssistantError) in
                let change = try service.removeSource(
                    SourceName(params.source), for: Viewer(ticket.peer),
                    mayRemoveOthers: ticket.role.mayAdminister)
                return RemoveSourceResult(
                    id: change.source.id.rawValue, source: change.source.labels.name, removed: change.removed)
            }
        }
    }

    func reindex(for ticket: Ticket) -> Bool {
        keep(for: ticket) { service throws(ErrorReply) in
            try answering { () throws(AssistantError) in ReindexResult(pending: try service.reindex()) }
        }
    }

    func export(_ params: ExportSourcesParams, for ticket: Ticket, desk: Desk) -> Bool {
        keep(for: ticket) { service throws(ErrorReply) in
            try ticket.makeRoom()
            let made = try answering { () throws(AssistantError) in
                try service.exportSources(
                    params.source.map { SourceName($0) }, for: Viewer(ticket.peer),
                    writing: { $0.bytes })
            }
            try ticket.hand(out: made.file, desk)
            return ExportSourcesResult(
                sources: made.sources, bytes: Int64(made.file.count), sha256: made.file.digest)
        }
    }
}

extension IntentService {
    /// - Throws: `notFound` when the viewer can see no such source.
    func sourceFilter(_ filter: PassageFilter, for viewer: Viewer) throws(AssistantError) -> SourceFilter {
        SourceFilter(
            source: try filter.source.map { reference throws(AssistantError) in
                try sourceID(SourceName(reference), for: viewer)
            }, tags: Set(filter.tags), from: filter.from, to: filter.to,
            owner: filter.isMine ? viewer.uid : nil)
    }
}

extension SourceExportPart {
    /// A source is a line of JSON: what `kb.list` tells of it, and last its `text`.
    fileprivate var bytes: [UInt8] {
        switch self {
        case .source(let source): JSONWriter.encode(SourceEntry(source)).dropLast() + #","text":""#.utf8
        case .text(let piece):
            {
                var json = JSONWriter()
                json.value(piece)
                return json.bytes.dropFirst().dropLast()
            }()
        case .end: Array("\"}\n".utf8)
        }
    }
}

extension Viewer {
    init(_ peer: Peer) { self.init(uid: peer.uid, groups: peer.groups) }
}

extension SourceName {
    fileprivate init(_ reference: SourceReference) {
        switch reference {
        case .id(let id): self = .id(id)
        case .name(let name): self = .name(name)
        }
    }
}

extension SourceLabels {
    fileprivate init(_ params: AddSourceParams, by peer: Peer) {
        let audience: Audience =
            switch (params.visibility, params.group) {
            case (.everyone, _): .everyone
            case (.group, let group?): .group(group)
            // The reader of the protocol lets no other pass.
            case (.group, nil), (.user, _): .user(peer.uid)
            }
        self.init(
            name: params.name, owner: peer.uid, audience: audience, format: DocumentFormat(params.format),
            title: params.title, date: params.date, tags: Set(params.tags))
    }
}

extension DocumentFormat {
    fileprivate init(_ format: SourceFormat) {
        switch format {
        case .text: self = .text
        case .markdown: self = .markdown
        case .html: self = .html
        case .csv: self = .csv
        case .jsonLines: self = .jsonLines
        }
    }
}

extension SourceFormat {
    fileprivate init(_ format: DocumentFormat) {
        switch format {
        case .text: self = .text
        case .markdown: self = .markdown
        case .html: self = .html
        case .csv: self = .csv
        case .jsonLines: self = .jsonLines
        }
    }
}

extension SourceEntry {
    init(_ source: StoredSource) {
        let (visibility, group): (SourceVisibility, UInt32?) =
            switch source.labels.audience {
            case .everyone: (.everyone, nil)
            case .group(let gid): (.group, gid)
            case .user: (.user, nil)
            }
        let changed = Date(timeIntervalSince1970: TimeInterval(source.changed / 1_000_000))
        self.init(
            id: source.id.rawValue, name: source.labels.name, owner: source.labels.owner,
            labels: Labels(
                title: source.labels.title, format: SourceFormat(source.labels.format),
                visibility: visibility, group: group, tags: source.labels.tags.sorted(),
                date: source.labels.date),
            sha256: source.content.digest, bytes: Int64(source.content.bytes), passages: source.passages,
            changed: changed.formatted(.iso8601))
    }
}

extension PassageEntry {
    init(_ passage: Passage, of source: SourceID, score: Double? = nil) {
        self.init(
            passage: passage.id.rawValue, source: passage.source, sourceID: source.rawValue,
            headings: passage.headings, text: passage.text, span: passage.span, score: score)
    }
}

extension AddSourceResult {
    fileprivate init(_ change: SourceChange) {
        self.init(
            id: change.source.id.rawValue, source: change.source.labels.name,
            sha256: change.source.content.digest, passages: change.source.passages, added: change.added,
            kept: change.kept, removed: change.removed, pending: change.pending)
    }
}

extension SearchResult {
    fileprivate init(_ findings: KnowledgeFindings) {
        self.init(
            results: findings.results.map {
                PassageEntry($0.found.passage, of: $0.found.source, score: $0.score)
            }, pending: findings.pending)
    }
}
