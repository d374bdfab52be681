public import CKernels

/// The decoder kernels of one instruction set. All give the same numbers, bit for bit.
@safe public struct DecoderKernels: @unchecked Sendable {
    // @unchecked: the table is constant data of the program.
    @unsafe public let table: UnsafePointer<slmd_decoder_kernels>

    private init(_ table: UnsafePointer<slmd_decoder_kernels>) {
        unsafe self.table = table
    }

    /// The fastest this processor runs.
    public static let best = unsafe DecoderKernels(slmd_decoder_kernels_best())

    /// All this processor runs, the scalar reference first.
    public static var all: [DecoderKernels] {
        var found: [DecoderKernels] = []
        while let table = unsafe slmd_decoder_kernels_at(Int32(found.count)) {
            unsafe found.append(DecoderKernels(table))
        }
        return found
    }

    /// Multiplies bytes in registers alone and returns the multiplications and additions done: no product does more a second.
    public func multiply(steps: Int) -> Double {
        unsafe table.pointee.multiply(Int64(steps))
    }

    public var name: String {
        unsafe String(cString: table.pointee.name)
    }
}
