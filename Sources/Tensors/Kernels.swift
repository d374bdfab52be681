public import CKernels

/// The encoder kernels of one instruction set.
@safe public struct Kernels: @unchecked Sendable {
    // @unchecked: the table is constant data of the program.
    @unsafe public let table: UnsafePointer<slmd_encoder_kernels>

    private init(_ table: UnsafePointer<slmd_encoder_kernels>) {
        unsafe self.table = table
    }

    /// The fastest this processor runs.
    public static let best = unsafe Kernels(slmd_encoder_kernels_best())

    /// All this processor runs, the scalar reference first.
    public static var all: [Kernels] {
        var found: [Kernels] = []
        while let table = unsafe slmd_encoder_kernels_at(Int32(found.count)) {
            unsafe found.append(Kernels(table))
        }
        return found
    }

    /// Whether OpenBLAS multiplies this many single-precision rows faster.
    public func leaveToBLAS(rows: Int) -> Bool {
        let least = unsafe Int(table.pointee.blas_rows)
        return least > 0 && rows >= least
    }

    public var name: String {
        unsafe String(cString: table.pointee.name)
    }
}

/// Columns of a packed panel; the width of every matrix is padded to a multiple of it.
public let panelWidth = Int(SLMD_PANEL)

/// Lanes of a kernel's vector.
public let laneCount = Int(SLMD_LANES)
