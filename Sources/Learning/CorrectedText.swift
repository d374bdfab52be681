/// What stands in place of a word, as bytes of both texts.
public struct Correction: Sendable, Hashable {
    public let original: Range<Int>
    public let corrected: Range<Int>
}

/// A text with its mistyped words put right, and where it differs from the one that was written.
public struct CorrectedText: Sendable, Hashable {
    public private(set) var text = ""
    /// In order.
    public private(set) var corrections: [Correction] = []
    private var originalBytes = 0

    init() {}

    /// Nothing was mistyped.
    public init(asIs text: String) {
        self.text = text
        originalBytes = text.utf8.count
    }

    mutating func append(_ piece: Substring) {
        text += piece
        originalBytes += piece.utf8.count
    }

    mutating func append(_ written: String, inPlaceOf piece: Substring) {
        let (start, bytes) = (text.utf8.count, piece.utf8.count)
        text += written
        corrections.append(
            Correction(
                original: originalBytes..<originalBytes + bytes, corrected: start..<text.utf8.count))
        originalBytes += bytes
    }
}

extension [Correction] {
    /// What became of bytes of the text that was written: of a corrected word all of it.
    public func corrected(_ bytes: Range<Int>) -> Range<Int> {
        moved(bytes, from: \.original, to: \.corrected)
    }

    /// What bytes of the corrected text were.
    public func original(_ bytes: Range<Int>) -> Range<Int> {
        moved(bytes, from: \.corrected, to: \.original)
    }

    private func moved(
        _ bytes: Range<Int>, from: (Correction) -> Range<Int>, to: (Correction) -> Range<Int>
    ) -> Range<Int> {
        var (start, end) = (bytes.lowerBound, bytes.upperBound)
        for correction in self {
            let (old, new) = (from(correction), to(correction))
            if bytes.lowerBound >= old.upperBound {
                start = new.upperBound + bytes.lowerBound - old.upperBound
            } else if bytes.lowerBound >= old.lowerBound {
                start = new.lowerBound
            }
            if bytes.upperBound >= old.upperBound {
                end = new.upperBound + bytes.upperBound - old.upperBound
            } else if bytes.upperBound > old.lowerBound {
                end = new.upperBound
            }
        }
        return start..<end
    }
}
