import Foundation
import SLMClient
import Testing
import Wire

@testable import slmctl

private let shown = """
    LoadState=loaded
    ActiveState=active
    UnitFileState=enabled
    Result=success

    MainPID=12
    Result=success
    NRestarts=0
    MemoryHigh=1073741824
    LoadState=loaded
    ActiveState=active
    UnitFileState=enabled
    """

/// The units, with some of what systemd says of the service, or of both, replaced.
private func units(_ changes: [(String, String)] = []) throws -> ServiceUnits {
    let text = changes.reduce(shown) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    return try #require(ServiceUnits(showing: text, areUsers: false))
}

private func caller(_ name: String = "alice", uid: UInt32 = 1000, groups: Set<UInt32> = [1000]) -> Caller {
    Caller(uid: uid, name: name, groups: groups)
}

private func socket(
    _ caller: Caller = caller(), isThere: Bool = true, members: Set<String> = []
) -> SocketFacts {
    SocketFacts(
        path: SocketPath.system, caller: caller, isThere: isThere, owner: isThere ? 990 : nil,
        group: isThere ? AccessGroup(name: "slm", gid: 991, members: members) : nil)
}

private let disk = FolderFacts(
    path: "/var/lib/slmd", owner: 990, mode: 0o700, free: 50_000_000_000, isReadOnly: false)

private func answer(_ status: StatusResult = Canned.status, newest: Date? = nil) -> Result<
    DaemonAnswer, ClientError
> {
    .success(DaemonAnswer(hello: FakeDaemon.hello, status: status, newestLesson: newest))
}

private func examination(
    _ socket: SocketFacts = socket(), _ answer: Result<DaemonAnswer, ClientError> = answer(),
    _ units: ServiceUnits? = nil, _ state: FolderFacts = disk, trial: Program.Outcome? = nil
) -> Examination {
    Examination(
        socket: socket, answer: answer, units: units, state: state, trial: trial, lastWords: nil)
}

extension [Finding] {
    fileprivate subscript(check: String) -> Finding? { first { $0.check == check } }
}

@Test func `a daemon that is well has no problem`() throws {
    let findings = examination(socket(), answer(), try units()).findings
    #expect(findings.filter { $0.verdict == .problem } == [])
    #expect(
        findings.map(\.check) == [
            "socket", "daemon", "access", "model", "replies", "learning", "memory", "service", "state",
            "clock",
        ])
    #expect(findings["memory"]?.found.contains("may use 1.1 GB") == true)
}

@Test func `whether there are replies is said, and what would let a model converse`() {
    let chosen = examination(socket(), answer(Canned.status)).findings["replies"]
    #expect(chosen == .ok("replies", "off: the settings say slm: none"))
    let missing = examination(socket(), answer(Canned.status(nil, missing: "/m/a.gguf"))).findings["replies"]
    #expect(missing?.verdict == .warning && missing?.found.contains("/m/a.gguf is missing") == true)
    let on = examination(socket(), answer(Canned.status(Canned.slm))).findings["replies"]
    #expect(on == .ok("replies", "SmolLM2-135M-Instruct Q4_1, 8192 tokens of context"))
    let model = SLMStatus.Model(
        name: "a", architecture: "llama", precision: "F16", template: nil, digest: nil, context: 512)
    let raw = SLMStatus(model: model, cache: Canned.slm.cache, work: Canned.slm.work)
    let finding = examination(socket(), answer(Canned.status(raw))).findings["replies"]
    #expect(finding?.verdict == .warning && finding?.remedy?.contains("slm.template") == true)
}

@Test func `one who is kept out is told which group, and that a new session is needed`() {
    let denied = Result<DaemonAnswer, ClientError>.failure(.permissionDenied(socket: SocketPath.system))
    let outside = examination(socket(), denied).findings["socket"]
    #expect(outside?.verdict == .problem)
    #expect(outside?.remedy == "sudo usermod -aG slm alice, then log out and in again")
    let fresh = examination(socket(members: ["alice"]), denied).findings["socket"]
    #expect(fresh?.remedy == "log out and in again, or run: newgrp slm")
    let roots = SocketFacts(
        path: "/tmp/s", caller: caller(), isThere: true, owner: 0,
        group: AccessGroup(name: "root", gid: 0, members: []))
    #expect(examination(roots, denied).findings["socket"]?.found == "/tmp/s is another user's own")
}

@Test(arguments: [
    ([], "ask the system's daemon: unset SLMD_SOCKET, and leave --socket out"),
    ([("=loaded", "=not-found")], "start a daemon: slmd, or make chat in a checkout"),
    ([("=loaded", "=masked")], "sudo systemctl unmask slmd.socket slmd.service"),
    ([("State=active", "State=inactive")], "sudo systemctl enable --now slmd.socket"),
    (
        [("State=active", "State=failed")],
        "sudo systemctl reset-failed slmd.socket slmd.service; sudo systemctl restart slmd.socket"
    ),
])
func `where nobody listens the command is told that makes it listen`(
    changes: [(String, String)], remedy: String
) throws {
    let missing = Result<DaemonAnswer, ClientError>.failure(.notRunning(socket: SocketPath.system))
    let findings = examination(socket(isThere: false), missing, try units(changes)).findings
    #expect(findings["socket"]?.verdict == .problem)
    #expect(findings["socket"]?.remedy == remedy)
}

@Test func `where nobody listens at a place of one's own, the daemon that would is named`() throws {
    let socket = SocketFacts(
        path: "/tmp/my socket", caller: caller(), isThere: false, owner: nil, group: nil)
    let missing = Result<DaemonAnswer, ClientError>.failure(.notRunning(socket: socket.path))
    let there = "start a daemon there: slmd --socket '/tmp/my socket'"
    #expect(examination(socket, missing).findings["socket"]?.remedy == there)
    let beside = examination(socket, missing, try units()).findings["socket"]?.remedy
    #expect(beside == "ask the system's daemon: unset SLMD_SOCKET, and leave --socket out; or \(there)")
}

@Test func `a service that failed is told by the status it ended with`() throws {
    let failed = try units([
        ("MainPID=12\nResult=success", "MainPID=0\nResult=exit-code\nExecMainStatus=78"),
        (
            "MemoryHigh=1073741824\nLoadState=loaded\nActiveState=active",
            "LoadState=loaded\nActiveState=failed"
        ),
    ])
    let finding = failed.finding(lastWords: "slmd: models: not there", daemon: nil)
    #expect(finding?.verdict == .problem)
    #expect(
        finding?.found == "slmd.service failed: the settings, the tasks, the model or the bootstrap file are "
            + "missing or wrong (status 78); it said: slmd: models: not there")
    let disabled = try units([("=enabled", "=disabled")]).finding(lastWords: nil, daemon: 12)
    #expect(disabled?.verdict == .warning)
    let byHand = try units().finding(lastWords: nil, daemon: 13)
    #expect(byHand?.verdict == .ok)
}

@Test(arguments: [
    (
        FolderFacts(path: "/s", owner: 990, mode: 0o700, free: 99_000_000, isReadOnly: false),
        Finding.Verdict.problem
    ),
    (FolderFacts(path: "/s", owner: 990, mode: 0o700, free: 900_000_000, isReadOnly: false), .warning),
    (FolderFacts(path: "/s", owner: 990, mode: 0o755, free: 9_000_000_000, isReadOnly: false), .warning),
    (FolderFacts(path: "/s", owner: 990, mode: 0o700, free: 9_000_000_000, isReadOnly: true), .problem),
    (FolderFacts(path: "/s", owner: nil, mode: nil, free: 9_000_000_000, isReadOnly: false), .ok),
    (FolderFacts(path: "/s", owner: 990, mode: 0o700, free: 9_000_000_000, isReadOnly: false), .ok),
])
func `a state that cannot be written, or be read by others, is told`(
    state: FolderFacts, verdict: Finding.Verdict
) {
    #expect(state.finding(owner: socket()).verdict == verdict)
}

@Test func `a log that cannot be read hides nothing else that the daemon tells`() throws {
    let daemon = try FakeDaemon { call, id in
        guard case .history = call else { return Canned.answer(call, id) }
        return Frame.encode(Refusal(id: id, error: ErrorReply(.storage, "cannot read the event log")))
    }
    let answer = try DaemonAnswer.from(daemon.socket).get()
    #expect(answer.status == Canned.status && answer.newestLesson == nil)
}

@Test func `a lesson from the future is the clock's fault`() {
    let late = examination(socket(), answer(newest: .now.addingTimeInterval(3600))).findings["clock"]
    #expect(late?.verdict == .problem)
    let early = examination(socket(), answer(newest: .now.addingTimeInterval(-3600))).findings["clock"]
    #expect(early?.verdict != .problem)
}

@Test func `settings and models that are wrong are told in the daemon's words`() {
    let missing = Result<DaemonAnswer, ClientError>.failure(.notRunning(socket: SocketPath.system))
    let bad = examination(socket(), missing, trial: .ended(status: 78, said: "slmd: no model\nmake models\n"))
    #expect(bad.findings["program"]?.found == "slmd --check ends with 78: slmd: no model; make models")
    let good = examination(socket(), missing, trial: .ended(status: 0, said: "good"))
    #expect(good.findings["program"]?.verdict == .ok)
}

@Test func `programs are run with their output, their errors and their status`() {
    #expect(Program.run(["sh", "-c", "echo a; echo b >&2; exit 3"]) == .ended(status: 3, said: "a\nb\n"))
    #expect(
        Program.run(["sh", "-c", "echo a; echo b >&2"], withErrors: false) == .ended(status: 0, said: "a\n"))
    #expect(Program.run(["sh", "-c", "kill -9 $$"]) == .ended(status: 137, said: ""))
    #expect(Program.run(["/nowhere/at-all"]) == .notRun(reason: "No such file or directory"))
}

@Test func `a folder is described with the disk that it lies on or would lie on`() {
    let temporary = FolderFacts(NSTemporaryDirectory() + "not/there")
    #expect(temporary.mode == nil && (temporary.free ?? 0) > 0 && !temporary.isReadOnly)
}
