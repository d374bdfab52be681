internal import Tensors

/// A sentence vector as the knowledge base keeps it: a byte each of its values, and by what they are to be multiplied.
enum PassageVector {
    /// Eight bits each, as the largest value needs them, and then their unit as a Float, little-endian.
    static func bytes(_ embedding: Embedding) -> [UInt8] {
        let largest = embedding.values.reduce(0) { max($0, abs($1)) }
        let unit = largest > 0 ? largest / 127 : 1
        var bytes = embedding.values.map { UInt8(bitPattern: Int8(($0 / unit).rounded())) }
        unsafe withUnsafeBytes(of: unit.bitPattern.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        return bytes
    }
}
