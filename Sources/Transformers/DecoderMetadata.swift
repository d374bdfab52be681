import ModelFiles

extension DecoderConfiguration {
    /// Reads the metadata of a GGUF file.
    ///
    /// - Parameter path: of the file, for messages.
    init(_ metadata: [String: GGUFValue], path: String) throws(TransformerError) {
        let keys = try DecoderKeys(metadata, path: path)
        architecture = keys.architecture
        layers = try keys.integer("block_count", in: Self.layerLimits)
        hidden = try keys.integer("embedding_length", in: Self.widthLimits, step: Self.widthStep)
        intermediate = try keys.integer("feed_forward_length", in: Self.widthLimits, step: Self.widthStep)
        vocabulary = try keys.vocabulary()
        context = try keys.integer("context_length", in: Self.contextLimits)
        epsilon = Float(try keys.number("attention.layer_norm_rms_epsilon", in: 0...1, otherwise: nil))
        attention = try DecoderAttention(keys, hidden: hidden)
        rotary = try RotaryEmbedding(keys, headWidth: attention.headWidth, context: context)
    }
}

extension DecoderAttention {
    fileprivate init(_ keys: DecoderKeys, hidden: Int) throws(TransformerError) {
        heads = try keys.integer("attention.head_count", in: DecoderConfiguration.headLimits)
        keyHeads = try keys.integer(
            "attention.head_count_kv", in: DecoderConfiguration.headLimits, otherwise: heads)
        guard heads.isMultiple(of: keyHeads) else {
            throw keys.bad("attention.head_count_kv", expected: "a divisor of \(heads)", found: "\(keyHeads)")
        }
        headWidth = try Self.headWidth(keys, hidden: hidden, heads: heads)
        let values = try keys.integer(
            "attention.value_length", in: DecoderConfiguration.headWidthLimits, otherwise: headWidth)
        guard values == headWidth else {
            throw keys.bad(
                "attention.value_length", expected: "\(headWidth), as keys have", found: "\(values)")
        }
        let window = try keys.integer(
            "attention.sliding_window", in: 0...DecoderConfiguration.contextLimits.upperBound, otherwise: 0)
        self.window = window == 0 ? nil : window
    }

    private static func headWidth(
        _ keys: DecoderKeys, hidden: Int, heads: Int
    ) throws(TransformerError) -> Int {
        let step = DecoderConfiguration.widthStep
        let given = try keys.optionalInteger(
            "attention.key_length", in: DecoderConfiguration.headWidthLimits, step: step)
        if let given { return given }
        guard hidden.isMultiple(of: heads) else {
            throw keys.bad("attention.head_count", expected: "a divisor of \(hidden)", found: "\(heads)")
        }
        guard (hidden / heads).isMultiple(of: step) else {
            throw keys.bad(
                "attention.head_count", expected: "heads a multiple of \(step) wide",
                found: "\(heads) of \(hidden / heads)")
        }
        return hidden / heads
    }
}

extension RotaryEmbedding {
    fileprivate init(_ keys: DecoderKeys, headWidth: Int, context: Int) throws(TransformerError) {
        let scaling = try keys.string("rope.scaling.type", otherwise: "none")
        guard ["none", "longrope"].contains(scaling) else {
            throw keys.unsupported("rope.scaling.type", supported: "none, longrope", found: scaling)
        }
        dimensions = try keys.integer(
            "rope.dimension_count", in: 2...headWidth, step: 2, otherwise: headWidth)
        base = try keys.number("rope.freq_base", in: 1...1e9, otherwise: 10_000)
        magnitude = try keys.number("rope.scaling.attn_factor", in: 0.1...10, otherwise: 1)
        originalContext = try keys.integer(
            "rope.scaling.original_context_length", in: DecoderConfiguration.contextLimits, otherwise: context
        )
    }
}

/// The settings of one architecture in the metadata of a GGUF file.
private struct DecoderKeys {
    let architecture: DecoderConfiguration.Architecture
    private let metadata: [String: GGUFValue]
    private let path: String

    init(_ metadata: [String: GGUFValue], path: String) throws(TransformerError) {
        self.metadata = metadata
        self.path = path
        let key = "general.architecture"
        let name = try Self.read(path) { () throws(GGUFFlaw) in try metadata.string(key) }
        guard let architecture = DecoderConfiguration.Architecture(rawValue: name) else {
            let supported = DecoderConfiguration.Architecture.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unsupported(path: path, key: key, supported: supported, found: name)
        }
        self.architecture = architecture
    }

    private static func read<Found>(
        _ path: String, _ body: () throws(GGUFFlaw) -> Found
    ) throws(TransformerError) -> Found {
        do { return try body() } catch { throw .gguf(.malformed(path: path, error)) }
    }

    private func full(_ key: String) -> String { "\(architecture.rawValue).\(key)" }

    func bad(_ key: String, expected: String, found: String?) -> TransformerError {
        .badSetting(path: path, key: full(key), expected: expected, found: found)
    }

    func unsupported(_ key: String, supported: String, found: String) -> TransformerError {
        .unsupported(path: path, key: full(key), supported: supported, found: found)
    }

    func optionalInteger(
        _ key: String, in range: ClosedRange<Int>, step: Int = 1
    ) throws(TransformerError) -> Int? {
        let found = try Self.read(path) { () throws(GGUFFlaw) in try metadata.optionalInteger(full(key)) }
        guard let found else { return nil }
        guard range.contains(found), found.isMultiple(of: step) else {
            throw bad(key, expected: Self.wanted(range, step), found: "\(found)")
        }
        return found
    }

    /// - Parameter otherwise: where the key is absent; nil: it must be there.
    func integer(
        _ key: String, in range: ClosedRange<Int>, step: Int = 1, otherwise: Int? = nil
    ) throws(TransformerError) -> Int {
        guard let found = try optionalInteger(key, in: range, step: step) ?? otherwise else {
            throw bad(key, expected: Self.wanted(range, step), found: nil)
        }
        return found
    }

    private static func wanted(_ range: ClosedRange<Int>, _ step: Int) -> String {
        "\(step == 1 ? "a whole number" : "a multiple of \(step)") from \(range.lowerBound) to \(range.upperBound)"
    }

    func number(
        _ key: String, in range: ClosedRange<Double>, otherwise: Double?
    ) throws(TransformerError) -> Double {
        let given = try Self.read(path) { () throws(GGUFFlaw) in try metadata.optionalNumber(full(key)) }
        guard let found = given ?? otherwise, range.contains(found) else {
            throw bad(
                key, expected: "a number from \(range.lowerBound) to \(range.upperBound)",
                found: given.map { "\($0)" })
        }
        return found
    }

    func string(_ key: String, otherwise: String) throws(TransformerError) -> String {
        try Self.read(path) { () throws(GGUFFlaw) in try metadata.optionalString(full(key)) } ?? otherwise
    }

    /// The tokens of the file's tokenizer, or where it has none what the settings say; they must agree.
    func vocabulary() throws(TransformerError) -> Int {
        let key = "tokenizer.ggml.tokens"
        let tokens = try Self.read(path) { () throws(GGUFFlaw) in try metadata.optionalStrings(key) }?.count
        let stated = try integer(
            "vocab_size", in: DecoderConfiguration.vocabularyLimits, otherwise: tokens)
        guard tokens ?? stated == stated else {
            throw .badSetting(
                path: path, key: key, expected: "a list of \(stated) tokens, as \(full("vocab_size")) says",
                found: "a list of \(tokens ?? 0)")
        }
        return stated
    }
}
