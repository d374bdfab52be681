import Tensors

/// The buffers of a decoder's pass, allocated once. Pages never used take no memory.
struct DecoderWorkspace {
    /// Rows of a pass.
    let capacity: Int
    /// (capacity, hidden): the residual stream, and its norm.
    let hidden: RowStorage
    let normed: RowStorage
    /// (capacity, queries, keys and values)
    let projected: RowStorage
    /// (capacity, queries): what attention gathers.
    let context: RowStorage
    /// (capacity, intermediate): the gate, then what it lets through, and the other product.
    let gate: RowStorage
    let up: RowStorage
    /// (capacity, pairs): of each row's position.
    let angles: RotaryAngles
    /// (wanted rows, hidden) and (wanted rows, vocabulary)
    let wanted: RowStorage
    let logits: RowStorage
    /// A number for each position of the context, for each thread.
    let scores: [AlignedStorage<Float>]

    init(_ configuration: DecoderConfiguration, capacity: Int, wanted rows: Int, threads: Int) {
        self.capacity = capacity
        let attention = configuration.attention
        hidden = RowStorage(capacity, configuration.hidden)
        normed = RowStorage(capacity, configuration.hidden)
        projected = RowStorage(capacity, attention.projectionWidth)
        context = RowStorage(capacity, attention.queryWidth)
        gate = RowStorage(capacity, configuration.intermediate)
        up = RowStorage(capacity, configuration.intermediate)
        angles = RotaryAngles(rows: capacity, pairs: configuration.rotary.dimensions / 2)
        wanted = RowStorage(rows, configuration.hidden)
        logits = RowStorage(rows, configuration.vocabulary)
        scores = (0..<threads).map { _ in AlignedStorage(count: configuration.context) }
    }
}

/// Room for rows that products write: whole panels.
struct RowStorage {
    private let storage: AlignedStorage<Float>
    let stride: Int
    let capacity: Int

    init(_ rows: Int, _ width: Int) {
        stride = roundedUp(width, to: panelWidth)
        storage = AlignedStorage(count: rows * stride)
        capacity = rows
    }

    @unsafe func rows(_ count: Int) -> Rows {
        precondition(count <= capacity, "\(count) of \(capacity) rows")
        return unsafe Rows(storage.start, stride: stride, count: count)
    }

    @unsafe func row(_ index: Int) -> UnsafeMutablePointer<Float> {
        unsafe storage.start + index * stride
    }
}

/// Cosines and sines of the positions of rows.
struct RotaryAngles {
    private let cosines: AlignedStorage<Float>
    private let sines: AlignedStorage<Float>
    private let pairs: Int

    init(rows: Int, pairs: Int) {
        self.pairs = pairs
        cosines = AlignedStorage(count: rows * pairs)
        sines = AlignedStorage(count: rows * pairs)
    }

    @unsafe func cosines(_ row: Int) -> UnsafeMutablePointer<Float> { unsafe cosines.start + row * pairs }
    @unsafe func sines(_ row: Int) -> UnsafeMutablePointer<Float> { unsafe sines.start + row * pairs }
}
