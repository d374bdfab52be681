/// A text whose slots are all known, as the tagger learns it.
public struct SlotExample: Sendable, Hashable {
    /// Words of one slot.
    public struct Span: Sendable, Hashable {
        public let type: SlotName
        /// Not empty.
        public let words: Range<Int>

        public init(type: SlotName, words: Range<Int>) {
            self.type = type
            self.words = words
        }
    }

    /// In the text's order, apart from each other.
    public let spans: [Span]
    public let features: WordFeatures

    /// - Parameters:
    ///   - spans: in order, apart from each other.
    ///   - words: the bytes of each word of `features`.
    /// - Throws: when a slot does not begin and end with words that the encoder read.
    public init(
        _ spans: [SlotSpan], words: [Range<Int>], features: WordFeatures
    ) throws(SlotAlignmentError) {
        self.features = features
        var aligned: [Span] = []
        for span in spans {
            let first = words.firstIndex { $0.upperBound > span.bytes.lowerBound }
            let end = words[...].lastIndex { $0.lowerBound < span.bytes.upperBound }.map { $0 + 1 }
            guard let first, let end, first < end, end <= features.count else {
                throw .unread(span)
            }
            guard words[first].lowerBound >= span.bytes.lowerBound,
                words[end - 1].upperBound <= span.bytes.upperBound
            else { throw .insideWord(span, word: words[first].lowerBound..<words[end - 1].upperBound) }
            aligned.append(Span(type: span.type, words: first..<end))
        }
        self.spans = aligned
    }

    init(spans: [Span], features: WordFeatures) {
        self.spans = spans
        self.features = features
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt32(spans.count))
        for span in spans {
            writer.append(span.type.description)
            writer.append(UInt32(span.words.lowerBound))
            writer.append(UInt32(span.words.upperBound))
        }
        features.write(to: &writer)
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        var spans: [Span] = []
        var position = 0
        for _ in 0..<(try reader.count("number of slots", limit: WordFeatures.maximumWords)) {
            let type = try reader.slotName()
            let first = try reader.count("first word of a slot", limit: WordFeatures.maximumWords)
            let end = try reader.count("end of a slot", limit: WordFeatures.maximumWords)
            guard position <= first, first < end else {
                throw .badSlot(words: [first, end], after: position)
            }
            spans.append(Span(type: type, words: first..<end))
            position = end
        }
        self.spans = spans
        features = try WordFeatures(from: &reader)
        guard position <= features.count else {
            throw .badSlot(words: [spans.last?.words.lowerBound ?? 0, position], after: features.count)
        }
    }
}

extension ByteReader {
    mutating func slotName() throws(CheckpointError) -> SlotName {
        let length = try count("length of a slot's type", limit: SlotName.maximumBytes)
        let utf8 = try take(length)
        do throws(SlotNameError) {
            return try SlotName(String(decoding: utf8, as: UTF8.self))
        } catch {
            throw .badSlotName(error)
        }
    }
}

/// Why a marked slot cannot be learnt.
public enum SlotAlignmentError: Error, Hashable, CustomStringConvertible {
    /// `word`: the bytes of the words it touches.
    case insideWord(SlotSpan, word: Range<Int>)
    case unread(SlotSpan)

    public var description: String {
        switch self {
        case .insideWord(let span, let word):
            "slot '\(span.type)' has the bytes \(span.bytes.lowerBound)..<\(span.bytes.upperBound), expected whole words: "
                + "\(word.lowerBound)..<\(word.upperBound)"
        case .unread(let span):
            "slot '\(span.type)' at the bytes \(span.bytes.lowerBound)..<\(span.bytes.upperBound): expected a word that is "
                + "read, found none"
        }
    }
}
