public import JSON

/// The language model that words replies. On the wire the fields of `model` and `work` lie beside `cache`.
public struct SLMStatus: JSONWritable, Decodable, Hashable, Sendable {
    public let model: Model
    public let cache: Cache
    public let work: Work

    public init(model: Model, cache: Cache, work: Work) {
        self.model = model
        self.cache = cache
        self.work = work
    }

    public struct Model: Decodable, Hashable, Sendable {
        public let name: String
        /// The family, such as `llama`.
        public let architecture: String
        /// The type of most of its weights, such as `Q4_1`.
        public let precision: String
        /// How it writes conversations; `nil` when only raw prompts can be given.
        public let template: String?
        /// SHA-256 of the file, in hexadecimal; `nil` where it is not known.
        public let digest: String?
        /// Tokens of one conversation at most.
        public let context: Int

        public init(
            name: String, architecture: String, precision: String, template: String?, digest: String?,
            context: Int
        ) {
            self.name = name
            self.architecture = architecture
            self.precision = precision
            self.template = template
            self.digest = digest
            self.context = context
        }

        private enum CodingKeys: String, CodingKey {
            case architecture, precision, template, digest, context
            case name = "model"
        }
    }

    /// What is kept of conversations, so that their next turns need not read them again.
    public struct Cache: JSONWritable, Decodable, Hashable, Sendable {
        public let tokens: Int
        public let limitTokens: Int
        public let bytes: Int
        public let limitBytes: Int

        public init(tokens: Int, limitTokens: Int, bytes: Int, limitBytes: Int) {
            self.tokens = tokens
            self.limitTokens = limitTokens
            self.bytes = bytes
            self.limitBytes = limitBytes
        }

        private enum CodingKeys: String, CodingKey {
            case tokens, bytes
            case limitTokens = "limit_tokens"
            case limitBytes = "limit_bytes"
        }

        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("tokens", tokens)
                json.field("limit_tokens", limitTokens)
                json.field("bytes", bytes)
                json.field("limit_bytes", limitBytes)
            }
        }
    }

    /// Counts are from the start of the daemon on.
    public struct Work: Decodable, Hashable, Sendable {
        /// Replies under way.
        public let running: Int
        /// Requests that wait for one to end.
        public let waiting: Int
        /// Replies that have ended.
        public let generations: Int
        public let promptTokens: Int
        public let cachedTokens: Int
        public let generatedTokens: Int
        /// Of late, of all replies together; 0 when there was none yet.
        public let promptTokensPerSecond: Double
        public let tokensPerSecond: Double

        public init(
            running: Int, waiting: Int, generations: Int, promptTokens: Int, cachedTokens: Int,
            generatedTokens: Int, promptTokensPerSecond: Double, tokensPerSecond: Double
        ) {
            self.running = running
            self.waiting = waiting
            self.generations = generations
            self.promptTokens = promptTokens
            self.cachedTokens = cachedTokens
            self.generatedTokens = generatedTokens
            self.promptTokensPerSecond = promptTokensPerSecond
            self.tokensPerSecond = tokensPerSecond
        }

        private enum CodingKeys: String, CodingKey {
            case running, waiting, generations
            case promptTokens = "prompt_tokens"
            case cachedTokens = "cached_tokens"
            case generatedTokens = "generated_tokens"
            case promptTokensPerSecond = "prompt_tokens_per_second"
            case tokensPerSecond = "tokens_per_second"
        }
    }

    private enum Keys: String, CodingKey { case cache }

    public init(from decoder: any Decoder) throws {
        model = try Model(from: decoder)
        cache = try decoder.container(keyedBy: Keys.self).decode(Cache.self, forKey: .cache)
        work = try Work(from: decoder)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("model", model.name)
            json.field("architecture", model.architecture)
            json.field("precision", model.precision)
            json.field(orNull: "template", model.template)
            json.field(ifPresent: "digest", model.digest)
            json.field("context", model.context)
            json.field("cache", cache)
            json.field("running", work.running)
            json.field("waiting", work.waiting)
            json.field("generations", work.generations)
            json.field("prompt_tokens", work.promptTokens)
            json.field("cached_tokens", work.cachedTokens)
            json.field("generated_tokens", work.generatedTokens)
            json.field("prompt_tokens_per_second", work.promptTokensPerSecond)
            json.field("tokens_per_second", work.tokensPerSecond)
        }
    }
}
