import Assistant
internal import JSON
import Knowledge
import Wire

/// Calls that move a whole file, in pieces that the client asks for or brings: its pace holds nobody up.
extension Scheduler {
    /// Bytes of a piece.
    static let pieceBytes = 192 << 10

    func backUp(_ params: BackupParams, for ticket: Ticket, desk: Desk) -> Bool {
        let reporter = reporter(for: ticket)
        return prepare(for: ticket) { service throws(ErrorReply) in
            try ticket.makeRoom()
            let backup = try answering { () throws(AssistantError) in
                try service.backup(isProved: params.isProved, progress: reporter.report)
            }
            try ticket.hand(out: backup.file, desk)
            return BackupResult(
                event: backup.event, digest: backup.digest, bytes: Int64(backup.file.count),
                sha256: backup.file.digest)
        }
    }

    func restore(_ params: RestoreParams, for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        let terms = RestoreTerms(isProved: params.isProved, keepsPrevious: params.keepsPrevious)
        return consume(for: ticket) { [serving] upload, service throws(ErrorReply) in
            let restored = try answering { () throws(AssistantError) in
                try service.restore(
                    upload, terms, replacingWith: { serving.replace(with: $0) }, progress: reporter.report)
            }
            return RestoreBackupResult(
                event: restored.event, digest: restored.digest, intents: restored.intents,
                events: restored.events, replayedDigest: restored.replayedDigest, previous: restored.previous)
        }
    }

    func export(_ params: ExportSnapshotParams, for ticket: Ticket, desk: Desk) -> Bool {
        let reporter = reporter(for: ticket)
        return prepare(for: ticket) { service throws(ErrorReply) in
            try ticket.makeRoom()
            let made = try answering { () throws(AssistantError) in
                try service.export(snapshot: params.name, progress: reporter.report)
            }
            try ticket.hand(out: made.file, desk)
            return ExportSnapshotResult(
                name: made.snapshot.name, event: made.snapshot.event, digest: made.snapshot.digest,
                events: made.events, bytes: Int64(made.file.count), sha256: made.file.digest)
        }
    }

    func take(_ params: ImportSnapshotParams, for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return consume(for: ticket) { upload, service throws(ErrorReply) in
            SnapshotResult(
                try answering { () throws(AssistantError) in
                    try service.importSnapshot(
                        upload, named: params.name, by: Contributor(ticket.peer), progress: reporter.report)
                })
        }
    }

    /// Does `work` between lessons on the file that was brought. It is the request's from now on, also while that waits, and gone
    /// once the work is done; when that is refused or cancelled, it may be asked for again.
    private func consume<Body: JSONWritable & Sendable>(
        for ticket: Ticket,
        _ work: @escaping @Sendable (Upload, any IntentService) throws(ErrorReply) -> Body
    ) -> Bool {
        ticket.transfer.claim(for: ticket.id)
        let isAccepted = manage(for: ticket) { service throws(ErrorReply) in
            let result = try work(try ticket.upload(), service)
            ticket.transfer.clear()
            return result
        }
        if !isAccepted { ticket.transfer.giveBack(by: ticket.id) }
        return isAccepted
    }

    func read(_ params: ReadTransferParams, for ticket: Ticket) -> Bool {
        exchange(for: ticket) { _ throws(ErrorReply) in
            guard case .outgoing(let file)? = ticket.transfer.use() else {
                throw ErrorReply(
                    .notFound, "there is no file to be read on this connection, or it lay idle for too long")
            }
            guard params.offset <= file.count else {
                throw ErrorReply(
                    .invalidParams, "params.offset", expected: "at most \(file.count)",
                    found: "\(params.offset)")
            }
            return TransferPiece(
                data: try answering { () throws(AssistantError) in
                    try file.read(at: Int(params.offset), limit: Self.pieceBytes)
                })
        }
    }

    func write(_ params: WriteTransferParams, for ticket: Ticket, desk: Desk) -> Bool {
        exchange(for: ticket) { service throws(ErrorReply) in
            let upload =
                params.offset == 0
                ? try ticket.begin(size: params.size, service, desk) : try ticket.goOn()
            guard params.size == upload.size, params.offset == upload.count else {
                throw ErrorReply(
                    .invalidParams, "params.offset", expected: "\(upload.count) of \(upload.size)",
                    found: "\(params.offset) of \(params.size)")
            }
            let received = try answering { () throws(AssistantError) in try upload.append(params.data) }
            guard let received else {
                throw ErrorReply(
                    .invalidParams, "params.data", expected: "\(upload.size - upload.count) bytes at most",
                    found: "\(params.data.count)")
            }
            return TransferProgress(received: Int64(received))
        }
    }
}

extension Ticket {
    /// Makes a file ready to be read on the connection.
    func hand(out file: Download, _ desk: Desk) throws(ErrorReply) {
        try makeRoom()
        guard desk.transfers.admit(transfer) else { throw Self.tooMany }
        place(.outgoing(file))
    }

    private func place(_ file: TransferSlot.Transfer) {
        transfer.fill(file)
        // A client that went meanwhile cleared its place before there was anything in it.
        if givenUp != nil { transfer.clear() }
    }

    /// What was there before is let go.
    func makeRoom() throws(ErrorReply) {
        guard transfer.vacate() else {
            throw ErrorReply(.busy, "another request has claimed the file of this connection; try again")
        }
    }

    fileprivate func begin(
        size: Int64, _ service: any IntentService, _ desk: Desk
    ) throws(ErrorReply) -> Upload {
        // All that others than administrators bring is a source.
        let most = role.mayAdminister ? Int64.max : Int64(KnowledgeQuery.mostContentBytes)
        guard size <= most else {
            throw ErrorReply(
                .invalidParams, "params.size", expected: "at most \(most >> 20) MiB: split the file",
                found: "\(size) bytes")
        }
        try makeRoom()
        guard desk.transfers.admit(transfer) else { throw Self.tooMany }
        do throws(AssistantError) {
            let upload = try service.upload(size: Int(size))
            place(.incoming(upload))
            return upload
        } catch {
            transfer.clear()
            throw ErrorReply(error)
        }
    }

    fileprivate func goOn() throws(ErrorReply) -> Upload {
        guard case .incoming(let upload)? = transfer.use() else {
            throw ErrorReply(
                .notFound,
                "no file was begun on this connection, or it lay idle for too long; the first piece has offset 0"
            )
        }
        return upload
    }

    /// The whole file that was brought.
    func upload() throws(ErrorReply) -> Upload {
        let upload = try goOn()
        guard upload.count == upload.size else {
            throw ErrorReply(
                .invalidParams, "the file", expected: "\(upload.size) bytes", found: "\(upload.count)")
        }
        return upload
    }

    private static var tooMany: ErrorReply {
        ErrorReply(.busy, "\(TransferDesk.most) files are under way already; try again")
    }
}

/// Runs `body` with what the assistant throws turned into the protocol's error.
func answering<Value>(_ body: () throws(AssistantError) -> Value) throws(ErrorReply) -> Value {
    do {
        return try body()
    } catch {
        throw ErrorReply(error)
    }
}
