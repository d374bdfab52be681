/// The quantised sentence vectors of an intent's examples, to tell whether they are apart from another intent's.
struct SentenceVectors: Sendable {
    /// How sharply closeness falls with the cosine.
    private static let sharpness: Float = 12
    /// The least closeness that is told from none.
    private static let floor: Float = 1e-6
    /// Examples that speak for all of an intent.
    private static let probes = 16

    let width: Int
    /// (count, width)
    private var values: [Int8] = []
    /// 1 / length of each vector.
    private var scales: [Float] = []

    init(width: Int) { self.width = width }

    var count: Int { scales.count }

    /// - Parameters:
    ///   - values: (scales, width).
    ///   - scales: 1 / length of each vector.
    mutating func append(_ values: [Int8], scales: [Float]) {
        self.values += values
        self.scales += scales
    }

    mutating func append(_ features: Features) {
        let vector = Array(features.quantised[..<width])
        append(vector, scales: [ExampleIndex.scale(vector)])
    }

    /// How much closer both intents' examples lie to their own kind than to the other's, in nats: the means over
    /// either's, added. Texts taken out of `other` lie as close to it as its examples do to each other, however many
    /// they are: of them it is about 0.
    ///
    /// - Complexity: O(probes · examples of both · width).
    /// - Note: After Gretton et al., *A Kernel Two-Sample Test*, 2012.
    func distinctness(from other: SentenceVectors) -> Float {
        margin(against: other, of: probed) + other.margin(against: self, of: other.probed)
    }

    /// How much closer the last example lies to its own kind than to `other`, in nats.
    func belonging(against other: SentenceVectors) -> Float {
        margin(against: other, of: [count - 1])
    }

    private func margin(against other: SentenceVectors, of rows: [Int]) -> Float {
        let sum = rows.reduce(0) { sum, row in
            sum + closeness(of: row, to: self, except: row) - closeness(of: row, to: other, except: nil)
        }
        return sum / Float(rows.count)
    }

    /// Rows spread evenly, the last among them.
    private var probed: [Int] {
        let number = min(count, Self.probes)
        return (1...number).map { $0 * count / number - 1 }
    }

    /// The log of the mean of exp(sharpness · (cosine − 1)).
    private func closeness(of row: Int, to other: SentenceVectors, except own: Int?) -> Float {
        let probe = values.span.extracting(row * width..<(row + 1) * width)
        var sum: Float = 0
        for index in 0..<other.count where index != own {
            let product = Float(ExampleIndex.dot(probe, other.values.span, from: index * width))
            let cosine = min(1, product * scales[row] * other.scales[index])
            sum += Exponential.exp(Self.sharpness * (cosine - 1))
        }
        let mean = sum / Float(other.count - (own == nil ? 0 : 1))
        return Exponential.log(max(mean, Self.floor))
    }
}
