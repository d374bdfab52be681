import ArgumentParser
import SLMClient
import Wire

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the daemon and what it needs, and say what to do.",
        discussion: """
            A line a check: ok, warning or problem, and what helps. It works while no daemon runs, and says why none \
            does. The status is 0 when there is no problem.
            """)
    @OptionGroup var options: Options

    func run() throws {
        try options.run { () throws(Failure) in
            let findings = Examination(socket: Environment.socket(flag: options.socket)).findings
            for finding in findings { try options.print(finding) { $0.text(on: .output) } }
            let problems = findings.count { $0.verdict == .problem }
            guard problems == 0 else {
                throw Failure(
                    .unavailable, "problems", "\(problems) problem\(problems == 1 ? "" : "s") found")
            }
        }
    }
}
