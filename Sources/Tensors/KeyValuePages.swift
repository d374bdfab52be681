import CKernels

/// The keys and values of one sequence, in pages of `width` positions that each hold all layers. In int8 they are halves, in
/// fp32 single-precision numbers.
@safe public final class KeyValuePages: @unchecked Sendable {
    // @unchecked: its owner sees to it that nobody reads what is being written.

    public struct Shape: Sendable, Hashable {
        public var layers: Int
        /// Heads of keys, and of values.
        public var heads: Int
        /// A multiple of 16.
        public var headWidth: Int

        public init(layers: Int, heads: Int, headWidth: Int) {
            self.layers = layers
            self.heads = heads
            self.headWidth = headWidth
        }
    }

    /// Positions of a page.
    public static let width = Int(SLMD_PAGE)

    public let shape: Shape
    public let precision: Linear.Precision
    /// Positions there is room for.
    public let capacity: Int

    private let storage: AlignedStorage<UInt8>
    private let pages: AlignedStorage<UnsafePointer<UInt8>?>

    /// Room that takes no memory before it is written.
    public init(_ shape: Shape, capacity: Int, precision: Linear.Precision) {
        precondition(shape.headWidth.isMultiple(of: laneCount), "pages: heads of \(shape.headWidth)")
        self.shape = shape
        self.precision = precision
        self.capacity = capacity
        let count = roundedUp(capacity, to: Self.width) / Self.width
        let bytes = Self.pageBytes(shape, precision)
        storage = AlignedStorage(count: count * bytes)
        unsafe pages = AlignedStorage(count: count)
        for page in 0..<count { unsafe pages.start[page] = UnsafePointer(storage.start + page * bytes) }
    }

    /// Bytes of the keys, or of the values, of a layer in a page.
    private static func partBytes(_ shape: Shape, _ precision: Linear.Precision) -> Int {
        shape.heads * shape.headWidth * width * (precision == .int8 ? 2 : 4)
    }

    private static func pageBytes(_ shape: Shape, _ precision: Linear.Precision) -> Int {
        2 * shape.layers * partBytes(shape, precision)
    }

    private func offsets(_ layer: Int) -> (keys: Int, values: Int) {
        precondition((0..<shape.layers).contains(layer), "pages: layer \(layer) of \(shape.layers)")
        let part = Self.partBytes(shape, precision)
        return (2 * layer * part, (2 * layer + 1) * part)
    }

    /// Writes what a layer has at a position: (heads, head width) each.
    @unsafe public func keep(
        keys: UnsafePointer<Float>, values: UnsafePointer<Float>, layer: Int, at position: Int,
        by kernels: DecoderKernels
    ) {
        precondition((0..<capacity).contains(position), "pages: position \(position) of \(capacity)")
        let page = unsafe storage.start + position / Self.width * Self.pageBytes(shape, precision)
        let at = offsets(layer)
        unsafe kernels.table.pointee.keep(
            keys, values, Int32(shape.heads), Int32(shape.headWidth), precision == .int8 ? 1 : 0,
            page + at.keys,
            page + at.values, Int32(position % Self.width))
    }

    /// Softmax attention of rows at successive positions, whose own keys and values are there already. A row's numbers depend
    /// on that row alone.
    ///
    /// - Parameters:
    ///   - queries: rows of all heads of queries, turned.
    ///   - first: the position of the first row.
    ///   - heads: the heads of queries to compute.
    ///   - group: heads of queries that share a head of keys.
    ///   - window: positions that a row sees, itself the last of them; nil: all.
    ///   - out: as many rows; other heads' columns stay.
    ///   - scratch: `scratchCount` floats.
    /// - Complexity: O(rows · heads · positions · headWidth); allocates nothing.
    @unsafe public func attend(
        _ queries: Rows, first: Int, heads: Range<Int>, group: Int, window: Int?, layer: Int, into out: Rows,
        scratch: AlignedStorage<Float>, by kernels: DecoderKernels
    ) {
        precondition(
            unsafe first >= 0 && queries.count <= capacity - first && out.count == queries.count,
            "attend: rows from \(first) of \(capacity)")
        precondition(heads.upperBound <= shape.heads * group, "attend: heads \(heads)")
        precondition(
            scratch.count >= Self.scratchCount(headWidth: shape.headWidth), "attend: scratch too small")
        let at = offsets(layer)
        var job = unsafe slmd_paged_attention(
            queries: queries.start, query_stride: queries.stride, pages: pages.start, keys: at.keys,
            values: at.values,
            in_halves: precision == .int8 ? 1 : 0, rows: Int32(queries.count), first: Int32(first),
            window: Int32(window ?? Int(Int32.max)), first_head: Int32(heads.lowerBound),
            last_head: Int32(heads.upperBound), group: Int32(group), head_width: Int32(shape.headWidth),
            scale: 1 / Float(shape.headWidth).squareRoot(), out: out.start, out_stride: out.stride,
            scratch: scratch.start)
        unsafe kernels.table.pointee.attention(&job)
    }

    /// Floats that `attend` needs for itself.
    public static func scratchCount(headWidth: Int) -> Int {
        slmd_paged_attention_scratch(Int32(headWidth))
    }
}
