/// Tokens that are found in a text before anything cuts it; the longest that begins at a place is the one.
struct AddedTokens: Sendable {
    private var table: PieceTable
    private var lengths: [Int] = []
    private var begins = [Bool](repeating: false, count: 256)

    enum Part {
        case text(Range<Int>)
        case token(Int32)
    }

    /// - Parameter isAdded: whether the token of an id is one.
    init(_ bytes: TokenBytes, where isAdded: (Int) -> Bool) {
        let ids = (0..<bytes.count).filter { isAdded($0) && !bytes[$0].isEmpty }
        table = PieceTable(capacity: ids.count)
        for id in ids {
            let text = bytes[id]
            _ = table.insert(text, id: TokenID(rawValue: Int32(id)))
            begins[Int(text[text.startIndex])] = true
        }
        lengths = Set(ids.map { bytes[$0].count }).sorted(by: >)
    }

    /// Calls `body` with the tokens in `text` and what lies between them, in turn.
    ///
    /// - Complexity: O(bytes · the sum of the different lengths of tokens), in the worst case.
    func forEachPart(of text: [UInt8], _ body: (Part) -> Void) {
        var (place, start) = (0, 0)
        while place < text.count {
            guard begins[Int(text[place])], let (id, count) = token(in: text, at: place) else {
                place += 1
                continue
            }
            if start < place { body(.text(start..<place)) }
            body(.token(id))
            place += count
            start = place
        }
        if start < text.count { body(.text(start..<text.count)) }
    }

    private func token(in text: [UInt8], at place: Int) -> (Int32, Int)? {
        for length in lengths where length <= text.count - place {
            if let id = table.find(text, place..<(place + length)) { return (id.rawValue, length) }
        }
        return nil
    }
}
