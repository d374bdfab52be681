import Assistant
import Dialogue
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
            try
                "limits: {text_bytes: 9}\nencoder: {threads: 1}\nlog: {level: debug}\ndialogues: {expire_minutes: 5}\n"
                .write(
                    toFile: "\(folder)/slmd.yaml", atomically: true, encoding: .utf8)
            let result = try client.ask(ReloadParams(), id: 2)
            #expect(result.file == "\(folder)/slmd.yaml")
            #expect(result.applied == ["limits", "dialogues", "log"])
            #expect(result.needsRestart == ["encoder"])
            #expect(daemon.service.script.withLock { $0.reloaded.last?.limits.textBytes } == 9)
            #expect(daemon.service.script.withLock { $0.reloaded.last?.dialogueLifetime } == 300)
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

    @Test func `tasks that are written hold at once, also where no setting is another`() async throws {
        try await TestDaemon.with { daemon in
            let folder = (daemon.socket as NSString).deletingLastPathComponent
            func write(_ text: String, _ name: String) throws {
                try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            try write("tasks: mine.yaml\n", "slmd.yaml")
            try write("tasks: {wave: {intents: [hello], reply: Hi}}\n", "mine.yaml")
            var client = try daemon.client()
            let first = try client.ask(ReloadParams())
            #expect(first.applied == ["tasks"])
            #expect(first.needsRestart == [])
            try write(
                "tasks: {wave: {intents: [hello], reply: Hello}}\nphrases: {done: So be it.}\n", "mine.yaml")
            #expect(try client.ask(ReloadParams(), id: 2).applied == ["tasks"])
            #expect(try client.ask(ReloadParams(), id: 3).applied == [])
            let handed = daemon.service.script.withLock { $0.reloaded }
            #expect(handed.map { $0.tasks.task(named: "wave")?.reply.source } == ["Hi", "Hello", "Hello"])
            #expect(handed.last?.phrases.done == "So be it.")
        }
    }

    @Test func `bad tasks change nothing, and the answer says which lines`() async throws {
        try await TestDaemon.with { daemon in
            let folder = (daemon.socket as NSString).deletingLastPathComponent
            func write(_ text: String, _ name: String) throws {
                try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            try write("limits: {text_bytes: 9}\n", "slmd.yaml")
            try write("tasks:\n  wave: {intents: [hello], replay: Hi}\n", "tasks.yaml")
            var client = try daemon.client()
            try client.send(ReloadParams(), id: 1)
            let error = try client.nextError()
            #expect(error.kind == .invalidParams)
            #expect(error.message.contains("tasks.yaml:2:28: unknown key tasks.wave.replay"))
            #expect(daemon.service.script.withLock { $0.reloaded }.isEmpty)
            let deep = String(repeating: "[", count: 900) + "*a" + String(repeating: "]", count: 900)
            try write("a: &a \(deep.replacing("*a", with: "b"))\n" + "b: \(deep)\n", "tasks.yaml")
            try client.send(ReloadParams(), id: 2)
            #expect(try client.nextError().message.contains("tasks.yaml:1:1: unknown key a"))
            #expect(try client.isServed())
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
        new.dialogues.expireMinutes = 5
        let change = SettingsChange(from: Settings(), to: new, tasksDiffer: true)
        #expect(change.applied == ["tasks", "learning", "checkpoints", "dialogues", "access"])
        #expect(
            change.needsRestart == [
                "socket, state, models or bootstrap", "slm", "learning.seed", "limits.queue",
            ])
    }
}
