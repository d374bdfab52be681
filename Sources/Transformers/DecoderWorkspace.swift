import Tensors

/// The buffers of a decoder's pass, allocated once. Pages never used take no memory.
struct DecoderWorkspace {
    /// Rows of a pass.
    let capacity: Int
    /// (capacity, hidden): the residual stream, and its norm.
    let hidden: RowStorage
    let normed: Activations
    /// (capacity, heads, head width)
    let queries: RowStorage
    let keys: RowStorage
    let values: RowStorage
    /// (capacity, queries): what attention gathers.
    let context: Activations
    /// (capacity, intermediate): the gate, what comes to it, and what it lets through.
    let gate: RowStorage
    let up: RowStorage
    let inner: Activations
    /// (capacity, pairs): of each row's position.
    let angles: RotaryAngles
    /// (wanted rows, hidden) and (wanted rows, vocabulary)
    let wanted: Activations
    let logits: RowStorage
    let members: [Member]

    /// Rows that each thread norms for itself.
    static let rowsOfAMember = 4

    /// What one thread alone touches.
    struct Member {
        /// (rows of a member, hidden): the norm of the stream, of few rows.
        let normed: Activations
        let attention: AlignedStorage<Float>
        /// (attending rows, queries): what attention gathers, on its way to activations.
        let gathered: RowStorage
    }

    init(
        _ configuration: DecoderConfiguration, _ precision: DecoderPrecision, capacity: Int,
        wanted rows: Int, threads: Int
    ) {
        self.capacity = capacity
        let (attention, hidden) = (configuration.attention, configuration.hidden)
        let inner = configuration.intermediate
        self.hidden = RowStorage(capacity, hidden)
        normed = Activations(rows: capacity, width: hidden, precision: precision)
        queries = RowStorage(capacity, attention.queryWidth)
        keys = RowStorage(capacity, attention.keyWidth)
        values = RowStorage(capacity, attention.keyWidth)
        context = Activations(rows: capacity, width: attention.queryWidth, precision: precision)
        gate = RowStorage(capacity, inner)
        up = RowStorage(capacity, inner)
        self.inner = Activations(rows: capacity, width: inner, precision: precision)
        angles = RotaryAngles(rows: capacity, pairs: configuration.rotary.dimensions / 2)
        wanted = Activations(rows: rows, width: hidden, precision: precision)
        logits = RowStorage(rows, configuration.vocabulary)
        members = (0..<threads).map { _ in
            Member(
                normed: Activations(rows: Self.rowsOfAMember, width: hidden, precision: precision),
                attention: AlignedStorage(
                    count: KeyValuePages.scratchCount(headWidth: attention.headWidth)),
                gathered: RowStorage(DecoderShare.attendingRows, attention.queryWidth))
        }
    }
}

/// Room for rows that products write: whole panels.
struct RowStorage {
    private let storage: AlignedStorage<Float>
    let stride: Int
    let capacity: Int

    init(_ rows: Int, _ width: Int) {
        stride = roundedUp(width, to: BlockMatrix.panelWidth)
        storage = AlignedStorage(count: rows * stride)
        capacity = rows
    }

    @unsafe func rows(_ range: Range<Int>) -> Rows {
        precondition(range.upperBound <= capacity, "rows \(range) of \(capacity)")
        return unsafe Rows(row(range.lowerBound), stride: stride, count: range.count)
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
