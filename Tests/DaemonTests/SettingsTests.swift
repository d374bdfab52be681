import Foundation
import Testing
import Tokenizers

@testable import slmd

@Suite struct SettingsTests {
    private static let shipped = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../etc/slmd/slmd.yaml").standardizedFileURL.path

    @Test func `the shipped file holds the defaults`() throws {
        #expect(try SettingsFile(path: Self.shipped).settings == Settings())
    }

    @Test func `the shipped file has every key, each under a comment of its own`() throws {
        let file = try SettingsFile(path: Self.shipped)
        let lines = try String(contentsOfFile: Self.shipped, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        for key in file.keys {
            let name = try #require(key.split(separator: ".").last)
            let line = lines.firstIndex { line in
                line.drop { $0 == " " || $0 == "#" }.hasPrefix("\(name):") && !line.hasPrefix("# ")
            }
            let index = try #require(line, "\(key) is missing")
            #expect(lines[index - 1].drop { $0 == " " }.hasPrefix("# "), "\(key) has no comment")
        }
        #expect(file.keys.count == 60)
    }

    @Test func `every key is read`() throws {
        let yaml = """
            socket: /s
            state: /t
            models: /m
            bootstrap: none
            tasks: t.yaml
            slm: {path: m.gguf, template: zephyr, context: 2048, cache_mb: 8, together: 16, queue: 3}
            encoder: {model: other, precision: fp32, max_tokens: 128, threads: 1}
            learning: {spelling: false, context_weight: 0.25, seed: 7}
            guard: {lessons_per_minute: 6, burst: 7, owners: true, canaries: c.tsv}
            limits:
              frame_bytes: 5000
              text_bytes: 10
              label_bytes: 20
              connections: 3
              queue: 4
              examples: 5
              buffered_bytes: 6000
              frame_seconds: 0.5
            checkpoints: {every_events: 8, keep: 9}
            snapshots: {hours: 48, keep: 10}
            held_back: h.csv
            conversations: {keep: false, days: 3}
            dialogues: {expire_minutes: 5}
            policy: {exploration: 0.05, warm_up: 20}
            knowledge: {passages_per_user: 11, mb_per_user: 12}
            time_zone: Etc/UTC
            access: {users: u, admins: a}
            log: {level: debug, texts: true}
            """
        let settings = try SettingsFile(yaml: yaml, file: "f").settings
        var expected = Settings()
        expected.places = .init(socket: "/s", state: "/t", models: "/m", bootstrap: .none)
        expected.tasks = .file("t.yaml")
        expected.slm = .init(
            path: "m.gguf", template: .zephyr, context: 2048, cacheMegabytes: 8, together: 16, queue: 3)
        expected.encoder = .init(model: "other", precision: .fp32, maximumTokens: 128, threads: 1)
        expected.learning = .init(spelling: false, contextWeight: 0.25, seed: 7)
        expected.guarding = .init(lessonsPerMinute: 6, burst: 7, includesOwners: true, canaries: "c.tsv")
        expected.limits = .init(
            frameBytes: 5000, textBytes: 10, labelBytes: 20, connections: 3, queue: 4, examples: 5,
            bufferedBytes: 6000, frameTime: .milliseconds(500))
        expected.checkpoints = .init(everyEvents: 8, keep: 9)
        expected.snapshots = .init(hours: 48, keep: 10)
        expected.heldBack = "h.csv"
        expected.conversations = .init(keep: false, days: 3)
        expected.dialogues = .init(expireMinutes: 5)
        expected.policy = .init(exploration: 0.05, warmUp: 20)
        expected.knowledge = .init(passagesPerUser: 11, megabytesPerUser: 12)
        expected.timeZone = ZoneFiles.rules(of: "Etc/UTC").map { .init(name: "Etc/UTC", rules: $0) }
        expected.access = .init(users: "u", admins: "a")
        expected.log = .init(level: .debug, texts: true)
        #expect(settings == expected)
    }

    @Test(arguments: ["", "# nothing\n", "encoder:\n", "slm:\n", "~"])
    func `an empty file or section leaves every default`(yaml: String) throws {
        #expect(try SettingsFile(yaml: yaml, file: "f").settings == Settings())
    }

    @Test func `none turns replies off, and nothing else does`() throws {
        for yaml in ["slm: none", "slm: \"none\""] {
            #expect(try SettingsFile(yaml: yaml, file: "f").settings.slm == nil)
        }
        let named = try SettingsFile(yaml: "slm: {path: none}", file: "f").settings.slm
        #expect(named == Settings.LanguageModel(path: "none"))
    }

    struct Mistake: CustomTestStringConvertible {
        let yaml: String
        let says: String
        var testDescription: String { says }
    }

    static let mistakes = [
        Mistake(yaml: "sockets: /s", says: "f:1:1: unknown key sockets; did you mean socket?"),
        Mistake(yaml: "\ncolour: red", says: "f:2:1: unknown key colour"),
        Mistake(yaml: "limits:\n  que: 4", says: "f:2:3: unknown key limits.que; did you mean limits.queue?"),
        Mistake(
            yaml: "limits:\n  queue: none",
            says: "f:2:10: limits.queue: expected a whole number from 1 to 100000, found none"),
        // A text that looks like a number is told as one.
        Mistake(
            yaml: "limits: {queue: \"5\"}",
            says: "f:1:17: limits.queue: expected a whole number from 1 to 100000, found \"5\""),
        Mistake(
            yaml: "limits: {queue: '5'}",
            says: "f:1:17: limits.queue: expected a whole number from 1 to 100000, found \"5\""),
        Mistake(
            yaml: "limits: {queue: 0}",
            says: "f:1:17: limits.queue: expected a whole number from 1 to 100000, found 0"),
        Mistake(
            yaml: "limits:\n  frame_seconds: 1e9",
            says: "f:2:18: limits.frame_seconds: expected a number from 0.1 to 3600.0, found 1e9"),
        Mistake(
            yaml: "policy: {exploration: 0.6}",
            says: "f:1:23: policy.exploration: expected a number from 0.0 to 0.5, found 0.6"),
        Mistake(
            yaml: "encoder:\n  precision: int4",
            says: "f:2:14: encoder.precision: expected int8, fp32, found int4"),
        Mistake(yaml: "encoder: fast", says: "f:1:10: encoder: expected keys and values, found fast"),
        Mistake(yaml: "socket: [a]", says: "f:1:9: socket: expected a text, found a list"),
        Mistake(yaml: "socket: 17", says: "f:1:9: socket: expected a text, found 17"),
        Mistake(yaml: "slm: phi-3", says: "f:1:6: slm: expected none, or keys and values, found phi-3"),
        Mistake(
            yaml: "slm: [none]", says: "f:1:6: slm: expected none, or keys and values, found a list"),
        Mistake(yaml: "slm: {file: m.gguf}", says: "f:1:7: unknown key slm.file"),
        Mistake(yaml: "slm: {pth: m.gguf}", says: "f:1:7: unknown key slm.pth; did you mean slm.path?"),
        Mistake(
            yaml: "slm:\n  template: jinja",
            says: "f:2:13: slm.template: expected chatml, llama2, llama3, phi3, zephyr, found jinja"),
        Mistake(
            yaml: "slm: {context: 8}",
            says: "f:1:16: slm.context: expected a whole number from 32 to 1048576, found 8"),
        Mistake(
            yaml: "slm: {cache_mb: 7}",
            says: "f:1:17: slm.cache_mb: expected a whole number from 8 to 1048576, found 7"),
        Mistake(
            yaml: "slm: {together: 17}",
            says: "f:1:17: slm.together: expected a whole number from 1 to 16, found 17"),
        Mistake(
            yaml: "slm: {queue: 0}",
            says: "f:1:14: slm.queue: expected a whole number from 1 to 10000, found 0"),
        Mistake(
            yaml: "learning: {spelling: maybe}",
            says: "f:1:22: learning.spelling: expected true or false, found maybe"),
        Mistake(
            yaml: "dialogues: {expire_minutes: 0}",
            says: "f:1:29: dialogues.expire_minutes: expected a whole number from 1 to 5256000, found 0"),
        Mistake(
            yaml: "dialogues: {expire_minute: 3}",
            says: "f:1:13: unknown key dialogues.expire_minute; did you mean dialogues.expire_minutes?"),
        Mistake(yaml: "- a", says: "f:1:1: expected keys and values, found something else"),
        Mistake(yaml: "socket: a\nsocket: b", says: "f:1:1: given more than once: socket"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its line, what was expected and what was found`(mistake: Mistake) throws {
        let error = try #require(throws: SettingsError.self) {
            _ = try SettingsFile(yaml: mistake.yaml, file: "f")
        }
        #expect(error.description == mistake.says)
    }

    @Test func `bad YAML is named with its line`() throws {
        let error = try #require(throws: SettingsError.self) {
            _ = try SettingsFile(yaml: "socket: a\nlimits: {queue: 3", file: "f")
        }
        #expect(error.description.hasPrefix("f:2:") || error.description.hasPrefix("f:3:"))
    }

    @Test func `all mistakes are told at once, by line`() throws {
        let error = try #require(throws: SettingsError.self) {
            _ = try SettingsFile(yaml: "log: {level: loud}\nzzz: 1\nlimits: {queue: -1}", file: "f")
        }
        guard case .invalid(let problems) = error else { throw error }
        #expect(problems.map(\.line) == [1, 2, 3])
    }

    @Test func `a file that is not there says so`() throws {
        #expect(throws: SettingsError.unreadable(file: "/nowhere/slmd.yaml", reason: "no such file")) {
            _ = try SettingsFile(path: "/nowhere/slmd.yaml")
        }
    }
}
