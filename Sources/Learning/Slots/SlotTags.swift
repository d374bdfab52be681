/// What a word may be: outside of every slot, or the first or a further word of one of a type.
///
/// Tag 0 is outside; types are numbered in the order they came, and type t has the tags 1 + 2t and 2 + 2t.
struct SlotTags: Sendable, Equatable {
    private(set) var types: [SlotName] = []
    private var numbers: [SlotName: Int] = [:]

    init() {}

    var count: Int { 1 + 2 * types.count }

    func contains(_ type: SlotName) -> Bool { numbers[type] != nil }

    func number(of type: SlotName) -> Int? { numbers[type] }

    mutating func append(_ type: SlotName) {
        numbers[type] = types.count
        types.append(type)
    }

    static func isFurther(_ tag: Int) -> Bool { tag > 0 && tag.isMultiple(of: 2) }

    /// The tag of each of an example's words; all its types are known.
    func tags(of example: SlotExample) -> [Int] {
        var tags = [Int](repeating: 0, count: example.features.count)
        for span in example.spans {
            guard let number = numbers[span.type] else { preconditionFailure("tags: an unknown type") }
            tags[span.words.lowerBound] = 1 + 2 * number
            for word in span.words.dropFirst() { tags[word] = 2 + 2 * number }
        }
        return tags
    }

    /// The slots of a sequence of tags that is allowed.
    func spans(of tags: [Int]) -> [SlotExample.Span] {
        var spans: [SlotExample.Span] = []
        var word = 0
        while word < tags.count {
            let first = word
            word += 1
            guard tags[first] > 0 else { continue }
            while word < tags.count, tags[word] == tags[first] + 1 { word += 1 }
            spans.append(SlotExample.Span(type: types[(tags[first] - 1) / 2], words: first..<word))
        }
        return spans
    }
}
