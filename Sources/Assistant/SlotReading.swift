internal import Learning
internal import Storage
internal import Tokenizers
internal import Transformers

extension TurnReading {
    /// What the encoder says of each word; nil unless its tokens were kept.
    func wordFeatures(_ turn: EmbeddedTurn) -> WordFeatures? {
        let width = encoding.model.dimension
        guard width > 0, !turn.text.tokenVectors.isEmpty else { return nil }
        return WordFeatures(
            tokens: turn.text.tokenVectors, width: width, words: turn.words.map(\.ids))
    }

    /// What is stored of a text's slots; nil when none are given.
    ///
    /// - Parameter spans: in the text as it was written.
    /// - Throws: `badSlots`.
    func slotLesson(_ spans: [SlotSpan]?, in turn: EmbeddedTurn) throws(AssistantError) -> SlotLesson? {
        guard let spans, let features = wordFeatures(turn) else { return nil }
        do throws(SlotAlignmentError) {
            let example = try SlotExample(
                spans, words: turn.words.map { turn.corrections.original($0.bytes) }, features: features)
            return SlotLesson(spans: spans, example: example)
        } catch {
            throw .badSlots(error.description)
        }
    }
}

/// The stage that finds what was taught of slots.
struct SlotReading: Sendable {
    /// What is less probable is not told.
    static let leastConfidence: Float = 0.5

    let reading: TurnReading
    /// Nil until slots were taught.
    let tagger: SlotTagger?

    var depth: TextEncoding.Depth { tagger == nil ? .text : .tokens }

    /// In the text's order.
    ///
    /// - Parameter ranking: of its intents.
    func slots(_ turn: EmbeddedTurn, _ ranking: Ranking) -> [PredictedSlot] {
        guard let tagger, let features = reading.wordFeatures(turn) else { return [] }
        return tagger.slots(of: features, intents: ranking.isOutOfScope ? [] : ranking.intents).filter {
            $0.confidence >= Self.leastConfidence
        }.map { slot in
            let words = turn.words[slot.words]
            let read = words[words.startIndex].bytes.lowerBound..<words[words.endIndex - 1].bytes.upperBound
            return PredictedSlot(
                type: slot.type.description, of: turn.utterance.text, at: turn.corrections.original(read),
                confidence: Double(slot.confidence))
        }
    }
}

extension PredictedSlot {
    /// - Parameter bytes: of words of `text`.
    fileprivate init(type: String, of text: String, at bytes: Range<Int>, confidence: Double) {
        let utf8 = text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: bytes.lowerBound)
        let end = utf8.index(utf8.startIndex, offsetBy: bytes.upperBound)
        self.init(
            type: type, text: String(decoding: utf8[start..<end], as: UTF8.self), bytes: bytes,
            confidence: confidence)
    }
}
