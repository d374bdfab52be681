import CKernels
import Tensors

/// The buffers of a forward pass, allocated once. Pages never used take no memory.
struct Workspace {
    /// Rows a thread carries through the feed-forward part at a time: its intermediate values stay in L2.
    static let chunk = 64

    /// What one thread alone touches.
    struct Member {
        let products: ProductScratch
        /// (chunk, intermediate width)
        let intermediate: AlignedStorage<Float>
        let attention: AlignedStorage<Float>
    }

    let capacity: Int
    /// (capacity, width): the residual stream.
    let hidden: AlignedStorage<Float>
    /// The stream after the embedding layer and after the middle layer, for the layer pools.
    let early: AlignedStorage<Float>
    let middle: AlignedStorage<Float>
    /// (capacity, projection width) for even and odd layers: a thread may begin the next layer's queries,
    /// keys and values while another still reads this one's.
    let projections: (AlignedStorage<Float>, AlignedStorage<Float>)
    /// (capacity, context width)
    let context: AlignedStorage<Float>
    let members: [Member]

    init(capacity: Int, threads: Int, _ configuration: BertConfiguration) {
        self.capacity = capacity
        hidden = AlignedStorage(count: capacity * configuration.width)
        early = AlignedStorage(count: capacity * configuration.width)
        middle = AlignedStorage(count: capacity * configuration.width)
        projections = (
            AlignedStorage(count: capacity * configuration.projectionWidth),
            AlignedStorage(count: capacity * configuration.projectionWidth)
        )
        context = AlignedStorage(count: capacity * configuration.contextWidth)
        let widest = max(configuration.contextWidth, configuration.intermediateWidth, configuration.width)
        let attention = slmd_attention_scratch(
            Int32(configuration.positions), Int32(configuration.paddedHeadWidth))
        members = (0..<threads).map { _ in
            Member(
                products: ProductScratch(rows: Self.chunk, inputs: widest),
                intermediate: AlignedStorage(count: Self.chunk * configuration.intermediateWidth),
                attention: AlignedStorage(count: attention))
        }
    }

    /// Gives the memory back to the system until it is written again: nothing in it outlives a pass.
    func release() {
        for buffer in [hidden, early, middle, projections.0, projections.1, context] { buffer.discard() }
        for member in members {
            member.products.discard()
            member.intermediate.discard()
            member.attention.discard()
        }
    }
}
