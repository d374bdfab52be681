import Glibc
import ModelFiles
import Tensors
import Testing
import Tokenizers
import Transformers

/// The fetched model, or nil when `make models` has not run.
private let smolLM: String? = {
    let models = getenv("SLMD_MODELS").map { String(cString: $0) } ?? "models"
    let path = "\(models)/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
    return access(path, R_OK) == 0 ? path : nil
}()

@Suite(.enabled(if: smolLM != nil, "the model is not fetched: run `make models`"))
struct `SmolLM2-135M-Instruct` {
    private static let decoder = Result {
        try Decoder(gguf: smolLM ?? "no model", precision: .fp32, pool: ComputePool(threads: 2))
    }

    @Test func `is what its file says`() throws {
        let configuration = try Self.decoder.get().configuration
        #expect(configuration.architecture == .llama)
        #expect(configuration.layers == 30 && configuration.hidden == 576)
        #expect(configuration.vocabulary == 49152 && configuration.context == 8192)
    }

    /// What Goldens/make_smollm.py wrote: no chosen token is nearer than 0.018 to the next one.
    @Test func `says what the reference says, greedily`() throws {
        let decoder = try Self.decoder.get()
        let cases = try JSONValue(parsing: MappedFile(path: Goldens.path("smollm.json")).contents())
        for golden in try #require(cases.elements) {
            let prompt = tokens(golden["prompt"])
            let expected = tokens(golden["said"])
            let cache = KVCache(for: decoder, capacity: 128)
            var said: [TokenID] = []
            var next = prompt
            var pass = DecoderPass()
            while said.count < expected.count {
                pass.removeAll()
                pass.append(next, to: cache, logits: .last)
                said.append(decoder.run(pass) { $0.withRow(0, likeliest) })
                next = said.suffix(1)
            }
            #expect(said == expected)
        }
    }

    private func tokens(_ json: JSONValue?) -> [TokenID] {
        (json?.elements ?? []).compactMap(\.integer).map { TokenID(rawValue: Int32($0)) }
    }

    private func likeliest(_ logits: Span<Float>) -> TokenID {
        var best = 0
        for id in logits.indices where logits[id] > logits[best] { best = id }
        return TokenID(rawValue: Int32(best))
    }
}
