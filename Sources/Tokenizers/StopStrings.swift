/// Ends a streamed text before the first string that stops it, however the text is cut into pieces.
///
/// What has been given out is never part of such a string: only what may still become one is held back.
public struct StopStrings: Sendable {
    private let stops: [[UInt8]]
    /// The end of the text, which begins one of `stops`.
    private var held: [UInt8] = []
    /// Whether one has come. What follows it is no part of the text.
    public private(set) var hasStopped = false

    /// - Parameter strings: empty ones never stop a text.
    public init(_ strings: [String]) {
        stops = strings.filter { !$0.isEmpty }.map { Array($0.utf8) }
        held.reserveCapacity(64 + (stops.map(\.count).max() ?? 0))
    }

    /// Adds what may be given out of `piece` and what was held back. Of strings that end at one place, the longest counts.
    ///
    /// Allocates nothing where `text` has the capacity.
    public mutating func append(_ piece: String, to text: inout String) {
        guard !hasStopped else { return }
        for byte in piece.utf8 {
            held.append(byte)
            let length = lengthOfStop
            guard length > 0 else { continue }
            hasStopped = true
            held.removeLast(length)
            return finish(to: &text)
        }
        // A string begins with a whole character, so what is before it ends with one.
        let whole = held.count - lengthOfBeginning
        text.append(decoding: held[..<whole])
        held.removeFirst(whole)
    }

    /// Adds what was held back, when nothing more comes.
    public mutating func finish(to text: inout String) {
        text.append(decoding: held[...])
        held.removeAll(keepingCapacity: true)
    }

    /// Of the longest stop that ends the text; 0 where none does.
    private var lengthOfStop: Int {
        var longest = 0
        for stop in stops where held.count >= stop.count && held.suffix(stop.count).elementsEqual(stop) {
            longest = max(longest, stop.count)
        }
        return longest
    }

    /// Of the longest end of the text that begins a stop.
    private var lengthOfBeginning: Int {
        var longest = 0
        for stop in stops {
            for length in stride(from: min(stop.count - 1, held.count), to: longest, by: -1)
            where held.suffix(length).elementsEqual(stop.prefix(length)) {
                longest = length
                break
            }
        }
        return longest
    }
}
