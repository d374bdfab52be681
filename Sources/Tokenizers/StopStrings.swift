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
    }

    /// The text that may be given out now. Of strings that end at one place, the longest counts.
    public mutating func append(_ text: String) -> String {
        guard !hasStopped else { return "" }
        for byte in text.utf8 {
            held.append(byte)
            guard let length = lengthOfStop else { continue }
            hasStopped = true
            defer { held = [] }
            return String(decoding: held.dropLast(length), as: UTF8.self)
        }
        // A string begins with a whole character, so what is before it ends with one.
        let whole = held.count - lengthOfBeginning
        defer { held.removeFirst(whole) }
        return String(decoding: held[..<whole], as: UTF8.self)
    }

    /// What was held back, when nothing more comes.
    public mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// Of the longest stop that ends the text.
    private var lengthOfStop: Int? {
        stops.filter { held.count >= $0.count && held.suffix($0.count).elementsEqual($0) }.map(\.count).max()
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
