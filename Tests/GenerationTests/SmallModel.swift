import Foundation
import ModelFiles
import Tensors
import Testing
import Tokenizers
import Transformers

@testable import Generation

/// A decoder of random weights with a vocabulary of 96: printable letters, a space, a beginning and an end of messages.
struct SmallModel {
    static let end = TokenID(rawValue: 95)
    /// Bytes of what begins a message.
    static let longestToken = 12

    let model: LanguageModel

    /// - Parameters:
    ///   - pages: of 32 positions.
    ///   - hasTemplate: whether conversations can be written.
    ///   - context: as in the file, or some other one.
    init(pages: Int = 64, together: Int = 8, hasTemplate: Bool = true, context: UInt32 = 64) throws {
        let path = context == 64 ? Self.path : try Self.copy(context: context)
        defer { if path != Self.path { try? FileManager.default.removeItem(atPath: path) } }  // best effort
        var metadata = try GGUFFile(path: path).header.metadata
        if !hasTemplate { metadata["tokenizer.chat_template"] = nil }
        let decoder = try Decoder(gguf: path, precision: .int8, pool: ComputePool(threads: 2))
        model = try LanguageModel(
            named: "small", ModelTokenizer(GGUFVocabulary(metadata), path: path), decoder,
            LanguageModelSettings(path: path, cacheBytes: pages * decoder.cachePageBytes, together: together))
    }

    static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/") + "/TransformersTests/Goldens/llama.gguf"

    /// The file with another value of the key that says how many tokens the model was trained for.
    private static func copy(context: UInt32) throws -> String {
        var file = try Data(contentsOf: URL(filePath: path))
        let key = try #require(file.range(of: Data("llama.context_length".utf8)))
        // Behind the key four bytes say of which type its value is.
        let value = key.upperBound + 4..<key.upperBound + 8
        file.replaceSubrange(value, with: withUnsafeBytes(of: context.littleEndian) { Data($0) })
        let copy = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf")
        try file.write(to: copy)
        return copy.path
    }

    func request(
        _ prompt: String, _ maximumTokens: Int = 20, _ sampling: Sampling = Sampling(), stops: [String] = [],
        choices: [String] = [], owner: UInt32 = 0, deadline: ContinuousClock.Instant? = nil
    ) throws -> GenerationRequest {
        try GenerationRequest(
            model.encode(.raw(prompt), reply: maximumTokens), for: model, owner: owner,
            maximumTokens: maximumTokens,
            sampling: sampling, stops: stops, choices: choices, deadline: deadline)
    }

    /// The tokens that a decoder gives one by one, without a generator.
    func plain(_ prompt: String, _ count: Int, _ sampling: Sampling) throws -> String {
        let cache = KVCache(for: model.decoder, capacity: model.context)
        var sampler = Sampler(sampling, vocabulary: model.decoder.configuration.vocabulary)
        let prompt = model.tokenizer.encode(prompt)
        sampler.note(prompt)
        var (next, assembly) = (prompt, TextAssembly())
        var said = ""
        for _ in 0..<count {
            var pass = DecoderPass()
            pass.append(next[...], to: cache, logits: .last)
            let token = model.decoder.run(pass) { logits in logits.withRow(0) { sampler.next($0) } }
            if token == Self.end { break }
            assembly.append(model.tokenizer.bytes(of: token), to: &said)
            next = [token]
        }
        assembly.finish(to: &said)
        return said
    }
}

extension Generator {
    /// Runs until nothing is left; what each generation said, by its name.
    func runAll(_ each: (GenerationEvent) -> Void = { _ in }) -> [GenerationID: GenerationResult] {
        var results: [GenerationID: GenerationResult] = [:]
        while !isIdle {
            for id in waiting where hasRoom(for: id) { goOn(id) }
            step { event in
                each(event)
                if case .finished(let id, let result) = event { results[id] = result }
            }
        }
        return results
    }

    func run(_ request: GenerationRequest) -> GenerationResult? {
        let id = begin(request)
        return runAll()[id]
    }
}
