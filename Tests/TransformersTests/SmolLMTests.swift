import Glibc
import JSON
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
    private static let exact = Result { try decoder(.fp32) }
    private static let inBytes = Result { try decoder(.int8) }

    private static func decoder(_ precision: DecoderPrecision) throws -> Decoder {
        try Decoder(gguf: smolLM ?? "no model", precision: precision, pool: ComputePool(threads: 2))
    }

    @Test func `is what its file says`() throws {
        let configuration = try Self.inBytes.get().configuration
        #expect(configuration.architecture == .llama)
        #expect(configuration.layers == 30 && configuration.hidden == 576)
        #expect(configuration.vocabulary == 49152 && configuration.context == 8192)
    }

    /// What Goldens/make_smollm.py wrote: no chosen token is nearer than 0.018 to the next one.
    @Test func `says what the reference says, greedily`() throws {
        for golden in try goldens() {
            let expected = tokens(golden["said"])
            #expect(
                said(after: tokens(golden["prompt"]), expected.count, by: try Self.exact.get()) == expected)
        }
    }

    @Test func `says it in int8 too, where the reference is sure`() throws {
        let sure = try goldens().filter { ($0["margin"]?.double ?? 0) > 0.25 }
        #expect(sure.count == 2)
        for golden in sure {
            let expected = tokens(golden["said"])
            #expect(
                said(after: tokens(golden["prompt"]), expected.count, by: try Self.inBytes.get()) == expected)
        }
    }

    private func goldens() throws -> [JSONValue] {
        let json = try JSONValue(parsing: MappedFile(path: Goldens.path("smollm.json")).contents())
        return try #require(json.elements)
    }

    private func said(after prompt: [TokenID], _ count: Int, by decoder: Decoder) -> [TokenID] {
        let cache = KVCache(for: decoder, capacity: 128)
        var said: [TokenID] = []
        var next = prompt
        var pass = DecoderPass()
        while said.count < count {
            pass.removeAll()
            pass.append(next[...], to: cache, logits: .last)
            said.append(decoder.run(pass) { $0.withRow(0, likeliest) })
            next = said.suffix(1)
        }
        return said
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
