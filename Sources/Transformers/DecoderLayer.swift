import CKernels
import Tensors

/// The weights of one layer, and its formula.
struct DecoderLayer: Sendable {
    let attentionNorm: RMSNorm
    /// Hidden to queries, keys and values.
    let projection: DenseMatrix
    /// Of the projection, where the architecture has one.
    let bias: AlignedStorage<Float>?
    let output: DenseMatrix
    let feedForwardNorm: RMSNorm
    let gate: DenseMatrix
    let up: DenseMatrix
    let down: DenseMatrix

    /// One thread's share of
    ///
    ///     x += output(attention(rotated(projection(norm(x)) + bias)))
    ///     x += down(silu(gate(norm(x))) · up(norm(x)))
    ///
    /// Threads meet where one reads what another wrote.
    func run(_ index: Int, _ share: DecoderShare) {
        let work = share.workspace
        share.normalise(attentionNorm)
        share.meet()
        share.multiply(work.normed, projection, into: work.projected)
        share.meet()
        share.rotateAndKeep(layer: index, bias: bias)
        share.meet()
        share.attend(layer: index)
        share.meet()
        share.multiply(work.context, output, addingTo: work.hidden)
        share.meet()
        share.normalise(feedForwardNorm)
        share.meet()
        share.multiply(work.normed, gate, into: work.gate)
        share.multiply(work.normed, up, into: work.up)
        share.letThroughGate(columnsOf: gate)
        share.meet()
        share.multiply(work.gate, down, addingTo: work.hidden)
        share.meet()
    }
}

/// Rows divided by their root mean square.
///
/// - Note: Zhang, Sennrich, *Root Mean Square Layer Normalization*, 2019.
struct RMSNorm: Sendable {
    private let gamma: AlignedStorage<Float>
    private let epsilon: Float

    init(gamma: [Float], epsilon: Float) {
        self.gamma = AlignedStorage(gamma)
        self.epsilon = epsilon
    }

    @unsafe func apply(to x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>) {
        unsafe slmd_rms_norm(x, Int32(gamma.count), gamma.start, epsilon, out)
    }
}
