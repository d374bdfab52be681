import CKernels

/// The head's arithmetic: the same bits on every processor. Lengths are multiples of `lanes`.
enum Kernels {
    static let lanes = Int(SLMD_LEARNING_LANES)
    static let path = slmd_learning_best_path()

    /// `count` rounded up to a whole number of lanes.
    static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    static func dot(_ a: [Float], _ b: [Float], path: slmd_learning_path = path) -> Float {
        precondition(a.count == b.count, "dot: lengths \(a.count) and \(b.count) differ")
        return unsafe slmd_learning_dot(path, a, b, a.count)
    }

    static func add(_ alpha: Float, _ x: [Float], to y: inout [Float], path: slmd_learning_path = path) {
        precondition(x.count == y.count, "axpy: lengths \(x.count) and \(y.count) differ")
        unsafe slmd_learning_axpy(path, &y, alpha, x, x.count)
    }
}

/// Rows of `columns` floats, `columns` a multiple of the kernels' lanes.
struct Matrix: Sendable, Equatable {
    private(set) var rows: Int
    let columns: Int
    fileprivate(set) var values: [Float]

    init(rows: Int = 0, columns: Int) {
        self.init(rows: rows, columns: columns, values: [Float](repeating: 0, count: rows * columns))
    }

    init(rows: Int, columns: Int, values: [Float]) {
        precondition(columns % Kernels.lanes == 0 && values.count == rows * columns, "matrix: wrong shape")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    subscript(row: Int) -> [Float] {
        get { Array(values[row * columns..<(row + 1) * columns]) }
        set { values.replaceSubrange(row * columns..<(row + 1) * columns, with: newValue) }
    }

    mutating func append(_ row: some Collection<Float>) {
        precondition(row.count == columns, "matrix: a row of \(row.count), expected \(columns)")
        values.append(contentsOf: row)
        rows += 1
    }

    mutating func append(rows other: Matrix) {
        precondition(other.columns == columns, "matrix: rows of \(other.columns), expected \(columns)")
        values += other.values
        rows += other.rows
    }

    mutating func reserve(rows: Int) { values.reserveCapacity(rows * columns) }

    mutating func remove(row: Int) {
        values.removeSubrange(row * columns..<(row + 1) * columns)
        rows -= 1
    }

    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        rows = 0
    }

    /// Matrix · x, shape (rows).
    func times(_ x: [Float], path: slmd_learning_path = Kernels.path) -> [Float] {
        precondition(x.count == columns, "matrix: a vector of \(x.count), expected \(columns)")
        var out = [Float](repeating: 0, count: rows)
        unsafe slmd_learning_rows_dot(path, &out, values, x, rows, columns)
        return out
    }

    /// Matrix · each of the rows of `xs`, shape (xs.rows, rows); the bits of `times`, in one pass over the matrix.
    func times(each xs: Matrix, path: slmd_learning_path = Kernels.path) -> [Float] {
        precondition(xs.columns == columns, "matrix: vectors of \(xs.columns), expected \(columns)")
        var out = [Float](repeating: 0, count: xs.rows * rows)
        unsafe slmd_learning_rows_dots(path, &out, values, xs.values, rows, xs.rows, columns)
        return out
    }

    /// One row · x.
    func times(_ x: [Float], row: Int) -> Float {
        precondition(x.count == columns && row < rows, "matrix: row \(row) of \(rows)")
        return unsafe values.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe slmd_learning_dot(Kernels.path, base + row * columns, x, columns)
        }
    }

    /// Adds `alphas[r] · x` to every row r.
    mutating func add(_ alphas: [Float], times x: [Float], path: slmd_learning_path = Kernels.path) {
        precondition(x.count == columns && alphas.count == rows, "matrix: wrong shape of an outer product")
        unsafe slmd_learning_rows_axpy(path, &values, alphas, x, rows, columns)
    }

    /// Adds `alphas[r] · x` to every row r and brings the rows that changed back to length 1.
    mutating func addUnit(_ alphas: [Float], times x: [Float], path: slmd_learning_path = Kernels.path) {
        precondition(x.count == columns && alphas.count == rows, "matrix: wrong shape of an outer product")
        unsafe slmd_learning_unit_rows_axpy(path, &values, alphas, x, rows, columns)
    }

    /// Some rows that are being worked on.
    @safe struct Block {
        // Handed out by `forEachBlock`, for as long as it holds the matrix.
        fileprivate let start: UnsafeMutablePointer<Float>
        let rows: Range<Int>
        fileprivate let columns: Int

        /// Each row · x, into the first of `products`.
        func times(_ x: [Float], into products: inout [Float]) {
            precondition(x.count == columns && products.count >= rows.count, "matrix: wrong shape")
            unsafe slmd_learning_rows_dots(Kernels.path, &products, start, x, rows.count, 1, columns)
        }

        /// Each row · the row of `other` of the same number, into the first of `products`.
        func dots(with other: Matrix, into products: inout [Float]) {
            precondition(other.columns == columns && other.rows >= rows.upperBound, "matrix: shapes differ")
            unsafe other.values.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                for (place, row) in rows.enumerated() {
                    products[place] = unsafe slmd_learning_dot(
                        Kernels.path, start + place * columns, base + row * columns, columns)
                }
            }
        }

        /// Adds the first of `alphas` · x, one a row.
        func add(_ alphas: [Float], times x: [Float]) {
            precondition(x.count == columns && alphas.count >= rows.count, "matrix: wrong shape")
            unsafe slmd_learning_rows_axpy(Kernels.path, start, alphas, x, rows.count, columns)
        }
    }

    /// Rows of a block: as many as the nearest cache holds beside a vector or two.
    static let blockRows = 4

    /// Calls `body` with one block of rows after the other, so that all that is done to them finds them in the nearest cache.
    mutating func forEachBlock(_ body: (Block) -> Void) {
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for first in stride(from: 0, to: rows, by: Self.blockRows) {
                unsafe body(
                    Block(
                        start: base + first * columns, rows: first..<min(first + Self.blockRows, rows),
                        columns: columns))
            }
        }
    }

    /// Adds `alpha · x` to one row.
    mutating func add(_ alpha: Float, times x: [Float], toRow row: Int) {
        precondition(x.count == columns && row < rows, "matrix: row \(row) of \(rows)")
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe slmd_learning_axpy(Kernels.path, base + row * columns, alpha, x, columns)
        }
    }

    /// Matrixᵀ · y, shape (columns).
    func transposedTimes(_ y: [Float]) -> [Float] {
        precondition(y.count == rows, "matrix: \(y.count) values for \(rows) rows")
        var out = [Float](repeating: 0, count: columns)
        unsafe values.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for row in 0..<rows where y[row] != 0 {
                unsafe slmd_learning_axpy(Kernels.path, &out, y[row], base + row * columns, columns)
            }
        }
        return out
    }

    /// One step of Adam with the running `means` and `squares`, of this shape.
    ///
    /// - Parameters:
    ///   - errors: (batch, rows), one example after the other; the gradient is their sum of outer products with
    ///   - inputs: (batch, columns).
    mutating func adam(
        _ errors: [Float], times inputs: Matrix, _ means: inout Matrix, _ squares: inout Matrix, rate: Float,
        correction: Float, path: slmd_learning_path = Kernels.path
    ) {
        precondition(
            inputs.columns == columns && errors.count == inputs.rows * rows
                && means.values.count == values.count && squares.values.count == values.count,
            "matrix: shapes differ")
        unsafe slmd_learning_rows_adam(
            path, &values, &means.values, &squares.values, errors, inputs.values, inputs.rows, rows, columns,
            rate, correction)
    }

    /// Adds alpha · another matrix of as many rows to the columns from `column` on.
    mutating func add(_ alpha: Float, _ other: Matrix, atColumn column: Int) {
        precondition(rows == other.rows && column + other.columns <= columns, "matrix: shapes differ")
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for row in 0..<rows {
                unsafe slmd_learning_axpy(
                    Kernels.path, base + row * columns + column, alpha, other[row], other.columns)
            }
        }
    }

    /// Each row · the same row of another matrix, shape (rows).
    func dots(with other: Matrix) -> [Float] {
        precondition(rows == other.rows && columns == other.columns, "matrix: shapes differ")
        return unsafe values.withUnsafeBufferPointer { own in
            unsafe other.values.withUnsafeBufferPointer { other in
                guard let base = own.baseAddress, let second = other.baseAddress else { return [] }
                return (0..<rows).map { row in
                    unsafe slmd_learning_dot(
                        Kernels.path, base + row * columns, second + row * columns, columns)
                }
            }
        }
    }
}

/// A symmetric matrix, its lower half packed in blocks of 64 columns, less downdates that wait.
///
/// A product takes the waiting downdates off its result, so it only reads the matrix; once there are `mostWaiting`,
/// the next product lowers the matrix by all of them in the same pass. What waits is a part of the state: other
/// roundings follow from it than from a matrix that was lowered at once.
struct PackedSymmetric: Sendable, Equatable {
    static let mostWaiting = Int(SLMD_LEARNING_MOST_DOWNDATES)

    let count: Int
    private var stored: AlignedFloats
    /// (waiting): each downdate subtracts its factor · g · gᵀ.
    private(set) var factors: [Float]
    /// (waiting, count): the vectors g.
    private(set) var waiting: Matrix

    static func valueCount(_ count: Int) -> Int { slmd_learning_packed_count(count) }

    /// - Parameters:
    ///   - values: row after row, each up to the end of the block its diagonal lies in.
    ///   - factors: (waiting), of the downdates that wait; at most `mostWaiting`.
    ///   - waiting: (waiting, count), their vectors, row after row.
    init(count: Int, values: [Float], factors: [Float] = [], waiting: [Float] = []) {
        precondition(values.count == Self.valueCount(count), "packed matrix: wrong shape")
        precondition(factors.count <= Self.mostWaiting, "packed matrix: \(factors.count) downdates")
        self.count = count
        stored = AlignedFloats(values)
        self.factors = factors
        self.waiting = Matrix(rows: factors.count, columns: count, values: waiting)
    }

    /// `diagonal` · identity.
    init(count: Int, diagonal: Float) {
        var values = [Float](repeating: 0, count: Self.valueCount(count))
        var start = 0
        for row in 0..<count {
            values[start + row] = diagonal
            start += (row / Kernels.lanes + 1) * Kernels.lanes
        }
        self.init(count: count, values: values)
    }

    /// Before the waiting downdates.
    var values: [Float] { stored.values }

    /// How many products are taken before the matrix is lowered, when a downdate follows each.
    var productsUntilLowered: Int { Self.mostWaiting - factors.count % Self.mostWaiting }

    mutating func times(_ x: [Float], path: slmd_learning_path = Kernels.path) -> [Float] {
        let product = products(each: Matrix(rows: 1, columns: x.count, values: x), path: path)
        return lowered(product.values, of: x, path: path)
    }

    /// The matrix · each of the rows of `xs` in one pass, shape (xs.rows, count), before the downdates that still
    /// wait: `lowered` takes them off.
    mutating func products(each xs: Matrix, path: slmd_learning_path = Kernels.path) -> Matrix {
        precondition(xs.columns == count, "packed matrix: vectors of \(xs.columns), expected \(count)")
        var out = Matrix(rows: xs.rows, columns: count)
        if factors.count == Self.mostWaiting {
            unsafe stored.change {
                unsafe slmd_learning_packed_downdate_multiply(
                    path, &out.values, $0, factors, waiting.values, factors.count, xs.values, xs.rows, count)
            }
            settled()
        } else {
            unsafe stored.read {
                unsafe slmd_learning_packed_multiply(path, &out.values, $0, xs.values, xs.rows, count)
            }
        }
        return out
    }

    /// `product` with `x`, less what the waiting downdates take from it.
    func lowered(_ product: [Float], of x: [Float], path: slmd_learning_path = Kernels.path) -> [Float] {
        var out = product
        for (row, dot) in waiting.times(x, path: path).enumerated() {
            Kernels.add(-(factors[row] * dot), waiting[row], to: &out, path: path)
        }
        return out
    }

    /// Subtracts `factor · g · gᵀ`.
    mutating func downdate(_ factor: Float, _ g: [Float], path: slmd_learning_path = Kernels.path) {
        precondition(g.count == count, "packed matrix: a vector of \(g.count), expected \(count)")
        if factors.count == Self.mostWaiting {
            unsafe stored.change {
                unsafe slmd_learning_packed_downdate(
                    path, $0, factors, waiting.values, factors.count, count)
            }
            settled()
        }
        factors.append(factor)
        waiting.append(g)
    }

    private mutating func settled() {
        factors.removeAll(keepingCapacity: true)
        waiting.removeAll()
    }
}
