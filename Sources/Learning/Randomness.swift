internal import Tensors

/// The head's only source of chance, a part of its state.
struct Randomness: Sendable, Equatable {
    private var stream: SplitMix64

    var state: UInt64 { stream.state }

    init(state: UInt64) { stream = SplitMix64(state: state) }

    mutating func next() -> UInt64 { stream.next() }

    /// In `0..<bound`, `bound` above 0.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
