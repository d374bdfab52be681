import Foundation
import Glibc
import Logging

/// Writes log events to standard error: for people on a terminal, as logfmt pairs elsewhere.
struct StandardErrorLog: LogHandler {
    enum Style: Sendable {
        case terminal, logfmt

        static var ofStandardError: Style { isatty(STDERR_FILENO) == 1 ? .terminal : .logfmt }
    }

    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let style: Style

    init(level: Logger.Level, style: Style = .ofStandardError) {
        logLevel = level
        self.style = style
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = line(
            event.message.description, level: event.level,
            pairs: metadata.merging(event.metadata ?? [:]) { $1 }, at: Date())
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// One line without its end. Pairs are in the order of their keys.
    func line(_ message: String, level: Logger.Level, pairs: Logger.Metadata, at time: Date) -> String {
        let pairs = pairs.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value.description))" }
        let time = time.formatted(.iso8601)
        switch style {
        case .terminal:
            return ([time, level.rawValue, message] + pairs).joined(separator: " ")
        case .logfmt:
            return (["time=\(time)", "level=\(level.rawValue)", "msg=\(quoted(message))"] + pairs)
                .joined(separator: " ")
        }
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
}
