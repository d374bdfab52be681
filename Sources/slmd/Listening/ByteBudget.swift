/// The bytes of large frames and staged examples that all connections may hold together.
///
/// Lives on the event loop, as everything that uses it does.
final class ByteBudget {
    let limit: Int
    private(set) var held = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: false, and nothing is held, when that many bytes are not left.
    func hold(_ bytes: Int) -> Bool {
        guard bytes <= limit - held else { return false }
        held += bytes
        return true
    }

    func release(_ bytes: Int) {
        precondition(bytes <= held, "releasing \(bytes) bytes of \(held)")
        held -= bytes
    }
}
