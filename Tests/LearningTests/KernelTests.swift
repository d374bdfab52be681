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
            moved.add(steps, times: x, path: path)
            unit.addUnit(steps, times: x, path: path)
            lowered.downdate(0.7, g, path: path)
            Kernels.add(0.1, x, to: &y, path: path)
            return [
                matrix.times(x, path: path), moved.values, unit.values, product, lowered.values,
                lowered.times(x, path: path), lowered.values, y, [Kernels.dot(x, g, path: path)],
            ]
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
    func `a downdate that waits for a product gives the bits of one done before it`(count: Int) {
        let (x, g) = (values(count, seed: 9), values(count, seed: 10))
        var waiting = PackedSymmetric(count: count, diagonal: 2)
        waiting.downdate(0.3, g)
        var done = PackedSymmetric(count: count, values: waiting.values)
        #expect(waiting == done)
        #expect(waiting.times(x) == done.times(x))
        #expect(waiting.values == done.values)
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
