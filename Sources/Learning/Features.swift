/// The vector the head sees, as an event stores it: five blocks of signed bytes, each with one scale.
///
/// Block 0 is the sentence vector, blocks 1…4 the encoder's pools, each scaled to length `poolWeight` beside
/// the sentence's 1. The head is trained on exactly these bytes, so a replay of the log does not depend on the
/// encoder. 1,944 bytes for a 384-dimensional encoder.
public struct Features: Sendable, Hashable {
    /// Blocks in a vector: the sentence and four pools.
    public static let blockCount = 5
    /// The length of a pool's block beside the sentence vector's 1.
    public static let poolWeight: Float = 0.45
    /// The largest accepted width of a block.
    public static let maximumBlockWidth = 4096

    /// (blockCount · blockWidth)
    public let quantised: [Int8]
    /// (blockCount): value = quantised · scale of its block.
    public let scales: [Float]

    public var blockWidth: Int { quantised.count / Self.blockCount }
    public var count: Int { quantised.count }

    /// Features of one text, or of a text after the turn before it.
    ///
    /// - Parameters:
    ///   - text: the text's encoding.
    ///   - context: the encoding of the previous system turn, added with `contextWeight`.
    public init(_ text: EncodedPools, context: EncodedPools? = nil, contextWeight: Float = 0.6) {
        var blocks = text.normalisedBlocks()
        if let context {
            precondition(
                context.width == text.width, "features: widths \(text.width) and \(context.width) differ")
            for (block, other) in context.normalisedBlocks().enumerated() {
                for index in other.indices { blocks[block][index] += contextWeight * other[index] }
            }
        }
        var quantised: [Int8] = []
        quantised.reserveCapacity(Self.blockCount * text.width)
        var scales: [Float] = []
        for block in blocks {
            let largest = block.reduce(0) { max($0, abs($1)) }
            let scale = largest > 0 ? largest / 127 : 1
            scales.append(scale)
            for value in block { quantised.append(Int8((value / scale).rounded(.toNearestOrEven))) }
        }
        self.quantised = quantised
        self.scales = scales
    }

    /// Reads what `encoded()` wrote.
    public init(decoding bytes: [UInt8]) throws(CheckpointError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        let width = try reader.count("width of a features block", limit: Self.maximumBlockWidth)
        scales = try reader.floats("scale of a features block", count: Self.blockCount)
        quantised = try reader.take(Self.blockCount * width).map { Int8(bitPattern: $0) }
    }

    /// The bytes an event stores: u32 width, 5 × f32 scales, then the values; little-endian.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(blockWidth))
        writer.append(scales)
        writer.append(contentsOf: quantised.lazy.map { UInt8(bitPattern: $0) })
    }
}

/// What the encoder returns for one text: the sentence vector and the four pools beside it.
public struct EncodedPools: Sendable {
    /// (width), of any length.
    public let sentence: [Float]
    /// (4 · width): means over the tokens of the embedding layer and of a middle layer, maximum of the last layer,
    /// mean of the middle layer over the text's first word pieces.
    public let layerPools: [Float]

    public var width: Int { sentence.count }

    public init(sentence: [Float], layerPools: [Float]) {
        precondition(
            layerPools.count == (Features.blockCount - 1) * sentence.count,
            "features: \(layerPools.count) pool values for a sentence vector of \(sentence.count)")
        self.sentence = sentence
        self.layerPools = layerPools
    }

    /// The blocks, each scaled to its length in the head's vector; a block of zeros stays one.
    func normalisedBlocks() -> [[Float]] {
        var blocks = [scaled(sentence[...], to: 1)]
        for pool in 0..<Features.blockCount - 1 {
            blocks.append(scaled(layerPools[pool * width..<(pool + 1) * width], to: Features.poolWeight))
        }
        return blocks
    }

    private func scaled(_ block: ArraySlice<Float>, to length: Float) -> [Float] {
        var squares: Double = 0
        for value in block { squares += Double(value) * Double(value) }
        guard squares > 0, squares.isFinite else { return [Float](repeating: 0, count: block.count) }
        let factor = length / Float(squares.squareRoot())
        return block.map { $0 * factor }
    }
}
