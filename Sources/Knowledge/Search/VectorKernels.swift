internal import CKernels

/// The kernels of vector search of one instruction set.
@safe struct VectorKernels: @unchecked Sendable {
    // @unchecked: the table is constant data of the program.
    private let table: UnsafePointer<slmd_vector_kernels>

    /// The fastest this processor runs.
    static let best = unsafe VectorKernels(table: slmd_vector_kernels_best())

    /// All this processor runs, the scalar reference first.
    static var all: [VectorKernels] {
        var found: [VectorKernels] = []
        while let table = unsafe slmd_vector_kernels_at(Int32(found.count)) {
            unsafe found.append(VectorKernels(table: table))
        }
        return found
    }

    var name: String { unsafe String(cString: table.pointee.name) }

    /// The products of `count` rows with `query`: row after row, each value 128 too large, a multiple of 64 a row.
    @unsafe func dots(
        _ rows: UnsafePointer<UInt8>, width: Int, count: Int, _ query: UnsafePointer<Int8>,
        into out: UnsafeMutablePointer<Int32>
    ) {
        unsafe table.pointee.dots(rows, Int32(width), count, query, out)
    }
}
