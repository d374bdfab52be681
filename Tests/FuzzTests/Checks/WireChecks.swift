import JSON
import Wire

extension FuzzTarget {
    /// However a stream is cut, it has the same frames and the same end, and no byte of it is lost. The first byte says
    /// how long the pieces are.
    func checkFrames(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let stream = bytes.dropFirst()
        var (whole, pieces) = (FrameDecoder(limit: 1000), FrameDecoder(limit: 1000))
        whole.append(stream)
        let expected = drain(&whole)
        var found: (bodies: [[UInt8]], error: FrameError?) = ([], nil)
        var rest = stream
        while !rest.isEmpty, found.error == nil {
            let count = min(rest.count, Int(first) + 1)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
            let drained = drain(&pieces)
            found = (found.bodies + drained.bodies, drained.error)
        }
        try promise(found.bodies == expected.bodies, "pieces leave the frames")
        try promise(found.error == expected.error, "pieces leave the error")
        let framed = expected.bodies.reduce(0) { $0 + Frame.headerBytes + $1.count }
        try promise(framed + whole.pendingBytes == stream.count, "no byte is lost")
    }

    private func drain(_ decoder: inout FrameDecoder) -> (bodies: [[UInt8]], error: FrameError?) {
        var bodies: [[UInt8]] = []
        do throws(FrameError) {
            while let body = try decoder.next() { bodies.append(body) }
            return (bodies, nil)
        } catch {
            return (bodies, error)
        }
    }

    /// What is no request gets a refusal, which a client can read.
    func checkRequest(_ bytes: [UInt8]) throws {
        let fault: RequestFault
        do throws(RequestFault) {
            _ = try Request(decoding: bytes)
            return
        } catch {
            fault = error
        }
        let refusal = JSONWriter.encode(Refusal(id: fault.id, error: fault.error))
        guard case .refusal(let id, let error) = try Incoming<StatusResult>(decoding: refusal) else {
            throw BrokenPromise(description: "a refusal is read as one")
        }
        try promise(id == fault.id && error == fault.error, "a refusal arrives as it was sent")
    }

    /// What a client reads as an answer is the same answer when it is sent on.
    func checkAnswer(_ bytes: [UInt8]) throws {
        try checkAnswer(bytes, as: PredictResult.self)
        try checkAnswer(bytes, as: EmbedResult.self)
        try checkAnswer(bytes, as: EntitiesResult.self)
        try checkAnswer(bytes, as: EvaluateResult.self)
        try checkAnswer(bytes, as: GenerateResult.self)
        try checkAnswer(bytes, as: HistoryResult.self)
        try checkAnswer(bytes, as: IntentsResult.self)
        try checkAnswer(bytes, as: SnapshotsResult.self)
        try checkAnswer(bytes, as: StatusResult.self)
        try checkAnswer(bytes, as: TeachResult.self)
    }

    private func checkAnswer<Body: JSONWritable & Decodable & Hashable & Sendable>(
        _ bytes: [UInt8], as type: Body.Type
    ) throws {
        // any error will do
        guard case .answer(let id, let body)? = try? Incoming<Body>(decoding: bytes) else { return }
        let sent = JSONWriter.encode(Answer(id: id, result: body))
        guard case .answer(id, let again) = try Incoming<Body>(decoding: sent) else {
            throw BrokenPromise(description: "a \(type) is read as an answer")
        }
        try promise(JSONWriter.encode(Answer(id: id, result: again)) == sent, "a \(type) is the same twice")
    }
}
