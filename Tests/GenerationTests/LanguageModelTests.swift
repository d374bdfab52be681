import ModelFiles
import Tensors
import Testing
import Tokenizers
import Transformers

@testable import Generation

@Suite struct `A language model` {
    private func open(_ settings: LanguageModelSettings) throws -> LanguageModel {
        try LanguageModel(settings, pool: ComputePool(threads: 1))
    }

    @Test func `is what its file says`() throws {
        let model = try open(LanguageModelSettings(path: SmallModel.path))
        #expect(model.name == "llama" && model.architecture == "llama" && model.weightFormat == "Q4_1")
        #expect(model.template == .chatML && model.context == 64)
    }

    @Test func `has no more context than is asked for and kept`() throws {
        #expect(try open(LanguageModelSettings(path: SmallModel.path, context: 40)).context == 40)
        let page = try SmallModel().model.decoder.cachePageBytes
        #expect(
            try open(LanguageModelSettings(path: SmallModel.path, cacheBytes: 2 * page - 1)).context == 32)
        #expect(throws: LanguageModelError.cacheTooSmall(bytes: page - 1, least: page)) {
            try open(LanguageModelSettings(path: SmallModel.path, cacheBytes: page - 1))
        }
    }

    @Test func `that is no file says so`() throws {
        #expect(throws: LanguageModelError.self) { try open(LanguageModelSettings(path: "/nowhere.gguf")) }
        do {
            _ = try open(LanguageModelSettings(path: "/nowhere.gguf"))
        } catch {
            #expect("\(error)".contains("/nowhere.gguf"))
        }
    }

    @Test func `with an unknown template names the setting to give`() throws {
        var metadata = try GGUFFile(path: SmallModel.path).header.metadata
        metadata["tokenizer.chat_template"] = .string("{{ something else }}")
        let error = #expect(throws: TokenizerError.self) {
            try ModelTokenizer(GGUFVocabulary(metadata), path: "m.gguf")
        }
        let told = try #require(error.map { LanguageModelError($0).description })
        #expect(told.contains("slm.template") && told.contains("chatml") && told.contains("m.gguf"))
        // Named by the settings, it is as good as the file's own.
        #expect(
            try ModelTokenizer(GGUFVocabulary(metadata), template: .chatML, path: "m.gguf").template
                == .chatML)
    }
}
