import Foundation
import Logging
import Testing

@testable import slmd

@Suite struct LogTests {
    private static let time = Date(timeIntervalSince1970: 1_700_000_000)

    @Test func `elsewhere than on a terminal a line is pairs, quoted where they must be`() {
        let log = DaemonLog(.init(.info), style: .logfmt)
        let line = log.line(
            "it began", level: .info, pairs: ["b": "2", "a": "one \"two\"\n=\\", "c": ""], at: Self.time)
        #expect(
            line == #"time=2023-11-14T22:13:20Z level=info msg="it began" a="one \"two\"\n=\\" b=2 c="""#)
    }

    @Test func `on a terminal a line begins with its time, level and message`() {
        let log = DaemonLog(.init(.info), style: .terminal)
        let line = log.line("it began", level: .error, pairs: ["a": "1"], at: Self.time)
        #expect(line == "2023-11-14T22:13:20Z error it began a=1")
    }

    @Test func `an entry of the journal has its pairs as fields, and the level that syslog knows`() {
        let log = DaemonLog(.init(.info), style: .journal)
        let fields = log.fields("it began", level: .warning, pairs: ["event": "7", "a": "x y"])
        #expect(fields.map(\.name) == ["MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "SLMD_A", "SLMD_EVENT"])
        #expect(fields.map(\.value) == ["it began a=\"x y\" event=7", "4", "slmd", "x y", "7"])
    }

    @Test func `every logger follows the threshold, one with a level of its own does not`() {
        let threshold = DaemonLog.Threshold(.info)
        let follower = DaemonLog(threshold, style: .logfmt)
        var own = follower
        own.logLevel = .warning
        threshold.level = .debug
        #expect(follower.logLevel == .debug)
        #expect(own.logLevel == .warning)
    }

    @Test func `a line stays one line whatever a value holds`() {
        for style in [DaemonLog.Style.terminal, .logfmt] {
            let log = DaemonLog(.init(.info), style: style)
            let line = log.line("m", level: .info, pairs: ["a": "x\r\ny\u{1B}[2J"], at: Self.time)
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}
