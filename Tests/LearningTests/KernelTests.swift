import CKernels
import Testing

@testable import Learning

struct LearningKernelTests {
    private static let paths = (0...slmd_learning_best_path().rawValue).map {
        slmd_learning_path(rawValue: $0)
    }

    private func values(_ count: Int, seed: UInt64) -> [Float] {
        var random = Randomness(state: seed)
        return (0..<count).map { _ in Float(random.below(20001) - 10000) / 7777 }
    }

    @Test(arguments: [64, 128, 640])
    func `every path gives the scalar reference's bits`(count: Int) {
        let (a, x, g) = (values(5 * count, seed: 1), values(count, seed: 2), values(count, seed: 3))
        let matrix = Matrix(rows: 5, columns: count, values: a)
        let packed = PackedSymmetric(count: count, values: values(PackedSymmetric.valueCount(count), seed: 4))
        let steps: [Float] = [0.3, 0, -1, 1e-3, 2]
        func results(_ path: slmd_learning_path) -> [[Float]] {
            var (moved, unit, lowered, y) = (matrix, matrix, packed, g)
            let product = lowered.times(x, path: path)
            let several = Matrix(rows: 3, columns: count, values: Array(a[..<(3 * count)]))
            moved.add(steps, times: x, path: path)
            unit.addUnit(steps, times: x, path: path)
            let corrected = (0...PackedSymmetric.mostWaiting).map { number in
                lowered.downdate(0.7 / Float(number + 1), g, path: path)
                return lowered.times(matrix[number % 5], path: path)
            }
            Kernels.add(0.1, x, to: &y, path: path)
            return [
                matrix.times(x, path: path), matrix.times(each: several, path: path), moved.values,
                unit.values, product, lowered.values, y, [Kernels.dot(x, g, path: path)],
            ] + corrected
        }
        let reference = results(SLMD_LEARNING_SCALAR)
        for path in Self.paths { #expect(results(path) == reference) }
    }

    @Test(arguments: [64, 192])
    func `a dot product agrees with a double-precision sum`(count: Int) {
        let (a, b) = (values(count, seed: 5), values(count, seed: 6))
        let sum = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        // 192 products below 2 in size, each rounded to 24 bits
        #expect(abs(Double(Kernels.dot(a, b)) - sum) < 1e-4)
    }

    @Test func `a packed matrix that starts as the identity multiplies like one, and follows a downdate`() {
        let (x, g) = (values(128, seed: 7), values(128, seed: 8))
        var packed = PackedSymmetric(count: 128, diagonal: 1)
        #expect(packed.times(x) == x)
        packed.downdate(0.5, g)
        let projection = 0.5 * Kernels.dot(g, x)
        for (index, value) in packed.times(x).enumerated() {
            // sums of 128 terms of size up to 2 · 50
            #expect(abs(value - (x[index] - projection * g[index])) < 2e-3)
        }
    }

    @Test(arguments: [64, 192])
    func `a product takes off the downdates that wait, and as many as may wait lower the matrix`(count: Int) {
        var packed = PackedSymmetric(count: count, diagonal: 2)
        let x = values(count, seed: 9)
        var expected = x.map { 2 * Double($0) }
        for number in 1...2 * PackedSymmetric.mostWaiting + 1 {
            let g = values(count, seed: UInt64(10 + number))
            packed.downdate(0.01, g)
            let projection = zip(g, x).reduce(0) { $0 + 0.01 * Double($1.0) * Double($1.1) }
            for index in expected.indices { expected[index] -= projection * Double(g[index]) }
            let found = packed.times(x)
            // each downdate adds a rounding of values below 8
            for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 1e-4) }
            #expect(packed.factors.count == number % PackedSymmetric.mostWaiting)
        }
    }

    @Test(arguments: [1, 2, 5, 12])
    func `products of several vectors are those of each`(vectors: Int) {
        let matrix = Matrix(rows: 5, columns: 128, values: values(640, seed: 11))
        let several = Matrix(rows: vectors, columns: 128, values: values(vectors * 128, seed: 12))
        let each = (0..<vectors).flatMap { matrix.times(several[$0]) }
        #expect(matrix.times(each: several) == each)
        #expect(matrix.times(several[0], row: 3) == each[3])
    }

    @Test func `exp and log agree with golden values`() {
        // e^-1, e^-10, ln 2, ln 10 to eight digits
        #expect(abs(Exponential.exp(-1) - 0.367_879_44) < 1e-7)
        #expect(abs(Exponential.exp(-10) - 4.539_993e-5) < 1e-10)
        #expect(Exponential.exp(0) == 1)
        #expect(Exponential.exp(-1000) == 0)
        #expect(abs(Exponential.log(2) - 0.693_147_18) < 2e-7)
        #expect(abs(Exponential.log(10) - 2.302_585_1) < 5e-7)
    }
}
