public import Tensors

/// The keys and values of one sequence, by position: what a decoder need not compute again.
///
/// A decoder with activations in bytes keeps halves, one in single precision the numbers themselves.
@safe public final class KVCache: @unchecked Sendable {
    // @unchecked: a decoder writes it inside a pass, and one pass runs at a time; between passes its owner has it alone.

    /// Positions there may be.
    public let capacity: Int
    /// Positions that are filled; the next token is at this one.
    public private(set) var count = 0

    /// Where they lie.
    public let pages: KeyValuePages

    /// - Parameters:
    ///   - pool: made for the decoder.
    ///   - capacity: at most the context of the decoder. Beyond the context that the model had before it was
    ///     stretched, all positions turn by the long factors.
    public init(for decoder: Decoder, in pool: KeyValuePool, capacity: Int) {
        let configuration = decoder.configuration
        precondition(
            (1...configuration.context).contains(capacity),
            "cache: \(capacity) positions of a context of \(configuration.context)")
        precondition(
            pool.shape == configuration.cacheShape && pool.precision == decoder.precision,
            "cache: a pool of another decoder")
        self.capacity = capacity
        pages = KeyValuePages(in: pool, capacity: capacity)
    }

    /// A cache with a pool of its own, of which nothing takes memory until it is written.
    public convenience init(for decoder: Decoder, capacity: Int) {
        self.init(
            for: decoder, in: decoder.makePool(pages: KeyValuePool.pages(for: capacity)), capacity: capacity)
    }

    /// Makes room for so many tokens more.
    ///
    /// - Returns: false when the pool has no more.
    public func prepare(_ tokens: Int) -> Bool {
        pages.prepare(count..<count + tokens)
    }

    /// Forgets all positions from `count` on.
    public func truncate(to count: Int) {
        precondition((0...self.count).contains(count), "cache: \(count) of \(self.count) positions")
        self.count = count
        pages.truncate(to: count)
    }

    /// Begins as another sequence of the same pool and capacity does, without computing it again.
    ///
    /// - Complexity: O(pages); the last page is copied once one of both goes on.
    public func begin(with count: Int, of other: KVCache) {
        precondition(
            self.count == 0 && (0...other.count).contains(count) && other.capacity == capacity,
            "cache: begin with \(count) of \(other.count) positions")
        pages.share(count, of: other.pages)
        self.count = count
    }

    /// Counts positions that a pass has written.
    func advance(by positions: Int) {
        precondition(count + positions <= capacity, "cache: \(count + positions) of \(capacity) positions")
        count += positions
    }
}

extension Decoder {
    /// Room for the caches of this decoder's sequences.
    ///
    /// - Parameter pages: of `KeyValuePool.pageWidth` positions each.
    public func makePool(pages: Int) -> KeyValuePool {
        KeyValuePool(configuration.cacheShape, pages: pages, precision: precision)
    }

    /// Bytes of one of those pages.
    public var cachePageBytes: Int { KeyValuePool.pageBytes(configuration.cacheShape, precision) }
}
