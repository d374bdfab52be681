/// Texts laid end to end: one row of activations a token, no padding.
struct PackedTexts {
    private(set) var ids: [Int32] = []
    /// The rows of each text.
    private(set) var texts: [Range<Int>] = []

    var rows: Int { ids.count }

    mutating func append(_ text: some Collection<Int32>) {
        let first = ids.count
        ids += text
        texts.append(first..<ids.count)
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
    }
}
