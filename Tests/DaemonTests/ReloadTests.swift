import Assistant
import Foundation
import Synchronization
import Testing
import Wire

@testable import slmd

@Suite struct ReloadTests {
    @Test func `a reload hands the new settings to the assistant and says what waits for a restart`()
        async throws
    {
        try await TestDaemon.with { daemon in
            let folder = (daemon.socket as NSString).deletingLastPathComponent
            var client = try daemon.client()
            #expect(try client.ask(ReloadParams()).applied == [])
            try "limits: {text_bytes: 9}\nencoder: {threads: 1}\nlog: {level: debug}\n".write(
                toFile: "\(folder)/slmd.yaml", atomically: true, encoding: .utf8)
            let result = try client.ask(ReloadParams(), id: 2)
            #expect(result.file == "\(folder)/slmd.yaml")
            #expect(result.applied == ["limits", "log"])
            #expect(result.needsRestart == ["encoder"])
            #expect(daemon.service.script.withLock { $0.reloaded.last?.limits.textBytes } == 9)
        }
    }

    @Test func `a bad file changes nothing, and the answer says which line`() async throws {
        try await TestDaemon.with { daemon in
            let folder = (daemon.socket as NSString).deletingLastPathComponent
            try "limits:\n  text_byte: 9\n".write(
                toFile: "\(folder)/slmd.yaml", atomically: true, encoding: .utf8)
            var client = try daemon.client()
            try client.send(ReloadParams(), id: 1)
            let error = try client.nextError()
            #expect(error.kind == .invalidParams)
            #expect(error.message.contains("slmd.yaml:2:3: unknown key limits.text_byte"))
            #expect(daemon.service.script.withLock { $0.reloaded }.isEmpty)
        }
    }

    @Test func `of each section it is said whether it holds at once`() {
        var new = Settings()
        new.learning.seed = 2
        new.slm?.queue = 3
        new.limits.queue = 2
        new.places.socket = "/s"
        new.access.users = "u"
        new.checkpoints.keep = 9
        new.learning.spelling = false
        let change = SettingsChange(from: Settings(), to: new)
        #expect(change.applied == ["learning", "checkpoints", "access"])
        #expect(
            change.needsRestart == [
                "socket, state, models or bootstrap", "slm", "learning.seed", "limits.queue",
            ])
    }
}
