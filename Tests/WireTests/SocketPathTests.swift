import Testing
import Wire

private let mine = "/run/user/7/slmd/slmd.sock"
private let runtime = ["XDG_RUNTIME_DIR": "/run/user/7"]
private let everything = [
    "SLMD_SOCKET": "/variable", "RUNTIME_DIRECTORY": "/run/slmd:/run/other", "XDG_RUNTIME_DIR": "/run/user/7",
]

@Test func `the daemon takes the flag, the variable, the setting, systemd's directory, then the user's`() {
    func path(flag: String? = nil, setting: String? = nil, _ environment: [String: String]) -> String {
        SocketPath.forDaemon(flag: flag, setting: setting, environment: environment, uid: 7)
    }
    #expect(path(flag: "/flag", setting: "/setting", everything) == "/flag")
    #expect(path(setting: "/setting", everything) == "/variable")
    let service = everything.filter { $0.key != "SLMD_SOCKET" }
    #expect(path(setting: "/setting", service) == "/setting")
    #expect(path(service) == "/run/slmd/slmd.sock")
    #expect(path(runtime) == mine)
    #expect(path([:]) == "/tmp/slmd-7/slmd.sock")
    #expect(
        path(["SLMD_SOCKET": "", "RUNTIME_DIRECTORY": "", "XDG_RUNTIME_DIR": ""]) == "/tmp/slmd-7/slmd.sock")
}

@Test func `a client takes the flag, the variable, then the socket that is there`() {
    func path(flag: String? = nil, _ environment: [String: String], there: Set<String>) -> String {
        SocketPath.forClient(flag: flag, environment: environment, uid: 7) { there.contains($0) }
    }
    #expect(path(flag: "/flag", everything, there: []) == "/flag")
    #expect(path(everything, there: [mine]) == "/variable")
    #expect(path(runtime, there: [mine, SocketPath.system]) == mine)
    #expect(path(runtime, there: [SocketPath.system]) == SocketPath.system)
    #expect(path(runtime, there: []) == mine)
}
