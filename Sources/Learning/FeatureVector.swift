import CKernels

extension Features {
    /// The blocks that voices see together; those after them have voices of their own only.
    static let jointBlocks = 4

    /// The values in the head's arithmetic: each block padded with zeros to whole lanes, the joint blocks of unit
    /// length together, each value a multiple of 2⁻²⁰ so that sums of them in double precision are exact and do not
    /// depend on the order.
    func vector() -> [Float] {
        let stride = Kernels.padded(blockWidth)
        var x = [Float](repeating: 0, count: Self.blockCount * stride)
        unsafe slmd_learning_dequantise(&x, stride, quantised, scales, blockWidth, Self.blockCount)
        let joint = Self.joint(x)
        let length = Kernels.dot(joint, joint).squareRoot()
        guard length > 0, length.isFinite else { return [Float](repeating: 0, count: x.count) }
        unsafe slmd_learning_round(&x, 1 / length, x.count)
        return x
    }

    /// The joint blocks of a vector.
    static func joint(_ x: [Float]) -> [Float] { Array(x[..<(x.count / blockCount * jointBlocks)]) }

    /// One block of a vector.
    static func block(_ index: Int, of x: [Float]) -> [Float] {
        let stride = x.count / blockCount
        return Array(x[index * stride..<(index + 1) * stride])
    }
}
