import Tensors

/// The keys and values of one sequence, by position: what a decoder need not compute again.
///
/// Room for all positions is set aside at once and takes no memory until it is written. A decoder with activations in bytes
/// keeps halves, one in single precision the numbers themselves.
@safe public final class KVCache: @unchecked Sendable {
    // @unchecked: a decoder writes it inside a pass, and one pass runs at a time; between passes its owner has it alone.

    /// Positions there is room for.
    public let capacity: Int
    /// Positions that are filled; the next token is at this one.
    public private(set) var count = 0

    let pages: KeyValuePages

    /// - Parameter capacity: at most the context of the decoder. Beyond the context that the model had before it was
    ///   stretched, all positions turn by the long factors.
    public init(for decoder: Decoder, capacity: Int) {
        let configuration = decoder.configuration
        precondition(
            (1...configuration.context).contains(capacity),
            "cache: \(capacity) positions of a context of \(configuration.context)")
        self.capacity = capacity
        pages = KeyValuePages(configuration.cacheShape, capacity: capacity, precision: decoder.precision)
    }

    /// Forgets all positions from `count` on.
    public func truncate(to count: Int) {
        precondition((0...self.count).contains(count), "cache: \(count) of \(self.count) positions")
        self.count = count
    }

    /// Counts positions that a pass has written.
    func advance(by positions: Int) {
        precondition(count + positions <= capacity, "cache: \(count + positions) of \(capacity) positions")
        count += positions
    }
}
