/// A text as a point: the encoder's sentence vector.
public struct Embedding: Sendable, Hashable {
    /// L2-normalised where the model's own files say so; all-MiniLM-L6-v2: 384 values.
    public let values: [Float]

    public init(values: [Float]) {
        self.values = values
    }

    /// The cosine of the angle between two embeddings of one model, from -1 to 1; 0 when either is zero.
    public func cosine(to other: Embedding) -> Float {
        precondition(
            values.count == other.values.count,
            "cosine: dimensions \(values.count) and \(other.values.count) differ")
        var dot = 0.0
        var squares = (0.0, 0.0)
        for (a, b) in zip(values, other.values) {
            dot += Double(a) * Double(b)
            squares.0 += Double(a) * Double(a)
            squares.1 += Double(b) * Double(b)
        }
        let norms = (squares.0 * squares.1).squareRoot()
        return norms > 0 ? Float(dot / norms) : 0
    }
}
