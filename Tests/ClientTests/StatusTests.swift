import Foundation
import SLMClient
import Synchronization
import Testing
import Wire

@testable import slmctl

/// The canned status, of another process or with other counts.
private func status(pid: Int32 = 12, predicted: Int) -> StatusResult {
    let service = Canned.status.service
    return StatusResult(
        service: ServiceStatus(
            version: service.version, isReady: true, pid: pid, uptimeSeconds: 1, memoryBytes: 70_000_000,
            connections: 1, socket: service.socket, state: service.state),
        model: Canned.status.model, slm: nil, learned: Canned.status.learned, queue: Canned.status.queue,
        conversations: Canned.status.conversations,
        latency: ["predict": LatencyStatus(predicted), "status": LatencyStatus(2 * predicted)])
}

extension LatencyStatus {
    fileprivate init(_ count: Int) {
        self.init(count: count, p50Milliseconds: 1, p99Milliseconds: 2.5, maxMilliseconds: 3)
    }
}

@Test func `a status fits a small screen, however much was asked for`() {
    let latency = Method.allCases.enumerated().map { ($1.rawValue, LatencyStatus(1_000_000 - $0)) }
    let learned = Canned.status.learned
    let busy = StatusResult(
        service: Canned.status.service, model: Canned.status.model, slm: Canned.slm,
        learned: LearnedStatus(
            intents: learned.intents, events: learned.events, head: learned.head, refusal: nil,
            heldBack: HeldBackStatus(count: 9, fault: nil)),
        queue: Canned.status.queue, conversations: Canned.status.conversations,
        latency: Dictionary(uniqueKeysWithValues: latency))
    for session in [nil, String(repeating: "0", count: 32)] {
        let screen = StatusScreen(status: busy, session: session)
        let lines = screen.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.count == 23)
        #expect(lines.allSatisfy { $0.columns <= 80 })
        #expect(!lines.contains { $0.hasPrefix("transfer.") })
        // Those asked for most are the first here.
        let shown = lines.count - 1 - (lines.firstIndex { $0.hasPrefix("requests ") } ?? 0) - 1
        #expect(
            lines.dropLast().suffix(shown).map { $0.prefix { $0 != " " } }
                == latency.prefix(shown).map { $0.0[...] })
        #expect(lines.last == "and \(Method.allCases.count - 2 - shown) more: slmctl status --json")
    }
    #expect(
        StatusScreen(status: busy).text.contains(
            """
            replies    SmolLM2-135M-Instruct Q4_1, 8192 tokens, cache 11.5 MB of 47.2 MB
                       313 tokens/s, of prompts 2100; 2 running, 1 waiting, 1250 done

            """))
    for rows in [24, 80] {
        let screen = StatusScreen(status: busy, isLive: true, rates: nil)
        let drawn = Top.drawing(.success(screen), on: (columns: 80, rows: rows)).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(drawn.count <= rows)
        #expect(rows == 80 || drawn.last?.hasPrefix("and ") == true)
        #expect(rows == 24 || drawn.last?.hasPrefix("and ") == false)
    }
}

@Test func `why replies are off is said`() {
    #expect(StatusScreen(status: Canned.status).text.contains("replies   off (slm: none)\n"))
    let missing = StatusScreen(status: Canned.status(nil, missing: "/m/a.gguf")).text
    #expect(missing.contains("replies   off (the language model is missing: slmctl doctor)\n"))
}

@Test func `numbers of requests stand in columns, the most frequent first`() {
    let text = StatusScreen(status: status(predicted: 9)).text
    #expect(
        text.hasSuffix(
            """

            requests  answered  p50 ms  p99 ms  max ms
            status          18    1.00    2.50    3.00
            predict          9    1.00    2.50    3.00
            """))
}

@Test func `rates are differences of counts, of one process alone`() throws {
    let before = status(predicted: 10)
    let rates = try #require(RequestRates(from: before, to: status(predicted: 30), seconds: 2))
    #expect(rates.ofMethod == ["predict": 10, "status": 20])
    #expect(rates.total == 10)
    #expect(RequestRates(from: before, to: status(pid: 13, predicted: 30), seconds: 2) == nil)
    #expect(RequestRates(from: before, to: before, seconds: 0) == nil)
}

@Test func `a screen is cut to the room there is`() {
    let screen = StatusScreen(status: Canned.status, isLive: true, rates: nil)
    let drawn = Top.drawing(.success(screen), on: (columns: 20, rows: 3))
    let lines = drawn.replacingOccurrences(of: "\u{1B}[H", with: "").replacingOccurrences(
        of: "\u{1B}[J", with: ""
    )
    .components(separatedBy: "\n").map { $0.replacingOccurrences(of: "\u{1B}[K", with: "") }
    #expect(lines == ["slmctl top: - reques", "", "slmd      0.1.0, rea"])
}

@Test func `top draws on a screen of its own, follows its size, and puts everything back`() throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    let terminal = try PseudoTerminal(["top", "--interval", "0.1"], socket: daemon.socket)
    let usual = terminal.mode
    try #require(terminal.waitFor("\u{1B}[?1049h"))
    try #require(terminal.waitFor("all-MiniLM-L6-v2"))
    #expect(terminal.mode & tcflag_t(ICANON) == 0)
    terminal.resize(columns: 12, rows: 3)
    try #require(terminal.waitFor("\u{1B}[Hslmctl top: \u{1B}[K\r\n\u{1B}[K\r\nslmd      0.\u{1B}[K\u{1B}[J"))
    terminal.type("q")
    try #require(terminal.waitFor("\u{1B}[?25h\u{1B}[?1049l"))
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationStatus == 0)
    #expect(terminal.mode == usual)
}

@Test(arguments: ["\u{03}", "\u{04}"])
func `top ends at the keys that end programs`(key: String) throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    let terminal = try PseudoTerminal(["top"], socket: daemon.socket)
    let usual = terminal.mode
    try #require(terminal.waitFor("all-MiniLM-L6-v2"))
    terminal.type(key)
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationStatus == 0)
    #expect(terminal.mode == usual)
}

@Test(arguments: [SIGTERM, SIGHUP])
func `top that is killed leaves the terminal as it was`(signal: CInt) throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    let terminal = try PseudoTerminal(["top"], socket: daemon.socket)
    let usual = terminal.mode
    try #require(terminal.waitFor("all-MiniLM-L6-v2"))
    kill(terminal.process.processIdentifier, signal)
    try #require(terminal.waitFor("\u{1B}[?1049l"))
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationReason == .uncaughtSignal)
    #expect(terminal.mode == usual)
}

@Test func `top waits for a daemon that has gone, and finds it again`() throws {
    let connections = Mutex(0)
    let daemon = try FakeDaemon { peer in
        let number = connections.withLock { count in
            count += 1
            return count
        }
        // The first connection breaks after one answer, the second before any.
        while number != 2, let request = peer.request() {
            if let id = request.id { peer.send(bytes: Canned.answer(request.call, id)) }
            if number == 1 { return }
        }
    }
    let terminal = try PseudoTerminal(["top", "--interval", "0.1"], socket: daemon.socket)
    try #require(terminal.waitFor("all-MiniLM-L6-v2"))
    try #require(terminal.waitFor("trying again"))
    try #require(terminal.waitFor("all-MiniLM-L6-v2"))
    terminal.type("q")
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationStatus == 0)
}
