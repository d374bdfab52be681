import Glibc
import JSON
import ModelFiles
import Testing
import Tokenizers

/// The tokenizer of the default language model.
private let model: String? = {
    let models = getenv("SLMD_MODELS").map { String(cString: $0) } ?? "models"
    let path = "\(models)/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
    return access(path, R_OK) == 0 ? path : nil
}()
private let goldens = getenv("SLMD_DATA").map { String(cString: $0) + "/tokenizer/bpe_smollm2.jsonl" }

@Suite(.enabled(if: model != nil, "the model is not fetched: run `make models`"))
struct SmolLMTokenizerTests {
    @Test(.enabled(if: goldens != nil, "SLMD_DATA is not set"))
    func `every golden case has the reference's ids`() throws {
        let path = try #require(model)
        let tokenizer = try BytePairEncoding(GGUFFile(path: path).vocabulary(), path: path)
        let lines = try MappedFile(path: #require(goldens)).contents().split(separator: UInt8(ascii: "\n"))
        for line in lines {
            let golden = try JSONValue(parsing: Array(line))
            let text = try #require(golden["text"]?.string)
            let expected = try #require(golden["ids"]?.elements).map(\.integer)
            let found = tokenizer.encode(text, .parsed).map { Int($0.rawValue) }
            if found != expected {
                Issue.record("\(text.debugDescription) has the ids \(found), expected \(expected)")
            }
        }
        #expect(lines.count == 2866)
    }
}
