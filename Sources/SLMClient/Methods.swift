public import Wire

extension Connection {
    /// The intent of a text.
    ///
    /// - Parameters:
    ///   - context: the turn of the system before the text.
    ///   - session: the conversation that the text is a turn of.
    ///   - overflow: what to do with a text longer than the encoder reads.
    public mutating func predict(
        _ text: String, context: String? = nil, session: String? = nil, overflow: OverflowRule = .truncate
    ) throws(ClientError) -> PredictResult {
        try call(PredictParams(text: text, context: context, session: session, overflow: overflow))
    }

    /// The intents of many texts, in their order, with several requests under way at once.
    public mutating func predict(
        _ texts: [String], window: Int = 64
    ) throws(ClientError) -> [Result<PredictResult, ErrorReply>] {
        var results: [Result<PredictResult, ErrorReply>] = []
        results.reserveCapacity(texts.count)
        try call(each: texts.lazy.map { PredictParams(text: $0) }, window: window) { results.append($0) }
        return results
    }

    /// The sentence vector of a text.
    public mutating func embed(
        _ text: String, overflow: OverflowRule = .truncate
    ) throws(ClientError) -> EmbedResult {
        try call(EmbedParams(text: text, overflow: overflow))
    }

    /// The dates, times, numbers, amounts and addresses in a text.
    ///
    /// - Parameters:
    ///   - at: what dates are relative to, as RFC 3339 writes it, or a day; nil for the daemon's clock.
    ///   - timeZone: a name of the tz database; nil for the offset of `at`, or else the daemon's zone.
    public mutating func entities(
        _ text: String, at: String? = nil, timeZone: String? = nil
    ) throws(ClientError) -> EntitiesResult {
        try call(EntitiesParams(text: text, at: at, timeZone: timeZone))
    }

    /// Teaches one example; when this returns it is durable and in force.
    ///
    /// - Parameter isMarked: whether the slots of the text are marked: `show my [blood test](report_type)`.
    public mutating func teach(
        _ intent: String, _ text: String, context: String? = nil, session: String? = nil,
        isMarked: Bool = false
    ) throws(ClientError) -> TeachResult {
        try call(
            TeachParams(intent: intent, text: text, context: context, session: session, isMarked: isMarked))
    }

    /// Learns a training set.
    ///
    /// When the daemon refuses the samples, as too many say, the connection is of no more use.
    ///
    /// - Parameter keepingBase: whether what was learnt before is kept.
    public mutating func train(
        _ samples: [Sample], keepingBase: Bool = false, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> TrainResult {
        try stage(samples)
        return try withoutTimeout { connection throws(ClientError) in
            try connection.call(TrainParams(usesStaged: true, keepsBase: keepingBase), progress: progress)
        }
    }

    /// Measures how well a test set is recognised. Nothing is learnt from it.
    ///
    /// When the daemon refuses the samples, as too many say, the connection is of no more use.
    public mutating func evaluate(
        _ samples: [Sample], progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> EvaluateResult {
        try stage(samples)
        return try withoutTimeout { connection throws(ClientError) in
            try connection.call(EvaluateParams(usesStaged: true), progress: progress)
        }
    }

    public mutating func intents() throws(ClientError) -> [IntentEntry] {
        try call(IntentsParams()).intents
    }

    public mutating func renameIntent(_ from: String, to: String) throws(ClientError) -> IntentChangeResult {
        try call(RenameIntentParams(from: from, to: to))
    }

    public mutating func mergeIntent(_ from: String, into: String) throws(ClientError) -> IntentChangeResult {
        try call(MergeIntentParams(from: from, into: into))
    }

    public mutating func removeIntent(_ intent: String) throws(ClientError) -> IntentChangeResult {
        try call(RemoveIntentParams(intent: intent))
    }

    /// Writes a checkpoint that stays, under a name or one the daemon chooses.
    public mutating func createSnapshot(named name: String? = nil) throws(ClientError) -> SnapshotResult {
        try call(CreateSnapshotParams(name: name))
    }

    public mutating func snapshots() throws(ClientError) -> [SnapshotEntry] {
        try call(ListSnapshotsParams()).snapshots
    }

    /// A snapshot and what it knows; without a name what is learnt now.
    public mutating func snapshot(_ name: String?) throws(ClientError) -> SnapshotContentResult {
        try call(ShowSnapshotParams(name: name))
    }

    /// Removes a snapshot; what it holds stays learnt.
    public mutating func removeSnapshot(
        _ name: String, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> SnapshotEntry {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(RemoveSnapshotParams(name: name), progress: progress)
        }
    }

    /// Takes the newest events back, exactly.
    public mutating func undo(
        _ count: Int = 1, event: Int64? = nil, isProved: Bool = false,
        progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> UndoResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(
                UndoParams(count: count, event: event, isProved: isProved), progress: progress)
        }
    }

    /// Erases what a session or a user taught, or one event, and what was learnt from it.
    public mutating func forget(
        _ selection: ForgetParams.Selection, isProved: Bool = false, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> ForgetResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(ForgetParams(selection, isProved: isProved), progress: progress)
        }
    }

    /// Replays the log from nothing, and compares with a snapshot or with what is learnt now.
    public mutating func verify(
        snapshot name: String? = nil, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> VerifyResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(VerifySnapshotParams(name: name), progress: progress)
        }
    }

    public mutating func restore(
        snapshot name: String, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> RestoreResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(RestoreSnapshotParams(name: name), progress: progress)
        }
    }

    /// A page of the events of the log, oldest first: those after one, or with `last` the newest so many.
    public mutating func history(
        after event: Int64 = 0, last count: Int? = nil, isQuarantined: Bool = false
    ) throws(ClientError) -> HistoryResult {
        try call(HistoryParams(after: event, last: count, isQuarantined: isQuarantined))
    }

    /// Learns lessons that were held, in the order given.
    public mutating func approve(_ events: [Int64]) throws(ClientError) -> ApproveResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(ApproveParams(events: events))
        }
    }

    /// Erases lessons that were held.
    public mutating func reject(
        _ events: [Int64], progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> RejectResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(RejectParams(events: events), progress: progress)
        }
    }

    /// Why a text has its prediction.
    public mutating func explain(
        _ text: String, context: String? = nil
    ) throws(ClientError) -> ExplainResult {
        try call(ExplainParams(text: text, context: context))
    }

    /// A page of what was said in sessions, oldest first.
    public mutating func log(_ query: LogParams) throws(ClientError) -> LogResult {
        try call(query)
    }

    /// The newest sessions, the newest first.
    public mutating func sessions(last count: Int = SessionsParams.most) throws(ClientError) -> [SessionEntry]
    {
        try call(SessionsParams(last: count)).sessions
    }

    /// Where a session's dialogue stands, and its turns.
    public mutating func session(_ session: String) throws(ClientError) -> ShowSessionResult {
        try call(ShowSessionParams(session: session))
    }

    /// Opens a session with the turns of a transcript, all or none.
    public mutating func importSession(
        _ session: String, _ turns: [TranscriptLine]
    ) throws(ClientError) -> ImportSessionResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(ImportSessionParams(session: session, turns: turns))
        }
    }

    /// Says something in a dialogue.
    ///
    /// - Parameters:
    ///   - session: nil opens a new one.
    ///   - at: sets the session's clock, as RFC 3339 writes it, with an offset, or a day.
    public mutating func say(
        _ text: String, session: String? = nil, at: String? = nil
    ) throws(ClientError) -> SayResult {
        try call(SayParams(text: text, session: session, at: at))
    }

    /// Has the daemon read its settings and its head again.
    public mutating func reload() throws(ClientError) -> ReloadResult {
        try withoutTimeout { connection throws(ClientError) in try connection.call(ReloadParams()) }
    }

    /// The state of the daemon.
    public mutating func status() throws(ClientError) -> StatusResult {
        try call(StatusParams())
    }

    /// Sends samples ahead of `train` or `eval`, in frames of about 64 KiB so others are served in between.
    private mutating func stage(_ samples: [Sample]) throws(ClientError) {
        var refusal: ErrorReply?
        try call(each: SampleChunks(samples, bytes: 1 << 16).lazy.map(StageParams.init), window: 4) {
            result in
            if case .failure(let error) = result { refusal = refusal ?? error }
        }
        if let refusal {
            abandon()
            throw .refused(refusal)
        }
    }

    /// Learning and testing take as long as their sets are long.
    mutating func withoutTimeout<Value>(
        _ body: (inout Connection) throws(ClientError) -> Value
    ) throws(ClientError) -> Value {
        let usual = timeout
        timeout = nil
        defer { timeout = usual }
        return try body(&self)
    }
}

/// Samples in runs of about a given size, in order.
struct SampleChunks: Sequence, IteratorProtocol {
    private let samples: [Sample]
    private let bytes: Int
    private var position = 0

    init(_ samples: [Sample], bytes: Int) {
        self.samples = samples
        self.bytes = bytes
    }

    mutating func next() -> [Sample]? {
        let start = position
        var size = 0
        while position < samples.count, position == start || size < bytes {
            size += samples[position].text.utf8.count + samples[position].intent.utf8.count + 24
            position += 1
        }
        return position > start ? Array(samples[start..<position]) : nil
    }
}
