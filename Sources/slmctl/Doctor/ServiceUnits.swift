/// The units of slmd, as systemd knows them.
struct ServiceUnits: Hashable {
    let socket: UnitState
    let service: UnitState
    /// Whether they are of the user's own systemd.
    let areUsers: Bool

    /// - Returns: `nil` where no systemd runs, or it does not answer.
    static func installed(for socket: SocketFacts) -> ServiceUnits? {
        guard FolderFacts("/run/systemd/system").mode != nil else { return nil }
        // Where nothing listens for either, the system's comes first.
        if socket.isSystems || !socket.isThere, let system = shown(areUsers: false),
            socket.isSystems || system.isInstalled
        {
            return system
        }
        return socket.isSystems ? nil : shown(areUsers: true)
    }

    var isInstalled: Bool { service.load != "not-found" }

    private static func shown(areUsers: Bool) -> ServiceUnits? {
        let show = ["systemctl"] + (areUsers ? ["--user"] : []) + ["show", "slmd.socket", "slmd.service"]
        guard case .ended(0, let text) = Program.run(show, withErrors: false) else { return nil }
        return ServiceUnits(showing: text, areUsers: areUsers)
    }

    /// - Parameter text: what `systemctl show slmd.socket slmd.service` prints.
    init?(showing text: String, areUsers: Bool) {
        let units = text.split(separator: "\n\n", omittingEmptySubsequences: true).map {
            UnitState(showing: String($0))
        }
        guard units.count == 2 else { return nil }
        (socket, service) = (units[0], units[1])
        self.areUsers = areUsers
    }

    private var systemctl: String { areUsers ? "systemctl --user" : "sudo systemctl" }

    /// The command that shows the log.
    var journal: String { areUsers ? "journalctl --user -u slmd -n 20" : "sudo journalctl -u slmd -n 20" }

    /// The last line that the daemon itself wrote to the journal: not what its libraries say to syslog.
    func lastWords() -> String? {
        let unit = areUsers ? ["--user", "_SYSTEMD_USER_UNIT=slmd.service"] : ["_SYSTEMD_UNIT=slmd.service"]
        let own = ["_TRANSPORT=journal", "_TRANSPORT=stdout"]
        let command = ["journalctl"] + unit + own + ["-n", "1", "-o", "cat", "-q", "--no-pager"]
        guard case .ended(0, let text) = Program.run(command, withErrors: false), !text.trimmed.isEmpty else {
            return nil
        }
        return text.trimmed
    }

    /// What makes a daemon listen; `nil` where that is not for systemd to do.
    var start: String? {
        guard isInstalled else { return nil }
        if socket.load == "masked" { return "\(systemctl) unmask slmd.socket slmd.service" }
        if socket.isActive {
            return areUsers ? nil : "ask the system's daemon: unset SLMD_SOCKET, and leave --socket out"
        }
        return socket.hasFailed || service.hasFailed
            ? again
            : "\(systemctl) enable --now slmd.socket"
    }

    /// A unit that has failed too often is not started again before that is forgotten.
    private var again: String {
        "\(systemctl) reset-failed slmd.socket slmd.service; \(systemctl) restart slmd.socket"
    }

    /// - Parameter daemon: the process that answers, if one does.
    func finding(lastWords: String?, daemon: Int32?) -> Finding? {
        guard isInstalled else { return .ok("service", "not installed as a service") }
        if let daemon, service.process != daemon {
            return .ok(
                "service",
                "not in use: process \(daemon) was not started by \(areUsers ? "the user's" : "the") slmd.service"
            )
        }
        if service.hasFailed {
            return .problem(
                "service",
                "slmd.service failed: \(service.reason)" + (lastWords.map { "; it said: \($0)" } ?? ""),
                remedy: "mend that, then: \(again); the log: \(journal)")
        }
        if socket.hasFailed {
            return .problem(
                "service", "slmd.socket failed: \(socket.result)",
                remedy: "\(again); the log: \(journal)")
        }
        let states =
            "slmd.socket \(socket.active) and \(socket.file), slmd.service \(service.active) and \(service.file)"
        guard socket.isActive || service.isActive else {
            return .problem("service", states, remedy: start)
        }
        guard socket.file == "enabled" || service.file == "enabled" else {
            return .warning(
                "service", "\(states): not there after the next boot",
                remedy: "\(systemctl) enable slmd.socket")
        }
        guard service.restarts == 0 else {
            return .warning(
                "service", "\(states); restarted \(service.restarts) times", remedy: "see why: \(journal)")
        }
        return .ok("service", states)
    }
}

/// One unit, from what `systemctl show` prints.
struct UnitState: Hashable {
    let load: String
    let active: String
    /// Whether it is enabled.
    let file: String
    let result: String
    let exitStatus: Int
    let process: Int32
    let restarts: Int
    /// In bytes; `nil` when there is no limit.
    let memoryHigh: Int?

    init(showing text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = line[line.index(after: equals)...]
        }
        func value(_ name: Substring) -> String { values[name].map(String.init) ?? "" }
        load = value("LoadState")
        active = value("ActiveState")
        file = value("UnitFileState")
        result = value("Result")
        exitStatus = Int(value("ExecMainStatus")) ?? 0  // a socket has none
        process = Int32(value("MainPID")) ?? 0  // a socket has none
        restarts = Int(value("NRestarts")) ?? 0  // a socket has none
        memoryHigh = Int(value("MemoryHigh"))  // "infinity" is no limit
    }

    var isActive: Bool { active == "active" || active == "activating" || active == "reloading" }
    var hasFailed: Bool { active == "failed" }

    /// Why it failed, by the exit statuses of slmd(8).
    var reason: String {
        guard result == "exit-code" || result == "start-limit-hit" && exitStatus != 0 else { return result }
        let meaning =
            switch exitStatus {
            case 64: "the command line cannot be understood"
            case 70: "a fault of slmd itself"
            case 73: "the socket cannot be made"
            case 74: "the state cannot be read or written"
            case 75: "another daemon has the socket or the state"
            case 77: "the socket's folder is another user's"
            case 78: "the settings, the tasks, the model or the bootstrap file are missing or wrong"
            default: "slmd did not start"
            }
        return "\(meaning) (status \(exitStatus))"
    }
}
