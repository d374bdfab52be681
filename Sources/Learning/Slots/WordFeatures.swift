/// What the encoder says of each word of a text, as an event stores it: three blocks of signed bytes a word.
///
/// The blocks are means over the word's pieces of the embedding layer's, the middle layer's and the last layer's output.
/// Their lengths tell nothing and are not kept. The tagger is trained on exactly these bytes, so a replay of the log does
/// not depend on the encoder. 1,152 bytes a word of a 384-dimensional encoder.
public struct WordFeatures: Sendable, Hashable {
    /// Blocks of a word.
    public static let blockCount = 3
    /// The most words that are kept of a text.
    public static let maximumWords = 512
    /// The length of a block in the tagger's arithmetic: its components have a spread near 0.2.
    private static let blockLength: Float = 4

    public let width: Int
    /// (words, blockCount, width)
    public let quantised: [Int8]

    /// How many words.
    public var count: Int { quantised.count / (Self.blockCount * width) }

    /// - Parameters:
    ///   - tokens: (tokens, blockCount, width), as the encoder gives them.
    ///   - width: above 0.
    ///   - words: the tokens of each word, at least one; those after `maximumWords` are passed over.
    public init(tokens: [Float], width: Int, words: [Range<Int>]) {
        let stride = Self.blockCount * width
        self.width = width
        var quantised: [Int8] = []
        quantised.reserveCapacity(words.count * stride)
        for word in words.prefix(Self.maximumWords) {
            var sums = Array(tokens[word.lowerBound * stride..<(word.lowerBound + 1) * stride])
            for token in word.dropFirst() {
                for index in sums.indices { sums[index] += tokens[token * stride + index] }
            }
            for block in 0..<Self.blockCount {
                quantised += Self.quantised(sums[block * width..<(block + 1) * width])
            }
        }
        self.quantised = quantised
    }

    private init(width: Int, quantised: [Int8]) {
        self.width = width
        self.quantised = quantised
    }

    private static func quantised(_ block: ArraySlice<Float>) -> [Int8] {
        let largest = block.reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { return [Int8](repeating: 0, count: block.count) }
        let factor = 127 / largest
        return block.map { Int8(max(-127, min(127, ($0 * factor).rounded(.toNearestOrEven)))) }
    }

    /// (words, blockCount · width in whole lanes), each block of the same length.
    func vectors() -> Matrix {
        let padded = Kernels.padded(width)
        var values = [Float](repeating: 0, count: count * Self.blockCount * padded)
        for block in 0..<count * Self.blockCount {
            let bytes = quantised[block * width..<(block + 1) * width]
            // At most 127² · 4096: exact.
            let squares = bytes.reduce(into: 0) { $0 += Int($1) * Int($1) }
            guard squares > 0 else { continue }
            let factor = Self.blockLength / Float(squares).squareRoot()
            for (place, byte) in bytes.enumerated() { values[block * padded + place] = Float(byte) * factor }
        }
        return Matrix(rows: count, columns: Self.blockCount * padded, values: values)
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(width))
        writer.append(UInt32(count))
        writer.append(contentsOf: quantised.lazy.map { UInt8(bitPattern: $0) })
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        let width = try reader.count("width of a word's block", limit: Features.maximumBlockWidth)
        guard width > 0 else { throw .outOfRange(field: "width of a word's block", found: 0, limit: 4096) }
        let count = try reader.count("number of words", limit: Self.maximumWords)
        let bytes = try reader.take(count * Self.blockCount * width)
        self.init(width: width, quantised: bytes.map { Int8(bitPattern: $0) })
    }
}
