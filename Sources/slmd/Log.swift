import Foundation
import Glibc
import Logging
import Synchronization
import Systemd

/// Writes log events: for people on a terminal, with fields to the journal, and as logfmt pairs elsewhere.
struct DaemonLog: LogHandler {
    enum Style: Sendable {
        case terminal, logfmt, journal

        static var ofStandardError: Style {
            if isatty(STDERR_FILENO) == 1 { return .terminal }
            return Journal.hasStandardError ? .journal : .logfmt
        }
    }

    /// The level below which nothing is written, shared by every logger and changed while they are in use.
    final class Threshold: Sendable {
        private let value: Mutex<Logger.Level>

        init(_ level: Logger.Level) { value = Mutex(level) }

        var level: Logger.Level {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    var metadata: Logger.Metadata = [:]
    let style: Style
    private let threshold: Threshold
    private var ownLevel: Logger.Level?

    init(_ threshold: Threshold, style: Style = .ofStandardError) {
        self.threshold = threshold
        self.style = style
    }

    /// The threshold's, unless this logger has one of its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let pairs = metadata.merging(event.metadata ?? [:]) { $1 }
        let message = event.message.description
        if style == .journal, Journal.add(fields(message, level: event.level, pairs: pairs)) { return }
        let line = line(message, level: event.level, pairs: pairs, at: Date())
        Self.write(line + "\n")
    }

    /// A log that cannot be written, its reader gone or its disk full, ends nothing: there is nowhere left to say so.
    private static func write(_ line: String) {
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    /// One line without its end. Pairs are in the order of their keys.
    func line(_ message: String, level: Logger.Level, pairs: Logger.Metadata, at time: Date) -> String {
        let time = time.formatted(.iso8601)
        switch style {
        case .terminal:
            return ([time, level.rawValue, message] + text(pairs)).joined(separator: " ")
        case .logfmt, .journal:
            return (["time=\(time)", "level=\(level.rawValue)", "msg=\(quoted(message))"] + text(pairs))
                .joined(separator: " ")
        }
    }

    /// An entry of the journal: the pairs are in its message, for people, and each is a field `SLMD_KEY`.
    func fields(
        _ message: String, level: Logger.Level, pairs: Logger.Metadata
    ) -> [(name: String, value: String)] {
        let line = ([message] + text(pairs)).joined(separator: " ")
        let own = pairs.sorted { $0.key < $1.key }.map {
            (name: "SLMD_\($0.key.uppercased())", value: $0.value.description)
        }
        return [("MESSAGE", line), ("PRIORITY", level.priority), ("SYSLOG_IDENTIFIER", "slmd")] + own
    }

    private func text(_ pairs: Logger.Metadata) -> [String] {
        pairs.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value.description))" }
    }

    /// The value as it is, or in quotes when it has characters that would end it.
    private func quoted(_ value: String) -> String {
        let isPlain = value.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0 != "\\"
        }
        guard !isPlain || value.isEmpty else { return value }
        let escaped = value.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n": "\\n"
            case _ where scalar.value < 0x20: "\\x" + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}

extension Logger.Level {
    init(_ level: Settings.Log.Level) {
        switch level {
        case .trace: self = .trace
        case .debug: self = .debug
        case .info: self = .info
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }

    /// As syslog(3) counts.
    fileprivate var priority: String {
        switch self {
        case .trace, .debug: "7"
        case .info: "6"
        case .notice: "5"
        case .warning: "4"
        case .error: "3"
        case .critical: "2"
        }
    }
}
