/// A sentence vector in a byte a value.
public struct QuantisedVector: Sendable, Hashable {
    /// From -127 to 127.
    public let values: [Int8]
    /// What each is to be multiplied by.
    public let scale: Float

    /// The largest value becomes 127, so each is off by at most 1/254 of it.
    public init(_ vector: [Float]) {
        let largest = vector.reduce(0) { max($0, abs($1)) }
        let steps = 127 / largest
        // Values that are no numbers, or so small that steps are infinite, leave nothing to compare.
        guard steps.isFinite, vector.allSatisfy(\.isFinite) else {
            values = [Int8](repeating: 0, count: vector.count)
            scale = 0
            return
        }
        values = vector.map { Int8(max(-127, min(127, ($0 * steps).rounded(.toNearestOrEven)))) }
        scale = largest / 127
    }

    /// As a store keeps it: the values, then the scale, little-endian.
    public var bytes: [UInt8] {
        let bits = scale.bitPattern
        return values.map { UInt8(bitPattern: $0) }
            + (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    }

    /// - Returns: nil unless they are those of a vector of `width` values.
    public init?(bytes: [UInt8], width: Int) {
        guard bytes.count == width + 4 else { return nil }
        let bits = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let scale = Float(bitPattern: bits)
        guard scale.isFinite, scale >= 0, !bytes.prefix(width).contains(0x80) else { return nil }
        values = bytes.prefix(width).map { Int8(bitPattern: $0) }
        self.scale = scale
    }
}
