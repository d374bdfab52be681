import FoundationEssentials
import SLMClient
import Wire

/// What there is to see of a daemon, gathered once.
struct Examination {
    let socket: SocketFacts
    let answer: Result<DaemonAnswer, ClientError>
    /// By name; `nil` where no systemd runs.
    let units: ServiceUnits?
    let state: FolderFacts
    /// What a daemon says that is started only to check its settings and models; where none answers.
    let trial: Program.Outcome?
    /// The last words of the service in the journal; where it failed, and the caller may read them.
    let lastWords: String?

    var findings: [Finding] {
        var findings = [socketFinding]
        switch answer {
        case .success(let answer):
            findings += answer.findings(of: socket)
            findings.append(memory(of: answer.status))
        case .failure:
            findings.append(trialFinding)
        }
        if let unit = units?.finding(lastWords: lastWords, daemon: daemon) { findings.append(unit) }
        findings += [state.finding(owner: socket), clock]
        return findings
    }

    /// The process that answered.
    private var daemon: Int32? {
        if case .success(let answer) = answer { answer.status.service.pid } else { nil }
    }
}

extension Examination {
    init(socket path: String) {
        let socket = SocketFacts(path)
        let answer = DaemonAnswer.from(path)
        let units = ServiceUnits.installed(for: socket)
        let status: StatusResult? = if case .success(let answer) = answer { answer.status } else { nil }
        let hasFailed = status == nil && units?.service.hasFailed == true
        self.init(
            socket: socket, answer: answer, units: units,
            state: FolderFacts(status?.service.state ?? socket.usualState),
            trial: status == nil ? Program.daemon.map { Program.run([$0, "--check"]) } : nil,
            lastWords: hasFailed ? units?.lastWords() : nil)
    }
}

/// What the daemon told.
struct DaemonAnswer {
    let hello: Hello
    let status: StatusResult
    /// When the newest lesson was taught that the caller may see.
    let newestLesson: Date?

    /// A daemon that is being started, and reads its log again, may need some time.
    private static let patience = Duration.seconds(10)

    static func from(_ socket: String) -> Result<DaemonAnswer, ClientError> {
        Result { () throws(ClientError) in
            var connection = try Connection(socket: socket, timeout: patience)
            let status = try connection.status()
            let newest = try timeOfNewest(connection: &connection)
            // Where it cannot be read there is nothing to compare with.
            return DaemonAnswer(
                hello: connection.hello, status: status,
                newestLesson: newest.flatMap { try? Date($0, strategy: .iso8601) })
        }
    }

    /// A log that the daemon cannot read is told by its status and the disk, and is no fault of the socket.
    private static func timeOfNewest(connection: inout Connection) throws(ClientError) -> String? {
        do {
            return try connection.history(last: 1).events.last?.time
        } catch .refused {
            return nil
        }
    }
}
