import CKernels
import COpenBLAS

struct Int8Weights: Sendable {
    let panels: AlignedStorage<Int8>
    let scales: AlignedStorage<Float>
    let sums: AlignedStorage<Int32>

    init(rows: [Float], outputs: Int, inputs: Int) {
        panels = AlignedStorage(count: outputs * inputs)
        scales = AlignedStorage(count: outputs)
        sums = AlignedStorage(count: outputs)
        unsafe slmd_pack_int8(rows, Int32(outputs), Int32(inputs), panels.start, scales.start, sums.start)
    }
}

struct SingleWeights: Sendable {
    let panels: AlignedStorage<Float>
    /// (outputs, inputs) as OpenBLAS reads them, where it is ever asked.
    let rows: AlignedStorage<Float>?

    init(rows: [Float], outputs: Int, inputs: Int, kernels: Kernels) {
        if kernels.leaveToBLAS(rows: .max) {
            // Our own pool divides the rows.
            openblas_set_num_threads(1)
            self.rows = AlignedStorage(rows)
        } else {
            self.rows = nil
        }
        panels = AlignedStorage(count: outputs * inputs)
        unsafe slmd_pack_float(rows, Int32(outputs), Int32(inputs), panels.start)
    }
}
