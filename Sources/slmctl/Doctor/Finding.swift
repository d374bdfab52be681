internal import JSON
import Wire

/// What one check of `slmctl doctor` has found.
struct Finding: JSONWritable, Hashable {
    enum Verdict: String {
        case ok
        case warning
        case problem
    }

    let check: String
    let verdict: Verdict
    let found: String
    /// What to do about it.
    let remedy: String?

    static func ok(_ check: String, _ found: String) -> Finding {
        Finding(check: check, verdict: .ok, found: found, remedy: nil)
    }

    static func warning(_ check: String, _ found: String, remedy: String?) -> Finding {
        Finding(check: check, verdict: .warning, found: found, remedy: remedy)
    }

    static func problem(_ check: String, _ found: String, remedy: String?) -> Finding {
        Finding(check: check, verdict: .problem, found: found, remedy: remedy)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("check", check)
            json.field("verdict", verdict.rawValue)
            json.field("found", found)
            json.field(orNull: "remedy", remedy)
        }
    }

    /// A line, and one more when there is something to do.
    func text(on terminal: Terminal) -> String {
        let style: Terminal.Style =
            switch verdict {
            case .ok: .green
            case .warning: .yellow
            case .problem: .red
            }
        let word = verdict.rawValue
        let blanks = String(repeating: " ", count: "problem".count - word.count)
        let name = check + String(repeating: " ", count: max(8 - check.count, 0))
        let line = "\(terminal.styled(word, style))\(blanks)  \(name)  \(Rendering.shown(found))"
        guard let remedy else { return line }
        return line + "\n" + String(repeating: " ", count: 19) + terminal.styled("→ \(remedy)", .bold)
    }
}
