import CKernels
import Tensors

/// The embedding layer's tables. In int8 each word's row has a scale of its own: 12 MB for 30,522 words
/// instead of 47, at a cosine of 0.99999 to the exact sentence vectors.
struct WordTable: Sendable {
    enum Words: Sendable {
        case int8(AlignedStorage<Int8>, scales: AlignedStorage<Float>)
        case single(AlignedStorage<Float>)
    }

    let words: Words
    /// (positions, width)
    let positions: AlignedStorage<Float>
    let vocabulary: Int
    let width: Int

    /// - Parameters:
    ///   - rows: shape (vocabulary, hidden).
    ///   - positions: shape (positions, width), padded.
    init(rows: [Float], positions: [Float], hidden: Int, width: Int, precision: Linear.Precision) {
        vocabulary = rows.count / hidden
        self.width = width
        self.positions = AlignedStorage(positions)
        switch precision {
        case .int8:
            let bytes = AlignedStorage<Int8>(count: vocabulary * width)
            let scales = AlignedStorage<Float>(count: vocabulary)
            unsafe slmd_quantise_table(
                rows, Int32(vocabulary), Int32(hidden), Int32(width), bytes.start, scales.start)
            words = .int8(bytes, scales: scales)
        case .fp32:
            let padded = AlignedStorage<Float>(count: vocabulary * width)
            for word in 0..<vocabulary {
                unsafe rows.withUnsafeBufferPointer { rows in
                    guard let row = rows.baseAddress else { return }
                    unsafe (padded.start + word * width).update(from: row + word * hidden, count: hidden)
                }
            }
            words = .single(padded)
        }
    }

    /// out row i = word `ids[i]` + position `first + i`.
    @unsafe func embed(_ ids: UnsafePointer<Int32>, first: Int, into out: Rows, kernels: Kernels) {
        let at = unsafe positions.start + first * width
        switch words {
        case .int8(let bytes, let scales):
            unsafe kernels.table.pointee.embed_int8(
                bytes.start, scales.start, at, ids, Int32(out.count), Int32(width), out.start, out.stride)
        case .single(let rows):
            unsafe kernels.table.pointee.embed_float(
                rows.start, at, ids, Int32(out.count), Int32(width), out.start, out.stride)
        }
    }

    func forEachPart(_ body: (UnsafeRawBufferPointer) -> Void) {
        unsafe positions.withBytes(body)
        switch words {
        case .int8(let bytes, let scales):
            unsafe bytes.withBytes(body)
            unsafe scales.withBytes(body)
        case .single(let rows):
            unsafe rows.withBytes(body)
        }
    }
}
