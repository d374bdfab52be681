/// The slots of a taught text, as an event stores them: where they are in it, and what the tagger learns.
public struct SlotLesson: Sendable, Hashable {
    public let spans: [SlotSpan]
    public let example: SlotExample

    public init(spans: [SlotSpan], example: SlotExample) {
        self.spans = spans
        self.example = example
    }

    /// The bytes an event stores: number of slots, each with its type and its bytes in the text, then the words; integers
    /// are u32, little-endian. Some 1.2 kB a word.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt32(spans.count))
        for span in spans {
            writer.append(span.type.description)
            writer.append(UInt32(span.bytes.lowerBound))
            writer.append(UInt32(span.bytes.upperBound))
        }
        example.write(to: &writer)
        return writer.bytes
    }

    /// Reads what `encoded()` wrote.
    ///
    /// - Parameter text: the slots lie in it.
    public init(decoding bytes: [UInt8], in text: String) throws(CheckpointError) {
        var reader = ByteReader(bytes)
        var spans: [SlotSpan] = []
        var position = 0
        for _ in 0..<(try reader.count("number of slots", limit: WordFeatures.maximumWords)) {
            let type = try reader.slotName()
            let start = try reader.count("start of a slot", limit: text.utf8.count)
            let end = try reader.count("end of a slot", limit: text.utf8.count)
            guard position <= start, start < end else {
                throw .badSlot(words: [start, end], after: position)
            }
            spans.append(SlotSpan(type: type, bytes: start..<end))
            position = end
        }
        self.spans = spans
        example = try SlotExample(from: &reader)
        try reader.finish()
    }
}
