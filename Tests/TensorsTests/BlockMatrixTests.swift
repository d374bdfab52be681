import CKernels
import Glibc
import Tensors
import Testing

/// Random blocks of one format, (outputs, inputs).
struct RandomBlocks {
    let format: BlockFormat
    let outputs: Int
    let inputs: Int
    let bytes: [UInt8]

    /// - Parameter extreme: every number is the largest of its format, where products would saturate narrow sums.
    init(_ format: BlockFormat, outputs: Int, inputs: Int, seed: UInt64 = 1, extreme: Bool = false) {
        var numbers = Numbers(state: seed)
        let blocks = outputs * inputs / format.blockCount
        var bytes: [UInt8] = []
        for _ in 0..<blocks {
            var block = (0..<format.blockBytes).map { _ in extreme ? 0xff : UInt8(numbers.next() & 0xff) }
            for offset in Self.halves(format) {
                let half = Float16(0.002 * Double(numbers.next() % 100 + 1)).bitPattern
                (block[offset], block[offset + 1]) = (UInt8(half & 0xff), UInt8(half >> 8))
            }
            if format == .q80 && extreme { for place in 2..<34 { block[place] = 0x80 } }
            if format.blockCount == 1 { block = Self.number(format, numbers.floats(1, scale: 0.3)[0]) }
            bytes += block
        }
        (self.format, self.outputs, self.inputs, self.bytes) = (format, outputs, inputs, bytes)
    }

    /// Where a block has its scales.
    private static func halves(_ format: BlockFormat) -> [Int] {
        switch format {
        case .f32, .f16, .bf16: []
        case .q40, .q50, .q80: [0]
        case .q41, .q51, .q4K, .q5K: [0, 2]
        case .q6K: [208]
        }
    }

    private static func number(_ format: BlockFormat, _ value: Float) -> [UInt8] {
        switch format {
        case .f16: withUnsafeBytes(of: Float16(value).bitPattern) { Array($0) }
        case .bf16: withUnsafeBytes(of: UInt16(value.bitPattern >> 16)) { Array($0) }
        default: withUnsafeBytes(of: value.bitPattern) { Array($0) }
        }
    }

    /// (outputs, inputs)
    var values: [Float] { format.dequantised(bytes.span.bytes) }

    func matrix(bias: [Float]? = nil, precision: Linear.Precision, pool: ComputePool? = nil) -> BlockMatrix {
        BlockMatrix(
            format, blocks: bytes.span.bytes, outputs: outputs, inputs: inputs, bias: bias,
            precision: precision,
            pool: pool)
    }
}

extension BlockMatrix {
    /// Rows of results for rows of `inputs` floats.
    func product(
        _ x: [Float], precision: Linear.Precision, parts: [Range<Int>?] = [nil], onto y: [Float]? = nil,
        by kernels: DecoderKernels
    ) -> [Float] {
        let rows = x.count / inputs
        let activations = Activations(rows: rows, width: inputs, precision: precision)
        let padded = AlignedStorage<Float>(count: rows * activations.width)
        for row in 0..<rows {
            for k in 0..<inputs { padded.start[row * activations.width + k] = x[row * inputs + k] }
        }
        activations.set(0..<rows, to: Rows(padded.start, stride: activations.width, count: rows), by: kernels)
        let out = AlignedStorage<Float>(y ?? [Float](repeating: 9, count: rows * paddedOutputs))
        for part in parts {
            multiply(
                activations, rows: 0..<rows, outputs: part, adding: y != nil,
                into: Rows(out.start, stride: paddedOutputs, count: rows), by: kernels)
        }
        return Array(UnsafeBufferPointer(start: out.start, count: out.count))
    }
}

private let quantised = BlockFormat.allCases.filter { $0.blockCount > 1 }

@Suite struct `A matrix in blocks` {
    @Test(arguments: BlockFormat.allCases)
    func `gives back its rows as the file has them`(format: BlockFormat) {
        let blocks = RandomBlocks(format, outputs: 37, inputs: 512)
        let values = blocks.values.map(\.bitPattern)
        let matrix = blocks.matrix(precision: .fp32, pool: ComputePool(threads: 3))
        for row in 0..<37 {
            var found = [Float](repeating: 9, count: 512)
            matrix.copyRow(row, to: &found)
            #expect(found.map(\.bitPattern) == Array(values[row * 512..<(row + 1) * 512]))
        }
    }

    @Test(arguments: quantised)
    func `takes hardly more memory than its blocks in the file`(format: BlockFormat) {
        let blocks = RandomBlocks(format, outputs: 32, inputs: 512)
        #expect(Double(blocks.matrix(precision: .int8).byteCount) <= Double(blocks.bytes.count) * 1.15)
    }

    @Test(arguments: [BlockFormat.f32, .f16, .bf16])
    func `rounds numbers that stand alone to bytes for int8`(format: BlockFormat) {
        let blocks = RandomBlocks(format, outputs: 20, inputs: 70)
        let values = blocks.values
        let matrix = blocks.matrix(precision: .int8)
        for row in 0..<20 {
            var found = [Float](repeating: 9, count: 70)
            matrix.copyRow(row, to: &found)
            for start in stride(from: 0, to: 70, by: 32) {
                let places = start..<min(start + 32, 70)
                let largest = places.map { abs(values[row * 70 + $0]) }.max() ?? 0
                #expect(places.allSatisfy { abs(found[$0] - values[row * 70 + $0]) <= largest / 253 })
            }
        }
    }

    @Test func `bytes of numbers too small for a scale are zeros, and those of large ones are not cut`() {
        let values: [Float] =
            [1e-8, -3e-9] + [Float](repeating: 0, count: 30) + (1...32).map { Float($0) * 3e-6 }
        let bytes = values.flatMap { value in withUnsafeBytes(of: value.bitPattern) { Array($0) } }
        let matrix = BlockMatrix(.f32, blocks: bytes.span.bytes, outputs: 1, inputs: 64, precision: .int8)
        var found = [Float](repeating: 9, count: 64)
        matrix.copyRow(0, to: &found)
        #expect(found[..<32].allSatisfy { $0 == 0 })
        #expect(zip(found[32...], values[32...]).allSatisfy { abs($0 - $1) <= 96e-6 / 127 })
    }

    @Test(arguments: BlockFormat.allCases, [1, 2, 5, 9])
    func `multiplies rows in single precision as a double-precision sum`(format: BlockFormat, rows: Int) {
        let blocks = RandomBlocks(format, outputs: 40, inputs: 512)
        var numbers = Numbers(state: 2)
        let (x, bias) = (numbers.floats(rows * 512), numbers.floats(40))
        let (values, matrix) = (blocks.values, blocks.matrix(bias: bias, precision: .fp32))
        let found = DecoderKernels.all.map { matrix.product(x, precision: .fp32, by: $0) }
        for (kernels, y) in zip(DecoderKernels.all, found) { #expect(y == found[0], "\(kernels.name)") }
        for row in 0..<rows {
            for n in 0..<40 {
                let terms = (0..<512).map { Double(values[n * 512 + $0]) * Double(x[row * 512 + $0]) }
                let exact = terms.reduce(Double(bias[n]), +)
                let size = terms.reduce(1) { $0 + abs($1) }
                #expect(abs(Double(found[0][row * 48 + n]) - exact) < 1e-5 * size)
            }
            #expect(found[0][row * 48 + 40..<(row + 1) * 48].allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: quantised, [false, true])
    func `multiplies bytes exactly on every instruction set`(format: BlockFormat, extreme: Bool) {
        let blocks = RandomBlocks(format, outputs: 32, inputs: 256, extreme: extreme)
        var numbers = Numbers(state: 3)
        let rows = 11
        let x =
            extreme
            ? (0..<rows * 256).map { Float($0 / 7 % 2 == 0 || $0 < 256 ? 127 : -127) }
            : numbers.floats(rows * 256)
        let (values, matrix) = (blocks.values, blocks.matrix(precision: .int8))
        let found = DecoderKernels.all.map { matrix.product(x, precision: .int8, by: $0) }
        for (kernels, y) in zip(DecoderKernels.all, found) { #expect(y == found[0], "\(kernels.name)") }
        for row in 0..<rows {
            let blocks = rounded(Array(x[row * 256..<(row + 1) * 256]))
            let bytes = blocks.flatMap(\.values)
            for n in 0..<32 {
                let terms = (0..<256).map { Double(values[n * 256 + $0]) * bytes[$0] }
                let size = terms.reduce(1) { $0 + abs($1) }
                // What is left is the rounding of sums over blocks, whose minima and scaled sums cancel, and that of the
                // sums of weights, which are halves.
                let sums = blocks.enumerated().map { place, block in
                    let start = n * 256 + 32 * place
                    return abs(block.offset * values[start..<start + 32].reduce(0) { $0 + Double($1) })
                }
                #expect(
                    abs(Double(found[0][row * 32 + n]) - terms.reduce(0, +))
                        < 3e-6 * size + sums.reduce(0, +) * 0x1p-11)
            }
        }
    }

    /// What a row stands for once its blocks are bytes.
    private func rounded(_ row: [Float]) -> [(offset: Double, values: [Double])] {
        stride(from: 0, to: row.count, by: 32).map { start in
            let block = row[start..<start + 32]
            let (least, largest) = (block.min() ?? 0, block.max() ?? 0)
            let (offset, span) = ((least + largest) / 2, largest - least)
            let steps = span > 0 ? 254 / span : 0
            let values = block.map {
                Double(offset) + Double((($0 - offset) * steps).rounded(.toNearestOrEven))
                    * Double(span / 254)
            }
            return (Double(offset), values)
        }
    }

    @Test(arguments: [Linear.Precision.int8, .fp32])
    func `a row alone, and outputs in parts, give the same numbers`(precision: Linear.Precision) {
        let matrix = RandomBlocks(.q41, outputs: 90, inputs: 96).matrix(precision: precision)
        var numbers = Numbers(state: 4)
        let x = numbers.floats(70 * 96)
        for kernels in DecoderKernels.all {
            let whole = matrix.product(x, precision: precision, by: kernels)
            for row in [0, 1, 63, 64, 69] {
                let alone = matrix.product(
                    Array(x[row * 96..<(row + 1) * 96]), precision: precision, by: kernels)
                #expect(alone == Array(whole[row * 96..<(row + 1) * 96]), "\(kernels.name)")
            }
            let parts = (0..<3).map { Optional(matrix.share(of: $0, of: 3)) }
            #expect(
                matrix.product(x, precision: precision, parts: parts, by: kernels) == whole, "\(kernels.name)"
            )
        }
    }

    @Test func `adds to what is there`() {
        let matrix = RandomBlocks(.q80, outputs: 32, inputs: 64).matrix(precision: .int8)
        var numbers = Numbers(state: 5)
        let (x, before) = (numbers.floats(5 * 64), numbers.floats(5 * 32))
        for kernels in DecoderKernels.all {
            let product = matrix.product(x, precision: .int8, by: kernels)
            let sum = matrix.product(x, precision: .int8, onto: before, by: kernels)
            #expect(sum == zip(before, product).map { $0 + $1 }, "\(kernels.name)")
        }
    }

    @Test(arguments: [1, 31, 32, 33, 577], [1, 2, 3, 7])
    func `shares cover every output once`(outputs: Int, members: Int) {
        let matrix = RandomBlocks(.q40, outputs: outputs, inputs: 32).matrix(precision: .int8)
        let shares = (0..<members).map { matrix.share(of: $0, of: members) }
        #expect(shares.flatMap { Array($0) } == Array(0..<outputs))
    }
}

@Suite struct `Rows of activations` {
    @Test(arguments: DecoderKernels.all)
    func `are bytes within half a step, with their sums`(kernels: DecoderKernels) {
        var numbers = Numbers(state: 6)
        var x = numbers.floats(3 * 96, scale: 4)
        for k in 96 + 32..<96 + 64 { x[k] = 0 }
        var bytes = [Int8](repeating: 99, count: 3 * 96)
        var scales = [slmd_block_scale](repeating: slmd_block_scale(), count: 9)
        bytes.withUnsafeMutableBufferPointer { bytes in
            scales.withUnsafeMutableBufferPointer { scales in
                var to = slmd_activations(
                    width: 96, bytes: bytes.baseAddress, scales: scales.baseAddress, floats: nil)
                kernels.table.pointee.quantise(x, 96, 3, 0, 96, &to, 0)
            }
        }
        for (index, scale) in scales.enumerated() {
            let places = index * 32..<(index + 1) * 32
            let (least, largest) = (places.map { x[$0] }.min() ?? 0, places.map { x[$0] }.max() ?? 0)
            #expect(scale.scale == (largest - least) / 254 && scale.offset == (least + largest) / 2)
            #expect(
                places.allSatisfy {
                    abs(scale.offset + Float(bytes[$0]) * scale.scale - x[$0]) <= scale.scale * 0.5001
                })
            let total = places.reduce(0) { $0 + Int(bytes[$1]) }
            #expect(Int(scale.totals.0) == places.prefix(16).reduce(0) { $0 + Int(bytes[$1]) })
            #expect(Int(scale.totals.1) == places.suffix(16).reduce(0) { $0 + Int(bytes[$1]) })
            #expect(scale.sum == scale.scale * Float(total))
        }
        #expect(bytes[96 + 32..<96 + 64].allSatisfy { $0 == 0 } && scales[4].scale == 0)
    }
}
