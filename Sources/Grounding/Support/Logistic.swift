import Glibc

/// The arithmetic of logistic regression, in double precision.
enum Logistic {
    static func log(_ x: Float) -> Float { Float(Glibc.log(Double(x))) }

    static func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

    /// exp(−distance / 6).
    static func nearness(_ distance: Int) -> Float { Float(exp(-Double(distance) / 6)) }

    /// The weights, the bias last, that make `targets` likeliest given `rows`, each weight held by `penalty` · w² / 2.
    ///
    /// - Parameters:
    ///   - rows: (n, width), standardised.
    ///   - targets: n of 0 or 1.
    /// - Complexity: O(7 · n · width²).
    /// - Note: Newton's method; Bishop, *PRML*, 2006, section 4.3.3.
    static func fit(_ rows: [[Double]], _ targets: [Double], penalty: Double) -> [Double] {
        let width = (rows.first?.count ?? 0) + 1
        var weights = [Double](repeating: 0, count: width)
        for _ in 0..<7 {
            var slope = weights.map { $0 * penalty }
            slope[width - 1] = 0
            var curvature = [Double](repeating: 0, count: width * width)
            for (row, target) in zip(rows, targets) {
                let x = row + [1]
                let p = sigmoid(zip(x, weights).reduce(0) { $0 + $1.0 * $1.1 })
                for i in 0..<width where x[i] != 0 {
                    slope[i] += (p - target) * x[i]
                    let scaled = p * (1 - p) * x[i]
                    for j in 0...i { curvature[i * width + j] += scaled * x[j] }
                }
            }
            for i in 0..<width { curvature[i * width + i] += i == width - 1 ? 1e-6 : penalty }
            let step = solve(curvature, slope)
            for i in 0..<width { weights[i] -= step[i] }
        }
        return weights
    }

    /// x of A · x = b by Cholesky's factors.
    ///
    /// - Parameter a: (n, n), positive definite; its lower half is read.
    static func solve(_ a: [Double], _ b: [Double]) -> [Double] {
        let n = b.count
        var (l, x) = (a, b)
        for i in 0..<n {
            for j in 0...i {
                var sum = l[i * n + j]
                for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
                l[i * n + j] = i == j ? sum.squareRoot() : sum / l[j * n + j]
            }
        }
        for i in 0..<n {
            for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
            x[i] /= l[i * n + i]
        }
        for i in (0..<n).reversed() {
            for k in (i + 1)..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
            x[i] /= l[i * n + i]
        }
        return x
    }
}
