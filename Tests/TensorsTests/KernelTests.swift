import CKernels
import Glibc
import Tensors
import Testing

/// Numbers that look random and are the same every time.
struct Numbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    /// `count` values from -scale to scale.
    mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in (Float(next() & 0xffff) / 32768 - 1) * scale }
    }
}

/// Packed weights with everything a product needs, at fixed addresses.
final class PackedLayer {
    let rows: [Float]
    let bias: AlignedStorage<Float>
    let panels: AlignedStorage<Int8>
    let scales: AlignedStorage<Float>
    let sums: AlignedStorage<Int32>
    let single: AlignedStorage<Float>
    let inputs: Int
    let outputs: Int

    init(inputs: Int, outputs: Int, seed: UInt64) {
        var numbers = Numbers(state: seed)
        (self.inputs, self.outputs) = (inputs, outputs)
        rows = numbers.floats(inputs * outputs, scale: 0.2)
        bias = AlignedStorage(numbers.floats(outputs))
        panels = AlignedStorage(count: inputs * outputs)
        scales = AlignedStorage(count: outputs)
        sums = AlignedStorage(count: outputs)
        single = AlignedStorage(count: inputs * outputs)
        slmd_pack_int8(rows, Int32(outputs), Int32(inputs), panels.start, scales.start, sums.start)
        slmd_pack_float(rows, Int32(outputs), Int32(inputs), single.start)
    }

    var int8: slmd_int8_weights {
        slmd_int8_weights(
            inputs: Int32(inputs), outputs: Int32(outputs), panels: panels.start, scales: scales.start,
            sums: sums.start, bias: bias.start)
    }

    var float: slmd_float_weights {
        slmd_float_weights(
            inputs: Int32(inputs), outputs: Int32(outputs), panels: single.start, bias: bias.start)
    }

    /// The int8 weight of output `n` for input `k`.
    func weight(_ n: Int, _ k: Int) -> Int32 {
        Int32(panels.start[n / 48 * 48 * inputs + k / 4 * 192 + n % 48 * 4 + k % 4])
    }
}

private var reference: slmd_encoder_kernels { Kernels.all[0].table.pointee }
private let shapes = [
    (1, 4, 48), (2, 8, 48), (3, 312, 336), (8, 384, 96), (9, 36, 144), (13, 1536, 48), (17, 64, 96),
]

@Suite struct `The encoder's kernels` {
    @Test func `start with the scalar reference and end with the fastest`() {
        #expect(Kernels.all.first?.name == "scalar")
        #expect(Kernels.all.last?.name == Kernels.best.name)
    }

    @Test(arguments: shapes)
    func `int8 sums are exact on every instruction set`(rows: Int, inputs: Int, outputs: Int) {
        let layer = PackedLayer(inputs: inputs, outputs: outputs, seed: 1)
        var numbers = Numbers(state: 2)
        // Runs of 0 and 255 against ±127 would saturate a kernel that adds pairs in 16 bits.
        let bytes = (0..<rows * inputs).map { _ in
            let draw = numbers.next()
            return draw % 3 == 0 ? UInt8(255) : UInt8(draw >> 8 & 0xff)
        }
        var weights = layer.int8
        for kernels in Kernels.all {
            var sums = [Int32](repeating: -1, count: rows * outputs)
            kernels.table.pointee.sums_int8(&weights, bytes, inputs, Int32(rows), &sums, outputs)
            var wrong = 0
            for row in 0..<rows {
                for n in 0..<outputs {
                    var expected: Int32 = 0
                    for k in 0..<inputs { expected += Int32(bytes[row * inputs + k]) * layer.weight(n, k) }
                    if sums[row * outputs + n] != expected { wrong += 1 }
                }
            }
            #expect(wrong == 0, "\(kernels.name)")
        }
    }

    @Test(arguments: shapes, [SLMD_STORE, SLMD_STORE_GELU, SLMD_ADD])
    func `products are the reference's, bit for bit`(shape: (Int, Int, Int), epilogue: slmd_epilogue) {
        let (rows, inputs, outputs) = shape
        let layer = PackedLayer(inputs: inputs, outputs: outputs, seed: 3)
        var numbers = Numbers(state: 4)
        let width = roundedUp(inputs, to: 16)
        let x = numbers.floats(rows * width, scale: 2)
        let before = numbers.floats(rows * outputs)
        func compute(_ table: slmd_encoder_kernels) -> (int8: [Float], float: [Float], bytes: [UInt8]) {
            var (int8, float, bytes) = (before, before, [UInt8](repeating: 0, count: rows * width))
            var scales = [slmd_row_scale](repeating: slmd_row_scale(), count: rows)
            var (packed, single) = (layer.int8, layer.float)
            table.quantise(x, width, Int32(rows), Int32(width), &bytes, width, &scales)
            table.product_int8(&packed, bytes, width, scales, Int32(rows), epilogue, &int8, outputs)
            table.product_float(&single, x, width, Int32(rows), epilogue, &float, outputs)
            return (int8, float, bytes)
        }
        let expected = compute(reference)
        for kernels in Kernels.all.dropFirst() {
            let found = compute(kernels.table.pointee)
            #expect(found.bytes == expected.bytes, "quantise, \(kernels.name)")
            #expect(found.int8 == expected.int8, "int8, \(kernels.name)")
            #expect(found.float == expected.float, "float, \(kernels.name)")
        }
    }

    @Test(arguments: shapes)
    func `a single-precision product agrees with a double-precision sum`(rows: Int, inputs: Int, outputs: Int)
    {
        let layer = PackedLayer(inputs: inputs, outputs: outputs, seed: 5)
        var numbers = Numbers(state: 6)
        let x = numbers.floats(rows * inputs)
        var weights = layer.float
        for kernels in Kernels.all {
            var y = [Float](repeating: 0, count: rows * outputs)
            kernels.table.pointee.product_float(&weights, x, inputs, Int32(rows), SLMD_STORE, &y, outputs)
            var worst = 0.0
            for row in 0..<rows {
                for n in 0..<outputs {
                    var sum = Double(layer.bias.start[n])
                    for k in 0..<inputs {
                        sum += Double(x[row * inputs + k]) * Double(layer.rows[n * inputs + k])
                    }
                    worst = max(worst, abs(sum - Double(y[row * outputs + n])))
                }
            }
            #expect(worst < 2e-5, "\(kernels.name)")
        }
    }

    @Test(arguments: [1, 15, 16, 17, 49, 100], [16, 32, 64])
    func `attention is the reference's bit for bit, and softmax of the products`(tokens: Int, width: Int) {
        let job = AttentionJob(tokens: tokens, width: width)
        let expected = job.expectOneResult(\.attention)
        #expect(zip(expected, job.exact).allSatisfy { abs($0 - $1) < 3e-6 })
    }

    @Test(arguments: [1, 15, 16, 17, 49, 130], [16, 32, 64])
    func `attention in bytes is the reference's bit for bit, and near softmax of the products`(
        tokens: Int, width: Int
    ) {
        let job = AttentionJob(tokens: tokens, width: width)
        let found = job.expectOneResult(\.attention_int8)
        let worst = zip(found, job.exact).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 0.01)
    }

    @Test func `attention in bytes is exact where every value is alike, and takes queries of zero`() {
        var job = AttentionJob(tokens: 50, width: 32)
        job.qkv = [Float](repeating: 0.25, count: job.qkv.count)
        #expect(job.expectOneResult(\.attention_int8).allSatisfy { $0 == 0.25 })
        job.qkv = [Float](repeating: 0, count: job.qkv.count)
        #expect(job.expectOneResult(\.attention_int8).allSatisfy { $0 == 0 })
    }

    @Test(arguments: [16, 26, 312, 384])
    func `layer norm has mean beta and is the reference's bit for bit`(width: Int) {
        var numbers = Numbers(state: 8)
        let padded = roundedUp(width, to: 16)
        let zeros = [Float](repeating: 0, count: padded - width)
        let x = (0..<3).flatMap { _ in numbers.floats(width, scale: 3) + zeros }
        let gamma = numbers.floats(width) + zeros
        let beta = numbers.floats(width) + zeros
        func norm(_ table: slmd_encoder_kernels) -> [Float] {
            var y = x
            table.layer_norm(&y, padded, 3, Int32(width), gamma, beta, 1e-12)
            return y
        }
        let expected = norm(reference)
        for kernels in Kernels.all { #expect(norm(kernels.table.pointee) == expected, "\(kernels.name)") }
        for row in 0..<3 {
            let values = x[row * padded..<row * padded + width].map(Double.init)
            let mean = values.reduce(0, +) / Double(width)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            for j in 0..<width {
                let exact = (values[j] - mean) / variance.squareRoot() * Double(gamma[j]) + Double(beta[j])
                #expect(abs(exact - Double(expected[row * padded + j])) < 2e-6)
            }
            #expect(expected[row * padded + width..<(row + 1) * padded].allSatisfy { $0 == 0 })
        }
    }

    @Test func `a quantised row is within half a step of the row, and zero is exact`() {
        var numbers = Numbers(state: 9)
        let x = numbers.floats(64, scale: 5).map { abs($0) < 0.3 ? 0 : $0 }
        var bytes = [UInt8](repeating: 0, count: 64)
        var scale = slmd_row_scale()
        reference.quantise(x, 64, 1, 64, &bytes, 64, &scale)
        for (value, byte) in zip(x, bytes) {
            let back = Float(Int32(byte) - scale.zero) * scale.scale
            #expect(abs(back - value) <= scale.scale * 0.51 + scale.scale * 0.5)
            if value == 0 { #expect(back == 0) }
        }
        #expect(bytes.min() == 0 && bytes.max() == 255)
    }

    @Test func `a row of zeros quantises to zeros`() {
        let x = [Float](repeating: 0, count: 16)
        var bytes = [UInt8](repeating: 9, count: 16)
        var scale = slmd_row_scale(scale: 1, zero: 7)
        reference.quantise(x, 16, 1, 16, &bytes, 16, &scale)
        #expect(bytes.allSatisfy { Int32($0) == scale.zero })
    }
}
