import CKernels

extension Features {
    /// The values in the head's arithmetic: unit length, padded with zeros to whole lanes, each a multiple of 2⁻²⁰
    /// so that sums of them in double precision are exact and do not depend on the order.
    func vector() -> [Float] {
        var x = [Float](repeating: 0, count: Kernels.padded(count))
        unsafe slmd_learning_dequantise(&x, quantised, scales, blockWidth, count)
        let length = Kernels.dot(x, x).squareRoot()
        guard length > 0, length.isFinite else { return [Float](repeating: 0, count: x.count) }
        unsafe slmd_learning_round(&x, 1 / length, x.count)
        return x
    }
}
