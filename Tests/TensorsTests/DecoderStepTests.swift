import CKernels
import Glibc
import Tensors
import Testing

/// Rows of floats as activations in fp32 give them back.
private func floats(
    rows: Int, width: Int, _ set: (UnsafePointer<slmd_activations>) -> Void
) -> [Float] {
    var out = [Float](repeating: 9, count: rows * width)
    out.withUnsafeMutableBufferPointer { out in
        var to = slmd_activations(width: Int32(width), bytes: nil, scales: nil, floats: out.baseAddress)
        set(&to)
    }
    return out
}

@Suite struct `The decoder's kernels` {
    @Test func `start with the scalar reference and end with the fastest`() {
        #expect(DecoderKernels.all.first?.name == "scalar")
        #expect(DecoderKernels.all.last?.name == DecoderKernels.best.name)
    }

    @Test(arguments: [32, 96, 576])
    func `a norm has the mean square of gamma, and is the reference's bit for bit`(width: Int) {
        var numbers = Numbers(state: 1)
        let (x, gamma) = (numbers.floats(3 * width, scale: 3), numbers.floats(width))
        let found = DecoderKernels.all.map { kernels in
            floats(rows: 3, width: width) { kernels.table.pointee.norm(x, width, 3, gamma, 1e-5, $0, 0) }
        }
        for (kernels, y) in zip(DecoderKernels.all, found) { #expect(y == found[0], "\(kernels.name)") }
        for row in 0..<3 {
            let values = x[row * width..<(row + 1) * width].map(Double.init)
            let root = (values.reduce(0) { $0 + $1 * $1 } / Double(width) + 1e-5).squareRoot()
            for j in 0..<width {
                #expect(abs(values[j] / root * Double(gamma[j]) - Double(found[0][row * width + j])) < 2e-6)
            }
        }
    }

    @Test func `a gate lets through what its formula says, however large its numbers are`() {
        var numbers = Numbers(state: 2)
        var gates = numbers.floats(64, scale: 12)
        for (place, extreme) in [0, -0.0, 90, -90, 1e4, -1e4, 1e30, -1e30].enumerated() {
            gates[place] = Float(extreme)
        }
        let x = numbers.floats(64)
        let found = DecoderKernels.all.map { kernels in
            floats(rows: 1, width: 64) { kernels.table.pointee.gate(gates, 64, x, 64, 1, 0, 64, $0, 0) }
        }
        for (kernels, y) in zip(DecoderKernels.all, found) { #expect(y == found[0], "\(kernels.name)") }
        for j in 0..<64 {
            let exact = Double(gates[j]) / (1 + exp(-Double(gates[j]))) * Double(x[j])
            #expect(abs(Double(found[0][j]) - exact) <= 1e-6 * max(1, abs(exact)))
        }
    }

    @Test(arguments: [(16, 16), (64, 64), (96, 48), (80, 80)])
    func `a turn keeps lengths, and is undone by the opposite one`(headWidth: Int, dimensions: Int) {
        var numbers = Numbers(state: 3)
        let x = numbers.floats(3 * headWidth)
        let angles = numbers.floats(dimensions / 2, scale: 40)
        let (cosines, sines) = (angles.map { cosf($0) }, angles.map { sinf($0) })
        func turned(_ x: [Float], _ sines: [Float], _ kernels: DecoderKernels) -> [Float] {
            var y = x
            kernels.table.pointee.rotate(&y, 3, Int32(headWidth), Int32(dimensions), cosines, sines)
            return y
        }
        let expected = turned(x, sines, DecoderKernels.all[0])
        for kernels in DecoderKernels.all {
            let y = turned(x, sines, kernels)
            #expect(y == expected, "\(kernels.name)")
            let back = turned(y, sines.map { -$0 }, kernels)
            #expect(zip(x, back).allSatisfy { abs($0 - $1) < 1e-6 })
        }
        for head in 0..<3 {
            let start = head * headWidth
            for j in 0..<dimensions / 2 {
                let (a, b) = (x[start + j], x[start + j + dimensions / 2])
                let (c, d) = (expected[start + j], expected[start + j + dimensions / 2])
                #expect(abs((a * a + b * b) - (c * c + d * d)) < 1e-5)
            }
            #expect(
                expected[start + dimensions..<start + headWidth] == x[start + dimensions..<start + headWidth])
        }
    }

    @Test func `halves are read as the language reads them, all of them`() {
        let halves = (0..<65536).map { UInt16($0) }
        let blocks = halves.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        let found = BlockFormat.f16.dequantised(blocks.span.bytes)
        for (half, value) in zip(halves, found) {
            let expected = Float(Float16(bitPattern: half))
            #expect(value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN)
        }
    }

    @Test func `halves are written as the language rounds them`() {
        var numbers = Numbers(state: 5)
        let middles = (0..<2048).map { _ in
            // Halfway between two halves, and just beside it.
            let half = Float16(bitPattern: UInt16(numbers.next() % 0x7bfe))
            return (Float(half) + Float(half.nextUp)) / 2
        }
        let values =
            middles + middles.map(\.nextUp) + middles.map { -$0.nextDown } + [
                0, -0.0, 1e-9, 65504, -1e-7, 6e-8, 3, 7, -65504, 1e-5, 0.1, -0.3, 6e-5, 6.1e-5, 1, -1,
            ]
        for kernels in DecoderKernels.all {
            let keys = AlignedStorage<UInt8>(count: values.count * 64)
            let kept = AlignedStorage<UInt8>(count: values.count * 64)
            kernels.table.pointee.keep(values, values, 1, Int32(values.count), 1, keys.start, kept.start, 0)
            func half(_ bytes: AlignedStorage<UInt8>, _ index: Int) -> UInt16 {
                UInt16(bytes.start[2 * index]) | UInt16(bytes.start[2 * index + 1]) << 8
            }
            let expected = values.map { Float16($0).bitPattern }
            #expect(values.indices.map { half(kept, $0) } == expected, "\(kernels.name)")
            #expect(values.indices.map { half(keys, $0 * 16) } == expected, "\(kernels.name)")
        }
    }
}

/// Keys, values and queries of one layer, and attention over them.
private struct PagedJob {
    let positions: Int
    let headWidth: Int
    let keyHeads = 2
    let group = 3
    let keys: [Float]
    let values: [Float]
    let queries: [Float]
    var heads: Int { keyHeads * group }

    /// Queries of the last `rows` positions.
    init(positions: Int, rows: Int, headWidth: Int) {
        self.positions = positions
        self.headWidth = headWidth
        var numbers = Numbers(state: 4)
        keys = numbers.floats(positions * 2 * headWidth, scale: 2)
        values = numbers.floats(positions * 2 * headWidth, scale: 2)
        queries = numbers.floats(rows * 6 * headWidth, scale: 2)
    }

    var rows: Int { queries.count / (heads * headWidth) }

    /// - Parameter parts: rows and heads that are computed together.
    func attend(
        _ precision: Linear.Precision, window: Int?, parts: [(Range<Int>, Range<Int>)]? = nil,
        by kernels: DecoderKernels
    ) -> [Float] {
        let shape = KeyValuePool.Shape(layers: 2, heads: keyHeads, headWidth: headWidth)
        let pages = preparedPages(shape, positions, precision)
        for position in 0..<positions {
            keys.withUnsafeBufferPointer { keys in
                values.withUnsafeBufferPointer { values in
                    guard let key = keys.baseAddress, let value = values.baseAddress else { return }
                    let at = position * keyHeads * headWidth
                    pages.keep(keys: key + at, values: value + at, layer: 1, at: position, by: kernels)
                }
            }
        }
        let width = heads * headWidth
        let (from, to) = (AlignedStorage(queries), AlignedStorage<Float>(count: queries.count))
        let scratch = AlignedStorage<Float>(count: KeyValuePages.scratchCount(headWidth: headWidth))
        for (rows, heads) in parts ?? [(0..<rows, 0..<heads)] {
            pages.attend(
                Rows(from.start, stride: width, count: self.rows).rows(rows),
                first: positions - self.rows + rows.lowerBound,
                heads: heads, group: group, window: window, layer: 1,
                into: Rows(to.start, stride: width, count: self.rows).rows(rows), scratch: scratch,
                by: kernels)
        }
        return Array(UnsafeBufferPointer(start: to.start, count: to.count))
    }

    /// In double precision.
    func exact(row: Int, head: Int, window: Int?) -> [Double] {
        let position = positions - rows + row
        let seen = max(0, position + 1 - (window ?? positions))...position
        func at(_ position: Int) -> Int { (position * keyHeads + head / group) * headWidth }
        let scores = seen.map { p in
            (0..<headWidth).reduce(0.0) {
                $0 + Double(queries[(row * heads + head) * headWidth + $1]) * Double(keys[at(p) + $1])
            } / Double(headWidth).squareRoot()
        }
        let powers = scores.map { exp($0 - (scores.max() ?? 0)) }
        let total = powers.reduce(0, +)
        return (0..<headWidth).map { d in
            zip(seen, powers).reduce(0) { $0 + $1.1 / total * Double(values[at($1.0) + d]) }
        }
    }
}

@Suite struct `Attention over pages` {
    @Test(arguments: [(1, 1), (31, 1), (32, 2), (33, 7), (100, 40)], [16, 48, 64])
    func `is softmax of the products, bit for bit the reference's`(shape: (Int, Int), headWidth: Int) {
        let job = PagedJob(positions: shape.0, rows: shape.1, headWidth: headWidth)
        for window in [nil, 5, 40] {
            for (precision, tolerance) in [(Linear.Precision.fp32, 1e-5), (.int8, 4e-3)] {
                let found = DecoderKernels.all.map { job.attend(precision, window: window, by: $0) }
                for (kernels, out) in zip(DecoderKernels.all, found) {
                    #expect(out == found[0], "\(kernels.name)")
                }
                for row in [0, job.rows - 1] {
                    for head in 0..<job.heads {
                        let exact = job.exact(row: row, head: head, window: window)
                        let start = (row * job.heads + head) * headWidth
                        #expect(
                            zip(exact, found[0][start..<start + headWidth]).allSatisfy {
                                abs($0 - Double($1)) < tolerance
                            })
                    }
                }
            }
        }
    }

    @Test(arguments: [Linear.Precision.fp32, .int8])
    func `a row is the same alone, and heads are when others are computed elsewhere`(
        precision: Linear.Precision
    ) {
        let job = PagedJob(positions: 90, rows: 21, headWidth: 32)
        for kernels in DecoderKernels.all {
            let whole = job.attend(precision, window: 40, by: kernels)
            let rows = (0..<21).map { ($0..<$0 + 1, 0..<6) }
            #expect(job.attend(precision, window: 40, parts: rows, by: kernels) == whole, "\(kernels.name)")
            let heads = [(0..<21, 0..<4), (0..<8, 4..<6), (8..<21, 4..<6)]
            #expect(job.attend(precision, window: 40, parts: heads, by: kernels) == whole, "\(kernels.name)")
        }
    }

    @Test func `numbers beyond the largest half stay finite`() {
        let shape = KeyValuePool.Shape(layers: 1, heads: 1, headWidth: 16)
        for kernels in DecoderKernels.all {
            let pages = preparedPages(shape, 1, .int8)
            let huge = [Float](repeating: 1e9, count: 16)
            pages.keep(keys: huge, values: huge, layer: 0, at: 0, by: kernels)
            let (query, out) = (AlignedStorage<Float>(count: 16), AlignedStorage<Float>(count: 16))
            pages.attend(
                Rows(query.start, stride: 16, count: 1), first: 0, heads: 0..<1, group: 1, window: nil,
                layer: 0,
                into: Rows(out.start, stride: 16, count: 1),
                scratch: AlignedStorage(count: KeyValuePages.scratchCount(headWidth: 16)), by: kernels)
            #expect((0..<16).allSatisfy { out.start[$0] == 65504 })
        }
    }
}

/// A sequence's pages with room for so many positions.
private func preparedPages(
    _ shape: KeyValuePool.Shape, _ positions: Int, _ precision: Linear.Precision
) -> KeyValuePages {
    let pool = KeyValuePool(shape, pages: KeyValuePool.pages(for: positions), precision: precision)
    let pages = KeyValuePages(in: pool, capacity: positions)
    #expect(pages.prepare(0..<positions))
    return pages
}
