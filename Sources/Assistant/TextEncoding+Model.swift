internal import ModelFiles
internal import Synchronization
internal import Tensors
internal import Tokenizers
internal import Transformers

extension TextEncoding {
    /// Opens the model's files.
    ///
    /// - Throws: `model`, saying what is missing or wrong and which command gets it.
    init(opening settings: EncoderSettings, on pool: ComputePool) throws(AssistantError) {
        do {
            let directory = try Self.directory(settings.directory)
            let tokenizer = try WordPiece(directory: directory.path)
            let encoder = try SentenceEncoder(
                directory: directory.path, precision: settings.precision == .int8 ? .int8 : .fp32,
                pool: pool)
            self.init(tokenizer, encoder, name: directory.name, settings)
        } catch let error as AssistantError {
            throw error
        } catch {
            throw .model("\(error)")
        }
    }

    private init(
        _ tokenizer: WordPiece, _ encoder: SentenceEncoder, name: String, _ settings: EncoderSettings
    ) {
        let idle = IdleEncoder(encoder, threads: settings.threads)
        let limit = min(settings.maximumTokens, encoder.maximumTokens)
        self.init(
            model: AssistantStatus.Model(
                name: name, precision: settings.precision.rawValue, dimension: encoder.dimension,
                kernels: Kernels.best.name, digest: encoder.digest),
            words: tokenizer.words,
            tokenize: { (text, overflow) throws(AssistantError) in
                do throws(TokenizerError) {
                    let tokens = try tokenizer.encode(
                        text, limit: limit, overflow: overflow == .fail ? .fail : .truncate,
                        notingWords: true)
                    return Tokens(
                        ids: tokens.ids, count: TokenCount(used: tokens.ids.count, total: tokens.fullCount),
                        words: tokens.words)
                } catch {
                    throw Self.refusal(error, limit: limit)
                }
            },
            forward: { batch, depth, policy in
                switch policy {
                case .normal: encoder.encode(batch, keepingTokens: depth == .tokens)
                case .idle: idle.encode(batch, keepingTokens: depth == .tokens)
                }
            },
            releaseBuffers: {
                encoder.releaseBuffers()
                idle.releaseBuffers()
            })
    }

    /// Only its length can be wrong with a text.
    private static func refusal(_ error: TokenizerError, limit: Int) -> AssistantError {
        guard case .tooLong(let tokens, _) = error else { return .model(error.description) }
        return .tooManyTokens(limit: limit, found: tokens)
    }

    private static func directory(_ path: String) throws(ModelError) -> ModelDirectory {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        let name = parts.last.map(String.init) ?? path
        let parent = parts.dropLast().joined(separator: "/")
        let models = path.hasPrefix("/") ? "/\(parent)" : parent.isEmpty ? "." : parent
        return try ModelDirectory(models: models, name: name)
    }
}

/// The encoder on threads that stand back: made when it is first asked for, since many a daemon never needs it.
private final class IdleEncoder: Sendable {
    private let encoder: SentenceEncoder
    private let threads: Int
    private let made = Mutex<SentenceEncoder?>(nil)

    init(_ encoder: SentenceEncoder, threads: Int) {
        self.encoder = encoder
        self.threads = threads
    }

    func encode(_ batch: [[TokenID]], keepingTokens: Bool) -> [EncodedText] {
        let idle = made.withLock { made in
            let idle = made ?? SentenceEncoder(sharing: encoder, pool: .idle(threads: threads))
            made = idle
            return idle
        }
        return idle.encode(batch, keepingTokens: keepingTokens)
    }

    func releaseBuffers() {
        made.withLock { $0 }?.releaseBuffers()
    }
}

extension ComputePool {
    /// One whose threads run when no other wants their processors.
    fileprivate static func idle(threads: Int) -> ComputePool {
        let pool = ComputePool(threads: threads, standsBack: true)
        // The first member is whoever calls.
        pool.runYielding(StandBack())
        return pool
    }
}

private struct StandBack: Teamwork {
    func work(_ member: Int) {
        if member > 0 { SchedulingPolicy.idle.adopt() }
    }
}
