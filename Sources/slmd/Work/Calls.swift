import Assistant
import Entities
internal import JSON
import Knowledge
import Wire

extension Scheduler {
    /// Puts a call of the protocol on the thread it belongs to.
    ///
    /// - Parameter staged: the examples a training or test set begins with.
    /// - Returns: false when the queue is full.
    func submit(_ call: Call, staged: [LabelledText], for ticket: Ticket, desk: Desk) -> Bool {
        switch call {
        case .predict(let params):
            predict(.prediction(Utterance(params, by: ticket.peer)), for: ticket)
        case .embed(let params): predict(.vector(Utterance(params)), for: ticket)
        case .say(let params): say(params, for: ticket)
        case .entities(let params): findEntities(params, for: ticket)
        case .teach(let params): teach(params, for: ticket)
        case .train(let params): train(params, staged: staged, for: ticket)
        case .evaluate(let params): evaluate(params, staged: staged, for: ticket)
        case .renameIntent(let params): rename(params, for: ticket)
        case .mergeIntent(let params): merge(params, for: ticket)
        case .removeIntent(let params): remove(params, for: ticket)
        case .createSnapshot(let params):
            change(for: ticket) { service throws(AssistantError) in
                SnapshotResult(try service.snapshot(named: params.name))
            }
        case .listSnapshots:
            ask(for: ticket) { service throws(AssistantError) in SnapshotsResult(try service.snapshots()) }
        case .showSnapshot(let params):
            show(params, for: ticket)
        case .removeSnapshot(let params): remove(params, for: ticket)
        case .verifySnapshot(let params): verify(params, for: ticket)
        case .restoreSnapshot(let params): restore(params, for: ticket)
        case .exportSnapshot(let params): export(params, for: ticket, desk: desk)
        case .importSnapshot(let params): take(params, for: ticket)
        case .undo(let params):
            erase(LessonSelection(params), isProved: params.isProved, for: ticket) { UndoResult($0) }
        case .forget(let params):
            erase(LessonSelection(params.selection), isProved: params.isProved, for: ticket) {
                ForgetResult($0)
            }
        case .history(let params):
            ask(for: ticket) { service throws(AssistantError) in
                let page = try service.history(
                    after: params.after, last: params.last, of: ticket.owner,
                    isQuarantined: params.isQuarantined)
                return HistoryResult(events: page.entries.map(Wire.HistoryEntry.init), hasMore: page.hasMore)
            }
        case .log(let params):
            ask(for: ticket) { service throws(AssistantError) in
                LogResult(
                    try service.turns(TurnFilter(params), of: ticket.owner), hasRecords: params.hasRecords)
            }
        case .sessions(let params):
            ask(for: ticket) { service throws(AssistantError) in
                SessionsResult(try service.sessions(last: params.last, of: ticket.owner))
            }
        case .showSession(let params):
            ask(for: ticket) { service throws(AssistantError) in
                ShowSessionResult(
                    try service.dialogue(of: params.session, owner: ticket.owner),
                    try service.turns(
                        TurnFilter(session: params.session, last: ShowSessionParams.mostTurns),
                        of: ticket.owner))
            }
        case .importSession(let params):
            change(for: ticket) { service throws(AssistantError) in
                let speaker = Contributor(ticket.peer, session: params.session)
                let state = try service.importSession(params.turns.map(TranscribedTurn.init), by: speaker)
                return ImportSessionResult(state, turns: params.turns.count)
            }
        case .showPolicy: showPolicy(for: ticket)
        case .evaluatePolicy: evaluatePolicy(for: ticket)
        case .policyLog(let params): decisions(params, for: ticket)
        case .freezePolicy: change(.freeze, for: ticket)
        case .unfreezePolicy: change(.unfreeze, for: ticket)
        case .undoPolicy: change(.undo, for: ticket)
        case .transitions: transitions(for: ticket)
        case .approve(let params):
            change(for: ticket) { service throws(AssistantError) in
                let outcomes = try service.approve(params.events, by: Contributor(ticket.peer))
                return ApproveResult(approved: outcomes.map { TeachResult($0) })
            }
        case .reject(let params): reject(params, for: ticket)
        case .explain(let params):
            ask(for: ticket) { service throws(AssistantError) in
                let utterance = Utterance(params.text, context: params.context)
                return ExplainResult(try service.explain(utterance, for: ticket.owner))
            }
        case .ask(let params): ask(params, for: ticket)
        case .judgeAnswer(let params): judge(params, for: ticket)
        case .generate(let params): generate(params, for: ticket)
        case .addSource(let params): add(params, for: ticket)
        case .listSources(let params): list(params, for: ticket)
        case .showSource(let params): show(params, for: ticket)
        case .search(let params): search(params, for: ticket)
        case .removeSource(let params): remove(params, for: ticket)
        case .reindex: reindex(for: ticket)
        case .exportSources(let params): export(params, for: ticket, desk: desk)
        case .backup(let params): backUp(params, for: ticket, desk: desk)
        case .restore(let params): restore(params, for: ticket)
        case .readTransfer(let params): read(params, for: ticket)
        case .writeTransfer(let params): write(params, for: ticket, desk: desk)
        case .intents: ask(for: ticket) { IntentsResult($0.intents()) }
        case .status:
            ask(for: ticket) { [self] in
                let viewer = ticket.role.mayAdminister ? nil : Viewer(ticket.peer)
                return desk.status($0.status(for: viewer), slm: replies?.status, queue: queue)
            }
        case .reload:
            manage(for: ticket) { service throws(ErrorReply) in try desk.reloader.reload(service) }
        case .stageExamples, .cancel: false  // the connection's own affairs
        }
    }

    /// Without a session, a new one is opened.
    private func say(_ params: SayParams, for ticket: Ticket) -> Bool {
        let clock: ReferenceTime?
        do throws(ErrorReply) {
            clock = try params.at.map { text throws(ErrorReply) in
                try ReferenceTime(at: text, in: serving.service.timeZone)
            }
        } catch {
            return exchange(for: ticket) { _ throws(ErrorReply) -> SayResult in throw error }
        }
        let session = params.session ?? SessionID.random()
        let utterance = Utterance(params.text, by: Contributor(ticket.peer, session: session))
        let message = UserMessage(
            utterance, clock: clock, standing: Lesson.Standing(ticket.role))
        return predict(.turn(message), for: ticket)
    }

    private func teach(_ params: TeachParams, for ticket: Ticket) -> Bool {
        do throws(AssistantError) {
            return teach(try Lesson(params, by: ticket.peer, as: ticket.role), for: ticket)
        } catch {
            return ask(for: ticket) { _ throws(AssistantError) -> TeachResult in throw error }
        }
    }

    private func train(_ params: TrainParams, staged: [LabelledText], for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return train(for: ticket) { service throws(AssistantError) in
            let summary = try service.train(
                staged + params.examples.map { LabelledText($0) }, keepingBase: params.keepsBase,
                by: Contributor(ticket.peer), progress: reporter.report)
            return TrainResult(summary)
        }
    }

    private func erase<Body: JSONWritable & Sendable>(
        _ selection: LessonSelection, isProved: Bool, for ticket: Ticket,
        _ result: @escaping @Sendable (ErasureOutcome) -> Body
    ) -> Bool {
        let reporter = reporter(for: ticket)
        return train(for: ticket) { service throws(AssistantError) in
            result(
                try service.erase(
                    selection, of: ticket.owner, isProved: isProved, progress: reporter.report))
        }
    }

    private func reject(_ params: RejectParams, for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return train(for: ticket) { service throws(AssistantError) in
            RejectResult(rejected: try service.reject(params.events, progress: reporter.report).events)
        }
    }

    private func remove(_ params: RemoveSnapshotParams, for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return train(for: ticket) { service throws(AssistantError) in
            SnapshotEntry(try service.removeSnapshot(params.name, progress: reporter.report))
        }
    }

    private func restore(_ params: RestoreSnapshotParams, for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return train(for: ticket) { service throws(AssistantError) in
            RestoreResult(
                try service.restore(
                    snapshot: params.name, by: Contributor(ticket.peer), progress: reporter.report))
        }
    }

    /// What is learnt now may have to be measured first.
    private func show(_ params: ShowSnapshotParams, for ticket: Ticket) -> Bool {
        let work: Work<SnapshotContentResult> = { service throws(AssistantError) in
            SnapshotContentResult(try service.content(ofSnapshot: params.name))
        }
        return params.name == nil ? evaluate(for: ticket, work) : ask(for: ticket, work)
    }

    private func verify(_ params: VerifySnapshotParams, for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return evaluate(for: ticket) { service throws(AssistantError) in
            VerifyResult(try service.verify(snapshot: params.name, progress: reporter.report))
        }
    }

    private func evaluate(_ params: EvaluateParams, staged: [LabelledText], for ticket: Ticket) -> Bool {
        let reporter = reporter(for: ticket)
        return evaluate(for: ticket) { service throws(AssistantError) in
            let examples = staged + params.examples.map { LabelledText($0) }
            return EvaluateResult(try service.evaluate(examples, progress: reporter.report))
        }
    }

    private func rename(_ params: RenameIntentParams, for ticket: Ticket) -> Bool {
        change(for: ticket) { service throws(AssistantError) in
            let contributor = Contributor(ticket.peer)
            return IntentChangeResult(try service.renameIntent(params.from, to: params.to, by: contributor))
        }
    }

    private func merge(_ params: MergeIntentParams, for ticket: Ticket) -> Bool {
        change(for: ticket) { service throws(AssistantError) in
            let contributor = Contributor(ticket.peer)
            return IntentChangeResult(
                try service.mergeIntent(params.from, into: params.into, by: contributor))
        }
    }

    private func remove(_ params: RemoveIntentParams, for ticket: Ticket) -> Bool {
        change(for: ticket) { service throws(AssistantError) in
            IntentChangeResult(try service.removeIntent(params.intent, by: Contributor(ticket.peer)))
        }
    }
}

extension Call {
    /// Whether the call works on the examples staged on its connection.
    var usesStaged: Bool {
        switch self {
        case .train(let params): params.usesStaged
        case .evaluate(let params): params.usesStaged
        default: false
        }
    }

    var method: Wire.Method {
        switch self {
        case .predict: .predict
        case .embed: .embed
        case .say: .say
        case .entities: .entities
        case .teach: .teach
        case .stageExamples: .stageExamples
        case .train: .train
        case .evaluate: .evaluate
        case .intents: .intents
        case .renameIntent: .renameIntent
        case .mergeIntent: .mergeIntent
        case .removeIntent: .removeIntent
        case .createSnapshot: .createSnapshot
        case .listSnapshots: .listSnapshots
        case .showSnapshot: .showSnapshot
        case .removeSnapshot: .removeSnapshot
        case .verifySnapshot: .verifySnapshot
        case .restoreSnapshot: .restoreSnapshot
        case .exportSnapshot: .exportSnapshot
        case .importSnapshot: .importSnapshot
        case .undo: .undo
        case .forget: .forget
        case .history: .history
        case .log: .log
        case .sessions: .sessions
        case .showSession: .showSession
        case .importSession: .importSession
        case .showPolicy: .showPolicy
        case .evaluatePolicy: .evaluatePolicy
        case .policyLog: .policyLog
        case .freezePolicy: .freezePolicy
        case .unfreezePolicy: .unfreezePolicy
        case .undoPolicy: .undoPolicy
        case .transitions: .transitions
        case .approve: .approve
        case .reject: .reject
        case .explain: .explain
        case .ask: .ask
        case .judgeAnswer: .judgeAnswer
        case .generate: .generate
        case .addSource: .addSource
        case .listSources: .listSources
        case .showSource: .showSource
        case .search: .search
        case .removeSource: .removeSource
        case .reindex: .reindex
        case .exportSources: .exportSources
        case .backup: .backup
        case .restore: .restore
        case .readTransfer: .readTransfer
        case .writeTransfer: .writeTransfer
        case .status: .status
        case .reload: .reload
        case .cancel: .cancel
        }
    }
}

extension Utterance {
    fileprivate init(_ params: PredictParams, by peer: Peer) {
        self.init(
            params.text, context: params.context, overflow: Overflow(params.overflow),
            by: Contributor(peer, session: params.session))
    }

    fileprivate init(_ params: EmbedParams) {
        self.init(params.text, overflow: Overflow(params.overflow))
    }
}

extension Utterance.Overflow {
    fileprivate init(_ rule: OverflowRule) {
        switch rule {
        case .truncate: self = .truncate
        case .error: self = .fail
        }
    }
}

extension Lesson {
    fileprivate init(_ params: TeachParams, by peer: Peer, as role: Role) throws(AssistantError) {
        let utterance = Utterance(params.text, context: params.context)
        let contributor = Contributor(peer, session: params.session)
        if params.isMarked {
            try self.init(
                marked: utterance, intent: params.intent, by: contributor, standing: Standing(role))
        } else {
            self.init(utterance, intent: params.intent, by: contributor, standing: Standing(role))
        }
    }
}

extension Lesson.Standing {
    init(_ role: Role) {
        self =
            switch role {
            case .owner: .owner
            case .administrator, .user: .ordinary
            }
    }
}

extension Ticket {
    /// The user whose lessons the request may see and take back; nil for everyone's.
    var owner: UInt32? { role.mayAdminister ? nil : peer.uid }
}

extension Wire.Method {
    /// Takes seconds, and is given up when the daemon stops.
    var isLong: Bool {
        switch self {
        case .train, .evaluate, .removeSnapshot, .verifySnapshot, .restoreSnapshot, .exportSnapshot,
            .importSnapshot, .undo, .forget, .reject, .backup, .restore, .ask, .generate, .addSource,
            .removeSource, .reindex, .exportSources:
            true
        default: false
        }
    }

    /// Runs between lessons.
    var changesWhatIsLearnt: Bool {
        isLong && !isOfKnowledge
            && ![.evaluate, .verifySnapshot, .exportSnapshot, .backup, .ask, .generate].contains(self)
    }

    private var isOfKnowledge: Bool {
        [.addSource, .removeSource, .reindex, .exportSources].contains(self)
    }
}
