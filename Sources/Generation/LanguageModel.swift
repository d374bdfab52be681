internal import ModelFiles
public import Tensors
public import Tokenizers
internal import Transformers

/// Where a language model lies, and how much of it may be used.
public struct LanguageModelSettings: Sendable, Hashable {
    /// Of a GGUF file.
    public var path: String
    /// How conversations are written; nil: as the file says.
    public var template: ChatTemplate?
    /// The most tokens of one conversation, its reply among them; nil: as many as the model was trained for.
    public var context: Int?
    /// What may be kept of conversations, in memory.
    public var cacheBytes: Int
    /// Generations that run at once.
    public var together: Int

    public init(
        path: String, template: ChatTemplate? = nil, context: Int? = nil, cacheBytes: Int = 48_000_000,
        together: Int = 8
    ) {
        precondition((1...Generator.mostTogether).contains(together), "generations: \(together) together")
        self.path = path
        self.template = template
        self.context = context
        self.cacheBytes = cacheBytes
        self.together = together
    }
}

/// A language model in memory: its words, its weights and how conversations with it are written. Never changes.
public final class LanguageModel: Sendable {
    /// Its file's name, without the extension.
    public let name: String
    /// The most tokens of one conversation, its reply among them.
    public let context: Int
    /// Whether the cache holds less than the context that was asked for, or that the model has.
    public let isBoundByCache: Bool
    let tokenizer: ModelTokenizer
    let decoder: Decoder
    /// Pages that all caches have together.
    let pages: Int
    let together: Int

    /// Reads the file, checks it and packs its weights.
    ///
    /// - Parameter pool: the threads that compute, shared with others.
    /// - Throws: `LanguageModelError`, which says what is wrong with the file or the settings.
    /// - Complexity: reads the whole file once.
    public convenience init(
        _ settings: LanguageModelSettings, pool: ComputePool
    ) throws(LanguageModelError) {
        let tokenizer: ModelTokenizer
        let decoder: Decoder
        do {
            let vocabulary = try GGUFFile(path: settings.path).vocabulary()
            tokenizer = try ModelTokenizer(vocabulary, template: settings.template, path: settings.path)
            decoder = try Decoder(gguf: settings.path, precision: .int8, pool: pool)
        } catch let error as TokenizerError {
            throw LanguageModelError(error)
        } catch {
            throw .file("\(error)")
        }
        let file = settings.path.split(separator: "/").last.map(String.init) ?? settings.path
        try self.init(
            named: file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file, tokenizer, decoder, settings)
    }

    init(
        named name: String, _ tokenizer: ModelTokenizer, _ decoder: Decoder, _ settings: LanguageModelSettings
    ) throws(LanguageModelError) {
        guard tokenizer.vocabularySize <= decoder.configuration.vocabulary else {
            throw .file(
                "\(settings.path): \(tokenizer.vocabularySize) tokens, but logits of "
                    + "\(decoder.configuration.vocabulary)")
        }
        pages = settings.cacheBytes / decoder.cachePageBytes
        let kept = pages * KeyValuePool.pageWidth
        let asked = min(settings.context ?? .max, decoder.configuration.context)
        context = min(asked, kept)
        isBoundByCache = kept < asked
        guard context >= Self.leastContext else {
            throw .cacheTooSmall(
                bytes: settings.cacheBytes,
                least: Self.leastContext / KeyValuePool.pageWidth
                    * decoder.cachePageBytes)
        }
        self.name = name
        self.tokenizer = tokenizer
        self.decoder = decoder
        together = settings.together
    }

    /// Fewer tokens are no conversation.
    static let leastContext = KeyValuePool.pageWidth

    public var architecture: String { decoder.configuration.architecture.rawValue }
    /// How its weights are kept, such as `Q4_1`.
    public var weightFormat: String { decoder.weightFormat }
    /// nil when conversations cannot be written.
    public var template: ChatTemplate? { tokenizer.template }
    /// Bytes that the caches of all conversations may take, and tokens that they hold then.
    public var cacheBytes: Int { pages * decoder.cachePageBytes }
    public var cacheTokens: Int { pages * KeyValuePool.pageWidth }
}

/// Why there is no language model.
public enum LanguageModelError: Error, Hashable, Sendable {
    /// What is wrong with its file.
    case file(String)
    /// The file writes conversations in a way that is not known here.
    case unknownTemplate(String)
    case cacheTooSmall(bytes: Int, least: Int)

    init(_ error: TokenizerError) {
        switch error {
        case .unsupported(_, "tokenizer.chat_template", _, _): self = .unknownTemplate(error.description)
        default: self = .file(error.description)
        }
    }
}

extension LanguageModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let problem): problem
        case .unknownTemplate(let problem): "\(problem); name the one to use as slm.template"
        case .cacheTooSmall(let bytes, let least):
            "slm.cache_mb: \(bytes / 1_000_000) hold no conversation of this model, expected at least "
                + "\((least + 999_999) / 1_000_000)"
        }
    }
}
