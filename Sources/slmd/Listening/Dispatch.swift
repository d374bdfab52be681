import Assistant
import NIOCore
import Wire

extension Connection {
    /// Hands a request to the scheduler, or refuses it.
    ///
    /// - Parameter held: what the request's frame holds of the budget; set to 0 when that stays held.
    func serve(_ request: Request, held: inout Int) {
        guard let id = request.id else {
            // Of notifications only this one means something to a daemon.
            if case .cancel(let id) = request.call { inFlight[id]?.giveUp(.cancelled) }
            return
        }
        do {
            try serve(request.call, as: id, held: &held)
        } catch {
            refuse(id, error)
        }
    }

    private func serve(_ call: Call, as id: RequestID, held: inout Int) throws(ErrorReply) {
        guard !reception.isStopping else { throw ErrorReply(.shuttingDown, "the daemon is stopping") }
        let role = try role(for: call)
        guard inFlight[id] == nil else {
            throw ErrorReply(.invalidRequest, "id", expected: "one that is not in use", found: "\(id)")
        }
        switch call {
        case .stageExamples(let params):
            try stage(params.examples, held: &held)
            write(Frame.encode(Answer(id: id, result: StageResult(staged: staging.examples.count))))
        case .cancel:
            throw ErrorReply(.invalidRequest, "cancel is a notification: send it without an id")
        default:
            try schedule(call, as: id, role, held: &held)
        }
    }

    /// What the peer may do, for a call that is among it.
    private func role(for call: Call) throws(ErrorReply) -> Role {
        let access = reception.terms.access
        guard let role = access.role(of: peer) else {
            throw ErrorReply(
                .forbidden,
                "user \(peer.uid) is not in the group of users, which access.users names in slmd.yaml")
        }
        guard role.mayAdminister || !call.isAdministrative else {
            throw ErrorReply(
                .forbidden,
                "\(call.method.rawValue) is for the group that access.admins names in slmd.yaml, and for root"
            )
        }
        return role
    }

    private func stage(_ samples: [Sample], held: inout Int) throws(ErrorReply) {
        try staging.check(samples, limit: reception.limits.examples)
        if held == 0 {
            let bytes = samples.reduce(0) { $0 + $1.approximateBytes }
            guard reception.budget.hold(bytes) else {
                throw ErrorReply(.busy, "other clients hold too many examples; try again")
            }
            held = bytes
        }
        staging.add(samples, bytes: held)
        held = 0
    }

    /// Once the scheduler has taken the request, its ticket holds the bytes of its frame and staged examples.
    private func schedule(_ call: Call, as id: RequestID, _ role: Role, held: inout Int) throws(ErrorReply) {
        let usesStaged = call.usesStaged
        let ticket = Ticket(
            id: id, method: call.method, peer: peer, role: role, received: .now,
            heldBytes: held + (usesStaged ? staging.heldBytes : 0), transfer: transfer,
            connection: loopBound)
        let staged = usesStaged ? staging.examples : []
        guard reception.scheduler.submit(call, staged: staged, for: ticket, desk: reception.desk) else {
            throw .tooManyWait
        }
        open(ticket)
        held = 0
        if usesStaged { staging = Staging() }
    }
}
