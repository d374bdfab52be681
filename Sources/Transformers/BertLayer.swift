import CKernels
import Tensors

/// The weights of one transformer layer.
struct BertLayer: Sendable {
    /// Hidden to queries, keys and values.
    let projection: Linear
    let output: Linear
    let attentionNorm: LayerNorm
    let expand: Linear
    let contract: Linear
    let outputNorm: LayerNorm

    var products: [Linear] { [projection, output, expand, contract] }
    var norms: [LayerNorm] { [attentionNorm, outputNorm] }
}

struct LayerNorm: Sendable {
    let gamma: AlignedStorage<Float>
    let beta: AlignedStorage<Float>
    /// Columns that count; those beyond are zero and stay zero.
    let width: Int
    let epsilon: Float

    init(gamma: [Float], beta: [Float], width: Int, epsilon: Float) {
        self.gamma = AlignedStorage(gamma)
        self.beta = AlignedStorage(beta)
        self.width = width
        self.epsilon = epsilon
    }

    func apply(to x: Rows, kernels: Kernels) {
        unsafe kernels.table.pointee.layer_norm(
            x.start, x.stride, Int32(x.count), Int32(width), gamma.start, beta.start, epsilon)
    }
}
