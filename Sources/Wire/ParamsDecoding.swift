extension PredictParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        context = try params.optionalString("context")
        session = try params.optionalString("session")
        overflow = try params.choice("overflow") ?? .truncate
    }
}

extension EmbedParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        overflow = try params.choice("overflow") ?? .truncate
    }
}

extension TeachParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        intent = try params.string("intent")
        text = try params.string("text")
        context = try params.optionalString("context")
        session = try params.optionalString("session")
        isMarked = try params.flag("marked")
    }
}

extension Sample {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        intent = try params.string("intent")
        context = try params.optionalString("context")
        isMarked = try params.flag("marked")
        try params.finish()
    }
}

extension StageParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        examples = try params.samples("examples", required: true)
    }
}

extension TrainParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        examples = try params.samples("examples")
        usesStaged = try params.flag("staged")
        keepsBase = try params.flag("add")
    }
}

extension EvaluateParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        examples = try params.samples("examples")
        usesStaged = try params.flag("staged")
    }
}

extension RenameIntentParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        from = try params.string("from")
        to = try params.string("to")
    }
}

extension MergeIntentParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        from = try params.string("from")
        into = try params.string("into")
    }
}

extension RemoveIntentParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        intent = try params.string("intent")
    }
}

extension CreateSnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.optionalString("name")
    }
}

extension ShowSnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.optionalString("name")
    }
}

extension RemoveSnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.string("name")
    }
}

extension VerifySnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.optionalString("name")
    }
}

extension RestoreSnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.string("name")
    }
}

extension UndoParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        let count = try params.integer("count", in: 1...Int64(Int32.max))
        event = try params.integer("event", in: 1...Int64.max)
        isProved = try params.flag("prove")
        guard count == nil || event == nil else {
            throw ErrorReply(.invalidParams, "params", expected: "one of count and event", found: "2")
        }
        self.count = Int(count ?? 1)
    }
}

extension ForgetParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        let session = try params.optionalString("session").map(Selection.session)
        let user = try params.integer("user", in: 0...Int64(UInt32.max)).map { Selection.user(UInt32($0)) }
        let event = try params.integer("event", in: 1...Int64.max).map(Selection.event)
        isProved = try params.flag("prove")
        let given = [session, user, event].compactMap(\.self)
        guard given.count == 1, let only = given.first else {
            throw ErrorReply(
                .invalidParams, "params", expected: "one of session, user and event",
                found: given.isEmpty ? "none" : "\(given.count)")
        }
        selection = only
    }
}

extension HistoryParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        after = try params.integer("after", in: 0...Int64.max) ?? 0
        last = try params.integer("last", in: 1...Int64(Int32.max)).map(Int.init)
        isQuarantined = try params.flag("quarantined")
    }
}

extension CancelParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        id = try params.requestID("id")
    }
}

extension Sample {
    /// Reads a line of a training or test file: an object with `text` and `intent`, and `context` if there is one.
    /// Other fields are passed over.
    public init(json: [UInt8]) throws(ErrorReply) {
        self = try JSONText.decode(SampleLine.self, from: json).sample.get()
    }
}

private struct SampleLine: Decodable {
    let sample: Result<Sample, ErrorReply>

    init(from decoder: any Decoder) throws {
        var reader = ParamsReader(line: try decoder.container(keyedBy: JSONKey.self))
        sample = Result { () throws(ErrorReply) -> Sample in
            Sample(
                text: try reader.string("text"), intent: try reader.string("intent"),
                context: try reader.optionalString("context"))
        }
    }
}
