import Glibc
import ModelFiles
import Testing

private let manifest = """
    {"models": [{"name": "tiny", "version": "1", "licence": "MIT", "package": "tiny-model", "files": [
      {"path": "config.json", "bytes": 2, "sha256": "00"}, {"path": "1_Pooling/config.json", "bytes": 3, "sha256": "01"}
    ]}]}
    """

private func flaw(in models: borrowing TemporaryDirectory, name: String) -> ModelError? {
    do {
        _ = try ModelDirectory(models: models.path, name: name)
        return nil
    } catch {
        return error
    }
}

@Suite struct ModelDirectoryTests {
    @Test func `a complete model opens`() throws {
        let models = try TemporaryDirectory([
            "manifest.json": manifest, "tiny/config.json": "{}", "tiny/1_Pooling/config.json": "{ }",
        ])
        #expect(try ModelDirectory(models: models.path, name: "tiny").path == models.path + "/tiny")
    }

    @Test func `everything missing is listed, with the command that gets it`() throws {
        let models = try TemporaryDirectory(["manifest.json": manifest, "tiny/config.json": "{"])
        let error = flaw(in: models, name: "tiny")
        let faults: [ModelFault] = [
            .wrongSize(file: "config.json", expected: 2, found: 1), .missing(file: "1_Pooling/config.json"),
        ]
        #expect(
            error
                == .incomplete(
                    model: "tiny", directory: models.path + "/tiny", faults: faults, remedy: .fetch))
        #expect(
            error?.description == """
                the model tiny is not complete in \(models.path)/tiny: config.json has 1 bytes, expected 2; \
                1_Pooling/config.json is missing. Get it with `make models`, \
                or from a directory you have with `models/fetch --from DIR`
                """)
    }

    @Test func `a model of the user's own needs no manifest`() throws {
        let models = try TemporaryDirectory(["own/config.json": "{}", "own/model.safetensors": "x"])
        #expect(try ModelDirectory(models: models.path, name: "own").name == "own")
    }

    @Test(arguments: [true, false])
    func `without an entry the error says what to do instead of fetching`(hasManifest: Bool) throws {
        let files = ["half/config.json": ""].merging(hasManifest ? ["manifest.json": manifest] : [:]) { $1 }
        let models = try TemporaryDirectory(files)
        let half = flaw(in: models, name: "half")
        #expect(
            half
                == .incomplete(
                    model: "half", directory: models.path + "/half",
                    faults: [.missing(file: "model.safetensors")],
                    remedy: hasManifest ? .place : .noManifest(models: models.path)))
        #expect(half?.description.contains("`make models`") == !hasManifest)
    }

    @Test(arguments: [
        "", "{}", #"{"models": 1}"#, #"{"models": [{"name": "x"}]}"#, String(repeating: "[", count: 9999),
    ])
    func `a damaged manifest is named`(text: String) throws {
        let models = try TemporaryDirectory(["manifest.json": text])
        let error = flaw(in: models, name: "tiny")
        #expect(error?.description.hasPrefix(models.path + "/manifest.json: ") == true)
    }

    @Test func `the shipped manifest names the default encoder`() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let models = try ModelManifest(path: root + "/models/manifest.json").models
        let encoder = try #require(models.first { $0.name == "all-MiniLM-L6-v2" })
        #expect(encoder.licence == "Apache-2.0")
        #expect(encoder.files.allSatisfy { $0.sha256.count == 64 && $0.byteCount > 0 })
    }

    @Test(.enabled(if: getenv("SLMD_MODELS") != nil, "SLMD_MODELS is not set"))
    func `the fetched encoder is complete and its weights open`() throws {
        let models = try #require(getenv("SLMD_MODELS").map { String(cString: $0) })
        let model = try ModelDirectory(models: models, name: "all-MiniLM-L6-v2")
        let weights = try SafetensorsFile(path: model.path + "/model.safetensors")
        #expect(weights.tensorNames.count == 104)
        #expect(try weights.shape(of: "embeddings.word_embeddings.weight") == [30522, 384])
        let bias = try weights.floats("pooler.dense.bias", shape: [384])
        #expect(bias.allSatisfy { $0.isFinite && abs($0) < 10 })
    }
}
