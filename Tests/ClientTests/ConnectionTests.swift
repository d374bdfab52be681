import Foundation
import JSON
import SLMClient
import Synchronization
import Testing
import Wire

@Test func `every method gives the answer that was sent`() throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    var connection = try Connection(socket: daemon.socket)
    #expect(connection.hello == FakeDaemon.hello)
    #expect(try connection.predict("I need report") == Canned.prediction("I need report"))
    #expect(try connection.embed("a").embedding == [0.6, 0.8])
    #expect(try connection.teach("x", "a").after == Guess(intent: "x", confidence: 0.5))
    #expect(try connection.train([Sample(text: "a", intent: "x")]).count == 3)
    #expect(try connection.evaluate([Sample(text: "a", intent: "x")]) == Canned.evaluation)
    #expect(try connection.intents() == [IntentEntry(intent: "a", examples: 3)])
    #expect(try connection.renameIntent("a", to: "b").intents == 5)
    #expect(try connection.mergeIntent("a", into: "b").event == 3)
    #expect(try connection.removeIntent("a").event == 3)
    #expect(try connection.createSnapshot(named: "n").name == "n")
    #expect(try connection.snapshots() == [Canned.snapshot])
    #expect(try connection.snapshot("first").intents?.count == 2)
    #expect(try connection.removeSnapshot("first") == Canned.snapshot)
    #expect(try connection.verify().isEqual)
    #expect(try connection.restore(snapshot: "first").position == 2)
    #expect(try connection.undo(2).undone == [7, 8])
    #expect(try connection.forget(.user(1000), isProved: true).replayedDigest == "123456")
    #expect(try connection.history(last: 1).events.map(\.event) == [5])
    #expect(try connection.status() == Canned.status)
}

@Test func `a refusal is an error of its own, and the connection goes on`() throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    var connection = try Connection(socket: daemon.socket)
    #expect(throws: ClientError.refused(ErrorReply(.emptyText, "the text is empty"))) {
        try connection.predict("")
    }
    #expect(try connection.predict("a").text == "a")
}

@Test func `answers come in the order of their requests, whatever order they were sent in`() throws {
    let daemon = try FakeDaemon { peer in
        var batch: [Request] = []
        while let request = peer.request() {
            batch.append(request)
            guard batch.count == 8 else { continue }
            for request in batch.reversed() {
                if let id = request.id { peer.send(bytes: Canned.answer(request.call, id)) }
            }
            batch.removeAll()
        }
    }
    var connection = try Connection(socket: daemon.socket)
    let texts = (0..<64).map { $0 == 13 ? "" : "text \($0)" }
    let results = try connection.predict(texts, window: 8)
    #expect(results.count == 64)
    for (text, result) in zip(texts, results) {
        switch result {
        case .success(let answer): #expect(answer.text == text)
        case .failure(let error): #expect(text.isEmpty && error.kind == .emptyText)
        }
    }
}

@Test func `no more requests are under way than the window allows`() throws {
    let most = Mutex(0)
    let daemon = try FakeDaemon { peer in
        var waiting: [RequestID] = []
        while let request = peer.request(), let id = request.id {
            waiting.append(id)
            most.withLock { $0 = max($0, waiting.count) }
            guard waiting.count == 4 else { continue }
            for id in waiting { peer.send(Answer(id: id, result: Canned.prediction("x"))) }
            waiting.removeAll()
        }
    }
    var connection = try Connection(socket: daemon.socket)
    _ = try connection.predict((0..<40).map(String.init), window: 4)
    #expect(most.withLock { $0 } == 4)
}

@Test func `a daemon that writes before it reads does not block a client that writes`() throws {
    let daemon = try FakeDaemon { peer in
        while let request = peer.request(), let id = request.id {
            // Longer than a socket buffers: this returns only when the client reads.
            let text = String(repeating: "x", count: 2 << 20)
            peer.send(Answer(id: id, result: Canned.prediction(text)))
        }
    }
    var connection = try Connection(socket: daemon.socket)
    let results = try connection.predict(
        Array(repeating: String(repeating: "y", count: 2 << 20), count: 6), window: 6)
    #expect(results.allSatisfy { (try? $0.get())?.text.utf8.count == 2 << 20 })
}

@Test func `samples are staged in order, in frames that let others through, then used`() throws {
    let samples = (0..<5000).map { Sample(text: "a text of some words, number \($0)", intent: "i\($0 % 7)") }
    let staged = Mutex([Sample]())
    let sizes = Mutex([Int]())
    let daemon = try FakeDaemon { peer in
        while let request = peer.request(), let id = request.id {
            if case .stageExamples(let params) = request.call {
                staged.withLock { $0 += params.examples }
                sizes.withLock { $0.append(JSONWriter.encode(params).count) }
            }
            if case .train(TrainParams(usesStaged: true, keepsBase: true)) = request.call {
                peer.send(Notification(Wire.Progress(id: id, phase: .embedding, done: 1, total: 2)))
                peer.send(Notification(Wire.Progress(id: id, phase: .learning, done: 2, total: 2)))
            }
            peer.send(bytes: Canned.answer(request.call, id))
        }
    }
    var connection = try Connection(socket: daemon.socket)
    var steps: [Wire.Progress.Phase] = []
    _ = try connection.train(samples, keepingBase: true) { steps.append($0.phase) }
    #expect(staged.withLock { $0 } == samples)
    #expect(sizes.withLock { $0.count > 4 && $0.allSatisfy { $0 < 100_000 } })
    #expect(steps == [.embedding, .learning])
}

@Test func `samples that were refused do not slip into the next training set`() throws {
    let error = ErrorReply(.invalidParams, "too many examples")
    let daemon = try FakeDaemon { _, id in Frame.encode(Refusal(id: id, error: error)) }
    var connection = try Connection(socket: daemon.socket)
    let samples = [Sample(text: "a", intent: "x")]
    #expect(throws: ClientError.refused(error)) { try connection.train(samples) }
    #expect(throws: ClientError.closed(socket: daemon.socket)) { try connection.train(samples) }
}

@Test func `a cancelled request is named to the daemon`() throws {
    let daemon = try FakeDaemon { peer in
        guard let asked = peer.request()?.id, case .cancel(asked)? = peer.request()?.call else { return }
        peer.send(Refusal(id: asked, error: ErrorReply(.cancelled, "cancelled")))
        _ = peer.request()
    }
    var connection = try Connection(socket: daemon.socket)
    let id = try connection.send(PredictParams(text: "a"))
    try connection.cancel(id)
    let reply = try connection.receive(PredictParams.self)
    #expect(reply.id == id)
    #expect(reply.result == .failure(ErrorReply(.cancelled, "cancelled")))
}

@Test func `a socket nobody listens at is named, with the commands that start the daemon`() {
    let path = "/nonexistent/slmd.sock"
    #expect(throws: ClientError.notRunning(socket: path)) { _ = try Connection(socket: path) }
    let message = ClientError.notRunning(socket: path).description
    #expect(message.contains(path) && message.contains("slmd") && message.contains("make chat"))
    #expect(message.contains("systemctl start slmd"))
}

@Test func `a path longer than an address holds is an error`() {
    let path = "/" + String(repeating: "x", count: 107)
    #expect(throws: ClientError.pathTooLong(socket: path, limit: 107)) { _ = try Connection(socket: path) }
}

@Test(arguments: [
    [0, 0, 0, 2, 123, 125], [0, 0, 0, 1, 255], [255, 255, 255, 255], Array("HTTP/1.1 400 Bad Request".utf8),
])
func `another server is not taken for the daemon`(greeting: [UInt8]) throws {
    let daemon = try FakeDaemon(greeting: greeting) { peer in _ = peer.request() }
    #expect {
        _ = try Connection(socket: daemon.socket)
    } throws: { error in
        if case .notTheDaemon? = error as? ClientError { true } else { false }
    }
}

@Test func `a daemon of another major protocol is refused`() throws {
    let greeting =
        #"{"jsonrpc":"2.0","method":"hello","params":{"server":"slmd","version":"9","protocol":"#
        + #"{"major":2,"minor":0},"limits":{"frame_bytes":1,"text_bytes":1,"label_bytes":1,"examples":1}}}"#
    let frame = [0, 0, 0, UInt8(greeting.utf8.count)] + Array(greeting.utf8)
    let daemon = try FakeDaemon(greeting: frame) { peer in _ = peer.request() }
    #expect(throws: ClientError.otherProtocol(expected: 1, found: 2)) {
        _ = try Connection(socket: daemon.socket)
    }
}

@Test func `a refusal in place of the greeting is passed on`() throws {
    let error = ErrorReply(.tooManyConnections, "1024 connections are open")
    let daemon = try FakeDaemon(greeting: Frame.encode(Refusal(id: nil, error: error))) { _ = $0.request() }
    #expect(throws: ClientError.refused(error)) { _ = try Connection(socket: daemon.socket) }
}

@Test func `a daemon that ends before it answers is an error`() throws {
    let daemon = try FakeDaemon { peer in _ = peer.request() }
    var connection = try Connection(socket: daemon.socket)
    #expect(throws: ClientError.closed(socket: daemon.socket)) { try connection.predict("a") }
}

@Test func `the reason a daemon gives before it closes is passed on`() throws {
    let error = ErrorReply(.frameTooLarge, "a frame of 9 bytes")
    let daemon = try FakeDaemon { peer in peer.send(Refusal(id: nil, error: error)) }
    var connection = try Connection(socket: daemon.socket)
    #expect(throws: ClientError.refused(error)) {
        try connection.predict(String(repeating: "x", count: 1 << 20))
    }
}

@Test func `a silent daemon is an error after the timeout`() throws {
    let daemon = try FakeDaemon { peer in while peer.request() != nil {} }
    var connection = try Connection(socket: daemon.socket)
    connection.timeout = .milliseconds(20)
    #expect(throws: ClientError.silent(for: .milliseconds(20))) { try connection.predict("a") }
}

@Test func `an answer of the wrong shape is an error`() throws {
    let daemon = try FakeDaemon { _, id in Frame.encode(Answer(id: id, result: StageResult(staged: 1))) }
    var connection = try Connection(socket: daemon.socket)
    #expect {
        try connection.predict("a")
    } throws: { error in
        if case .malformed? = error as? ClientError { true } else { false }
    }
}
