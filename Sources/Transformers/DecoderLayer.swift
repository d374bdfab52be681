import Tensors

/// The weights of one layer, and its formula.
struct DecoderLayer: Sendable {
    let attentionNorm: RMSNorm
    let query: BlockMatrix
    let key: BlockMatrix
    let value: BlockMatrix
    let output: BlockMatrix
    let feedForwardNorm: RMSNorm
    let gate: BlockMatrix
    let up: BlockMatrix
    let down: BlockMatrix

    /// One thread's share of
    ///
    ///     q, k, v = rotated(query(norm(x))), rotated(key(norm(x))), value(norm(x))
    ///     x += output(attention(q, k, v))
    ///     x += down(silu(gate(norm(x))) · up(norm(x)))
    ///
    /// Threads meet where one reads what another wrote.
    func run(_ index: Int, _ share: DecoderShare) {
        let work = share.workspace
        share.project(share.normed(attentionNorm), self, index)
        share.meet()
        share.attend(layer: index)
        share.meet()
        share.multiply(work.context, output, addingTo: work.hidden)
        share.meet()
        let x = share.normed(feedForwardNorm)
        share.multiply(x, gate, into: work.gate)
        share.multiply(x, up, into: work.up)
        share.letThroughGate(columnsOf: gate)
        share.meet()
        share.multiply(work.inner, down, addingTo: work.hidden)
        share.meet()
    }
}

/// What a row is multiplied by once it is divided by its root mean square.
struct RMSNorm: Sendable {
    let gamma: AlignedStorage<Float>
    let epsilon: Float

    init(gamma: [Float], epsilon: Float) {
        self.gamma = AlignedStorage(gamma)
        self.epsilon = epsilon
    }
}
