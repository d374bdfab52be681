import CKernels

/// The keys and values of one sequence: the pages of a pool that it holds, in the order of their positions.
@safe public final class KeyValuePages: @unchecked Sendable {
    // @unchecked: its owner sees to it that nobody reads what is being written.

    public let pool: KeyValuePool
    /// The most positions.
    public let capacity: Int

    private(set) var pages: [Int32] = []
    /// By page, where it begins.
    private let starts: AlignedStorage<UnsafePointer<UInt8>?>

    public init(in pool: KeyValuePool, capacity: Int) {
        self.pool = pool
        self.capacity = capacity
        let count = KeyValuePool.pages(for: capacity)
        pages.reserveCapacity(count)
        unsafe starts = AlignedStorage(count: count)
    }

    /// Pages that it holds.
    public var count: Int { pages.count }

    deinit { for page in pages { pool.giveBack(page) } }

    /// Sees to it that positions may be written: takes the pages that are missing, and copies one that others hold too.
    ///
    /// - Returns: false when the pool has not so many; what was taken stays.
    /// - Complexity: O(pages); allocates nothing.
    public func prepare(_ positions: Range<Int>) -> Bool {
        precondition(
            positions.lowerBound >= 0 && positions.upperBound <= capacity,
            "pages: positions \(positions) of \(capacity)")
        let first = positions.lowerBound / KeyValuePool.pageWidth
        let last = KeyValuePool.pages(for: positions.upperBound)
        precondition(
            first <= pages.count, "pages: positions from \(positions.lowerBound), pages \(pages.count)")
        while pages.count < last {
            guard let page = pool.take() else { return false }
            append(page)
        }
        for place in first..<max(first, last) where pool.isShared(pages[place]) {
            guard let own = pool.take() else { return false }
            pool.copy(pages[place], to: own)
            pool.giveBack(pages[place])
            set(own, at: place)
        }
        return true
    }

    /// Gives back the pages that hold nothing below `count`.
    public func truncate(to count: Int) {
        while pages.count > KeyValuePool.pages(for: count) { pool.giveBack(pages.removeLast()) }
    }

    /// Holds the first `count` positions of another sequence together with it.
    ///
    /// - Precondition: this one holds nothing; both are of one pool, and `count` is filled there.
    public func share(_ count: Int, of other: KeyValuePages) {
        precondition(
            pages.isEmpty && other.pool === pool && count <= capacity, "pages: share \(count) positions")
        for page in other.pages.prefix(KeyValuePool.pages(for: count)) {
            pool.share(page)
            append(page)
        }
    }

    private func append(_ page: Int32) {
        pages.append(page)
        set(page, at: pages.count - 1)
    }

    private func set(_ page: Int32, at place: Int) {
        pages[place] = page
        unsafe starts.start[place] = UnsafePointer(pool.start(page))
    }
}

extension KeyValuePages {
    /// Writes what a layer has at a position that is prepared: (heads, head width) each.
    @unsafe public func keep(
        keys: UnsafePointer<Float>, values: UnsafePointer<Float>, layer: Int, at position: Int,
        by kernels: DecoderKernels
    ) {
        precondition(
            position >= 0 && position / KeyValuePool.pageWidth < pages.count, "pages: position \(position)")
        let page = unsafe pool.start(pages[position / KeyValuePool.pageWidth])
        let at = pool.offsets(layer)
        unsafe kernels.table.pointee.keep(
            keys, values, Int32(pool.shape.heads), Int32(pool.shape.headWidth),
            pool.precision == .int8 ? 1 : 0,
            page + at.keys, page + at.values, Int32(position % KeyValuePool.pageWidth))
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
        let shape = pool.shape
        precondition(
            unsafe first >= 0 && queries.count <= pages.count * KeyValuePool.pageWidth - first
                && out.count == queries.count, "attend: rows from \(first)")
        precondition(heads.upperBound <= shape.heads * group, "attend: heads \(heads)")
        precondition(
            scratch.count >= Self.scratchCount(headWidth: shape.headWidth), "attend: scratch too small")
        let at = pool.offsets(layer)
        var job = unsafe slmd_paged_attention(
            queries: queries.start, query_stride: queries.stride, pages: starts.start, keys: at.keys,
            values: at.values,
            in_halves: pool.precision == .int8 ? 1 : 0, rows: Int32(queries.count), first: Int32(first),
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
