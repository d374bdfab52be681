import CKernels
import Glibc
import Tensors
import Testing

/// Attention of two heads over one text, for every table of kernels.
struct AttentionJob {
    typealias Kernel = @convention(c) (UnsafePointer<slmd_attention>?) -> Void

    let tokens: Int
    let width: Int
    let heads = 2
    /// (tokens, 3 * heads * width)
    var qkv: [Float]

    init(tokens: Int, width: Int) {
        self.tokens = tokens
        self.width = width
        var numbers = Numbers(state: 7)
        qkv = numbers.floats(tokens * 3 * heads * width, scale: 0.7)
    }

    /// What the reference finds; every other table must find the same, in one part and in two.
    func expectOneResult(_ kernel: KeyPath<slmd_encoder_kernels, Kernel?>) -> [Float] {
        func attend(_ table: Kernels, _ rows: Range<Int>) -> [Float] {
            self.attend(table.table.pointee[keyPath: kernel], rows)
        }
        let expected = attend(Kernels.all[0], 0..<tokens)
        for kernels in Kernels.all.dropFirst() {
            #expect(attend(kernels, 0..<tokens) == expected, "\(kernels.name)")
            let half = tokens / 2
            #expect(
                attend(kernels, 0..<half) + attend(kernels, half..<tokens) == expected,
                "in two parts, \(kernels.name)")
        }
        return expected
    }

    private func attend(_ kernel: Kernel?, _ rows: Range<Int>) -> [Float] {
        let scratch = AlignedStorage<Float>(count: slmd_attention_scratch(Int32(tokens), Int32(width)))
        var out = [Float](repeating: 0, count: rows.count * heads * width)
        qkv.withUnsafeBufferPointer { qkv in
            out.withUnsafeMutableBufferPointer { out in
                var job = slmd_attention(
                    qkv: qkv.baseAddress, qkv_stride: 3 * heads * width, tokens: Int32(tokens),
                    heads: Int32(heads), head_width: Int32(width), first: Int32(rows.lowerBound),
                    last: Int32(rows.upperBound), out: out.baseAddress, out_stride: heads * width,
                    scratch: scratch.start)
                kernel?(&job)
            }
        }
        return out
    }

    /// In double precision, term by term.
    var exact: [Float] {
        let stride = 3 * heads * width
        var out = [Float](repeating: 0, count: tokens * heads * width)
        for head in 0..<heads {
            for row in 0..<tokens {
                let scores = (0..<tokens).map { t -> Double in
                    (0..<width).reduce(0.0) { sum, d in
                        let query = qkv[row * stride + head * width + d]
                        let key = qkv[t * stride + heads * width + head * width + d]
                        return sum + Double(query) * Double(key)
                    }
                }
                let largest = scores.max() ?? 0
                let powers = scores.map { exp2($0 - largest) }
                let total = powers.reduce(0, +)
                for d in 0..<width {
                    let sum = (0..<tokens).reduce(0.0) { sum, t in
                        sum + powers[t] * Double(qkv[t * stride + 2 * heads * width + head * width + d])
                    }
                    out[row * heads * width + head * width + d] = Float(sum / total)
                }
            }
        }
        return out
    }
}
