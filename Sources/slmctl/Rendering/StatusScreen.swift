import Wire

/// The state of the daemon as people read it: lines of 80 columns when its paths are short, and no more of them than fit a
/// screen of 24 with a prompt below.
struct StatusScreen {
    static let height = 23

    let status: StatusResult
    /// That of a chat.
    var session: String?
    /// Whether there is a column for requests a second.
    var isLive = false
    /// `nil` at the first look.
    var rates: RequestRates?

    var text: String { lines(atMost: Self.height).joined(separator: "\n") }

    /// - Parameter height: methods beyond it are left out, the least used first.
    func lines(atMost height: Int) -> [String] {
        let facts = Rendering.columns(facts)
        return facts + [""] + requests(atMost: height - facts.count - 1)
    }

    private var facts: [[String]] {
        let (service, model, learned) = (status.service, status.model, status.learned)
        let kernels = model.kernels.map { ", \($0)" } ?? ""
        let head = learned.head
        return [
            [
                "slmd",
                "\(service.version), \(service.isReady ? "ready" : "not ready"), process \(service.pid), "
                    + "up \(Self.duration(service.uptimeSeconds))",
            ],
            ["model", "\(model.name) \(model.precision), \(model.dimension) components\(kernels)"],
        ] + replies + [
            [
                "head",
                "\(Rendering.count(learned.intents, "intent")), \(Self.size(head.bytes)), event \(head.event), "
                    + "sha256 \(head.digest.prefix(12))",
            ],
            ["events", "\(learned.events)"],
            ["learning", learned.refusal.map { "refused: \($0)" } ?? "on"],
        ] + heldBack + [
            ["turns", turns],
            ["memory", Self.size(service.memoryBytes)],
            ["queue", "\(status.queue.waiting) waiting of \(status.queue.limit)"],
            ["clients", "\(service.connections) connected"],
            ["socket", service.socket],
            ["state", service.state],
        ] + (session.map { [["session", $0]] } ?? [])
    }

    private var replies: [[String]] {
        guard let slm = status.slm else {
            let reason =
                status.missingSLM == nil ? "slm: none" : "the language model is missing: slmctl doctor"
            return [["replies", "off (\(reason))"]]
        }
        let (model, cache, work) = (slm.model, slm.cache, slm.work)
        let speeds = [work.tokensPerSecond, work.promptTokensPerSecond].map { Rendering.fixed($0, 0) }
        return [
            [
                "replies",
                "\(Rendering.name(model)), \(model.context) tokens, "
                    + "cache \(Self.size(cache.bytes)) of \(Self.size(cache.limitBytes))",
            ],
            [
                "",
                "\(speeds[0]) tokens/s, of prompts \(speeds[1]); \(work.running) running, "
                    + "\(work.waiting) waiting, \(work.generations) done",
            ],
        ]
    }

    private var heldBack: [[String]] {
        guard let heldBack = status.learned.heldBack else { return [] }
        return [["held back", heldBack.fault ?? "\(heldBack.count) examples"]]
    }

    private var turns: String {
        let status = status.conversations
        var parts = [status.isKept ? "kept" : "not kept"]
        if status.waiting > 0 { parts.append("\(status.waiting) waiting") }
        if status.lost > 0 { parts.append("\(status.lost) lost") }
        if let fault = status.fault { parts.append(fault) }
        return parts.joined(separator: ", ")
    }

    /// A line a method that has been asked for, the most frequent first. Pieces of files are no requests that anybody
    /// asked for.
    private func requests(atMost height: Int) -> [String] {
        let asked = status.latency.filter { $0.value.count > 0 && !$0.key.hasPrefix("transfer.") }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        if asked.isEmpty { return ["no requests yet"] }
        let heading = ["requests", "answered"] + (isLive ? ["per s"] : []) + ["p50 ms", "p99 ms", "max ms"]
        let room = max(height - 1, 2)
        let rows = asked.prefix(asked.count > room ? room - 1 : room).map { method, figures in
            let times = [figures.p50Milliseconds, figures.p99Milliseconds, figures.maxMilliseconds]
            let rate = isLive ? [Self.rate(rates?.ofMethod[method])] : []
            return [method, "\(figures.count)"] + rate + times.map { Rendering.fixed($0, 2) }
        }
        let more = asked.count - rows.count
        return Self.numbers(heading, rows) + (more > 0 ? ["and \(more) more: slmctl status --json"] : [])
    }

    static func rate(_ rate: Double?) -> String {
        rate.map { Rendering.fixed($0, $0 < 10 ? 1 : 0) } ?? "-"
    }

    /// A heading and rows in columns, all but the first aligned to the right.
    private static func numbers(_ heading: [String], _ rows: [[String]]) -> [String] {
        let widths = heading.indices.map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([heading] + rows).map { row in
            zip(row, widths).enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + blanks : blanks + cell.0
            }
            .joined(separator: "  ")
        }
    }

    /// 1,000 bytes are a kilobyte.
    static func size(_ bytes: Int) -> String {
        let (kilobytes, megabytes) = (Double(bytes) / 1e3, Double(bytes) / 1e6)
        if megabytes >= 1_000 { return "\(Rendering.fixed(megabytes / 1e3, 1)) GB" }
        if kilobytes >= 1_000 { return "\(Rendering.fixed(megabytes, 1)) MB" }
        return bytes >= 1_000 ? "\(Rendering.fixed(kilobytes, 1)) kB" : "\(bytes) bytes"
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(clamping: Int64(seconds.isFinite ? max(seconds, 0) : 0))
        let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min \(whole % 60) s" : "\(whole) s"
    }
}

/// How many requests were answered each second between two states of one daemon.
struct RequestRates: Hashable {
    let ofMethod: [String: Double]

    /// What is asked for only to look at the daemon does not count.
    var total: Double { ofMethod.filter { $0.key != "status" }.values.reduce(0, +) }

    /// - Returns: `nil` when the states are of two daemons, or of one moment.
    init?(from before: StatusResult, to after: StatusResult, seconds: Double) {
        guard before.service.pid == after.service.pid, seconds > 0 else { return nil }
        ofMethod = after.latency.reduce(into: [:]) { rates, entry in
            let answered = entry.value.count - (before.latency[entry.key]?.count ?? 0)
            rates[entry.key] = Double(max(answered, 0)) / seconds
        }
    }
}
