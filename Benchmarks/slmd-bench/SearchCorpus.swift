import Assistant
import Foundation
import Knowledge
import Logging
import Storage
import Tensors
import Tokenizers
import Transformers

/// A knowledge base in a folder of its own, filled before the assistant opens it: so its texts need not be embedded at
/// background priority.
final class SearchCorpus {
    static let viewer = Viewer(uid: 1000)

    let folder: String
    private let settings: AssistantConfiguration
    private let digest: String

    init() throws {
        let environment = EncoderSpeed.environment
        let folders = FileManager.default.temporaryDirectory
        folder = folders.appendingPathComponent("slmd-search-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        settings = AssistantConfiguration(
            stateDirectory: folder + "/state",
            encoder: EncoderSettings(
                directory: "\(environment("SLMD_MODELS") ?? "models")/all-MiniLM-L6-v2", threads: 2))
        let assistant = try Self.open(settings)
        digest = assistant.status().model.digest
        try assistant.close()
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            print("\(folder) is left: \(error)")
        }
    }

    /// Adds sources, and gives their texts the vectors that `vectors` makes.
    ///
    /// - Returns: passages, and the seconds that the store took to add them.
    func add(
        _ sources: [(name: String, format: DocumentFormat, content: String)],
        _ vectors: ([String]) throws -> [[Float]]
    ) throws -> (passages: Int, seconds: Double) {
        let store = try KnowledgeStore(path: folder + "/state/knowledge.db")
        let clock = ContinuousClock()
        let begun = clock.now
        var passages = 0
        for source in sources {
            let content = Array(source.content.utf8)
            let document = try Document(content, as: source.format)
            let labels = SourceLabels(
                name: source.name, owner: Self.viewer.uid, audience: .everyone, format: source.format)
            passages += try store.add(labels, SourceContent(of: content), document, time: 0).source.passages
        }
        let seconds = (clock.now - begun) / .seconds(1)
        while true {
            let pending = try store.pendingTexts(encoder: digest, limit: 4096)
            if pending.isEmpty { break }
            let made = try vectors(pending.map(\.text.text))
            _ = try store.put(
                zip(pending, made).map { ($0.id, QuantisedVector($1).bytes) }, encoder: digest)
        }
        try store.close()
        return (passages, seconds)
    }

    func open() throws -> LocalAssistant { try Self.open(settings) }

    private static func open(_ settings: AssistantConfiguration) throws -> LocalAssistant {
        try LocalAssistant(
            configuration: settings, logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
    }
}

/// Texts to sentence vectors, in batches.
struct TextVectors {
    private let tokenizer: WordPiece
    private let encoder: SentenceEncoder

    init() throws {
        let directory = "\(EncoderSpeed.environment("SLMD_MODELS") ?? "models")/all-MiniLM-L6-v2"
        tokenizer = try WordPiece(directory: directory)
        encoder = try SentenceEncoder(directory: directory, precision: .int8, pool: ComputePool(threads: 2))
    }

    func vectors(_ texts: [String]) throws -> [[Float]] {
        let order = texts.indices.sorted { texts[$0].utf8.count < texts[$1].utf8.count }
        var vectors = [[Float]](repeating: [], count: texts.count)
        for start in stride(from: 0, to: order.count, by: 32) {
            let batch = order[start..<min(start + 32, order.count)]
            let tokens = try batch.map {
                try tokenizer.encode(texts[$0], limit: 256, overflow: .truncate).ids
            }
            for (index, encoded) in zip(batch, encoder.encode(tokens)) {
                vectors[index] = encoded.sentence.values
            }
        }
        return vectors
    }
}
