import Glibc
import Tensors

/// How far each pair of columns turns from one position to the next.
struct RotaryFrequencies: Sendable {
    /// In radians, for sequences within the context before it was stretched, and beyond it.
    private let short: [Double]
    private let long: [Double]
    private let magnitude: Double
    private let originalContext: Int

    /// - Parameters:
    ///   - short: what divides each frequency, within the original context; nil: nothing.
    ///   - long: the same beyond it.
    init(_ rotary: RotaryEmbedding, short: [Float]?, long: [Float]?) {
        let plain = (0..<(rotary.dimensions / 2)).map {
            pow(rotary.base, -2 * Double($0) / Double(rotary.dimensions))
        }
        self.short = short.map { zip(plain, $0).map { $0 / Double($1) } } ?? plain
        self.long = long.map { zip(plain, $0).map { $0 / Double($1) } } ?? plain
        magnitude = rotary.magnitude
        originalContext = rotary.originalContext
    }

    var count: Int { short.count }

    /// Cosines and sines of the angles at a position, times the magnitude. Angles are taken in double precision: in
    /// single the last of a long context would be off by a thousandth.
    ///
    /// - Parameter capacity: of the cache that the position is in: all positions of a sequence turn alike.
    @unsafe func angles(
        at position: Int, capacity: Int, cosines: UnsafeMutablePointer<Float>,
        sines: UnsafeMutablePointer<Float>
    ) {
        let frequencies = capacity > originalContext ? long : short
        for (pair, frequency) in frequencies.enumerated() {
            let angle = Double(position) * frequency
            unsafe cosines[pair] = Float(cos(angle) * magnitude)
            unsafe sines[pair] = Float(sin(angle) * magnitude)
        }
    }
}
