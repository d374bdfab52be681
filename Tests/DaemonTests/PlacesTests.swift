import Assistant
import Dialogue
import Foundation
import Testing

@testable import slmd

@Suite struct PlacesTests {
    private func finder(
        _ flags: PlaceFlags = PlaceFlags(), _ environment: [String: String] = [:], files: Set<String> = []
    ) -> PlaceFinder {
        PlaceFinder(
            flags: flags, environment: environment, uid: 1000,
            executableFolder: "/home/x/slmd/.build/triple/release",
            exists: files.contains)
    }

    @Test func `a flag comes before the environment, and that before the settings`() {
        let flags = PlaceFlags(config: "/f/c", state: "/f/s", socket: "/f/k", models: "/f/m")
        let environment = [
            "SLMD_CONFIG": "/e/c", "SLMD_STATE": "/e/s", "SLMD_SOCKET": "/e/k", "SLMD_MODELS": "/e/m",
        ]
        for (finder, prefix) in [
            (finder(flags, environment), "/f"), (finder(PlaceFlags(), environment), "/e"),
        ] {
            #expect(finder.config == "\(prefix)/c")
            #expect(finder.state("/set/s") == "\(prefix)/s")
            #expect(finder.socket("/set/k") == "\(prefix)/k")
            #expect(finder.models("/set/m") == "\(prefix)/m")
        }
        #expect(finder().state("/set/s") == "/set/s")
        #expect(finder().socket("/set/k") == "/set/k")
        #expect(finder().models("/set/m") == "/set/m")
    }

    @Test func `the state is systemd's directory, else the user's`() {
        #expect(
            finder(PlaceFlags(), ["STATE_DIRECTORY": "/var/lib/slmd:/x", "HOME": "/h"]).state(nil)
                == "/var/lib/slmd")
        #expect(finder(PlaceFlags(), ["XDG_STATE_HOME": "/x", "HOME": "/h"]).state(nil) == "/x/slmd")
        #expect(
            finder(PlaceFlags(), ["XDG_STATE_HOME": "", "HOME": "/h"]).state(nil) == "/h/.local/state/slmd")
        #expect(finder().state(nil) == nil)
    }

    @Test func `a user's own settings come before the system's, and the system's service has no user`() {
        let files: Set<String> = ["/etc/slmd/slmd.yaml", "/h/.config/slmd/slmd.yaml", "/x/slmd/slmd.yaml"]
        #expect(finder(PlaceFlags(), ["HOME": "/h"], files: files).config == "/h/.config/slmd/slmd.yaml")
        let both = ["HOME": "/h", "XDG_CONFIG_HOME": "/x"]
        #expect(finder(PlaceFlags(), both, files: files).config == "/x/slmd/slmd.yaml")
        #expect(finder(PlaceFlags(), ["HOME": "/other"], files: files).config == "/etc/slmd/slmd.yaml")
        let service = ["HOME": "/h", "CONFIGURATION_DIRECTORY": "/etc/slmd"]
        #expect(finder(PlaceFlags(), service, files: files).config == "/etc/slmd/slmd.yaml")
    }

    @Test func `settings and models of a checkout are found from its top and from its build folder`() {
        let here: Set<String> = ["etc/slmd/slmd.yaml", "models"]
        #expect(finder(files: here).config == "etc/slmd/slmd.yaml")
        #expect(finder(files: here).models(nil) == "models")
        let above: Set<String> = [
            "/home/x/slmd/etc/slmd/slmd.yaml", "/home/x/slmd/models",
        ]
        #expect(finder(files: above).config == "/home/x/slmd/etc/slmd/slmd.yaml")
        #expect(finder(files: above).models(nil) == "/home/x/slmd/models")
        #expect(finder(files: here.union(["/etc/slmd/slmd.yaml"])).config == "/etc/slmd/slmd.yaml")
        #expect(finder().config == nil)
        #expect(finder().models(nil) == "/usr/share/slmd/models")
    }

    @Test func `the bootstrap file is the named one, else the one beside the settings, else the shipped one`()
    {
        let files: Set<String> = ["/c/bootstrap.jsonl", "/etc/slmd/bootstrap.jsonl"]
        let finder = finder(files: files)
        #expect(finder.shipped("bootstrap.jsonl", .shipped, config: "/c/slmd.yaml") == "/c/bootstrap.jsonl")
        #expect(
            finder.shipped("bootstrap.jsonl", .shipped, config: "/d/slmd.yaml") == "/etc/slmd/bootstrap.jsonl"
        )
        #expect(
            finder.shipped("bootstrap.jsonl", .file("mine.jsonl"), config: "/c/slmd.yaml") == "/c/mine.jsonl")
        #expect(
            finder.shipped("bootstrap.jsonl", .file("/mine.jsonl"), config: "/c/slmd.yaml") == "/mine.jsonl")
        #expect(finder.shipped("bootstrap.jsonl", .none, config: "/c/slmd.yaml") == nil)
        #expect(self.finder().shipped("bootstrap.jsonl", .shipped, config: nil) == nil)
    }

    @Test func `without a file of tasks, and with none, there are no tasks`() throws {
        let files: Set<String> = ["etc/slmd/bootstrap.jsonl"]
        let finder = finder(PlaceFlags(), ["HOME": "/h"], files: files)
        #expect(finder.shipped("tasks.yaml", .shipped, config: nil) == nil)
        #expect(try Configuration(finder).assistant.tasks.tasks.isEmpty)
    }

    @Test func `the language model is the named one, else the fetched one, else none`() {
        let fetched = "/m/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        let finder = finder(files: [fetched])
        func found(_ path: String?, in models: String) -> String? {
            finder.languageModel(.init(path: path), models: models, config: "/c/slmd.yaml")
        }
        #expect(found(nil, in: "/m") == fetched)
        #expect(found(nil, in: "/n") == nil)
        #expect(found("mine.gguf", in: "/m") == "/c/mine.gguf")
        #expect(found("/mine.gguf", in: "/m") == "/mine.gguf")
    }

    @Test func `a language model nobody turned off and nobody fetched is missing`() async throws {
        let fetched = "/m/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
        try await Folder.temporary { folder in
            func missing(_ yaml: String, files: Set<String> = []) throws -> String? {
                try Data("bootstrap: none\n\(yaml)\n".utf8).write(to: URL(filePath: "\(folder)/slmd.yaml"))
                let flags = PlaceFlags(config: "\(folder)/slmd.yaml", state: folder, models: "/m")
                return try Configuration(finder(flags, files: files)).missingModel
            }
            try #expect(missing("") == fetched)
            try #expect(missing("", files: [fetched]) == nil)
            try #expect(missing("slm: none") == nil)
            try #expect(missing("slm: {path: mine.gguf}") == nil)
        }
    }

    @Test func `a bootstrap file that cannot be found is an error, for a fresh state must not be a toy`() {
        #expect(throws: SettingsError.self) { _ = try Configuration(finder(PlaceFlags(), ["HOME": "/h"])) }
    }

    @Test func `without a home the state must be named`() {
        #expect(throws: SettingsError.self) {
            _ = try Configuration(finder(files: ["etc/slmd/bootstrap.jsonl"]))
        }
    }
}
