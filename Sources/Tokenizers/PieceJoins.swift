/// How characters are joined to the pieces of a vocabulary.
struct PieceJoins: Sendable {
    private struct Neighbours: Hashable {
        let left: Unicode.Scalar
        let right: Unicode.Scalar
    }

    private static let unknown = Int32.max

    /// Symbols below this are pieces, those from it on characters that are only a part of some.
    private let count: Int32
    /// Characters that are in some piece.
    private var symbols: [Unicode.Scalar: Int32] = [:]
    private var merges: MergeTable
    /// What stands side by side in some piece. Nothing joins other neighbours, so a text is cut between them.
    private var neighbours: Set<Neighbours> = []

    /// - Parameters:
    ///   - ids: of the pieces.
    ///   - scores: by id; the highest is joined first.
    init(of ids: [Int], _ bytes: TokenBytes, scores: [Float]) {
        count = Int32(bytes.count)
        let pieces = ids.map { id in
            (id: Int32(id), text: Array(String(decoding: bytes[id], as: UTF8.self).unicodeScalars))
        }
        merges = MergeTable(capacity: pieces.reduce(0) { $0 + max(0, $1.text.count - 1) })
        var table = PieceTable(capacity: pieces.reduce(0) { $0 + $1.text.count + 1 })
        for (id, text) in pieces where table.insert(bytes[Int(id)], id: TokenID(rawValue: id)) {
            if text.count == 1 { symbols[text[0]] = id }
        }
        for (_, text) in pieces {
            for character in text where symbols[character] == nil {
                let symbol = count + Int32(symbols.count)
                symbols[character] = symbol
                _ = table.insert(Array(String(character).utf8), id: TokenID(rawValue: symbol))
            }
            for (left, right) in zip(text, text.dropFirst()) {
                neighbours.insert(Neighbours(left: left, right: right))
            }
        }
        let ranks = Self.ranks(scores)
        for (id, text) in pieces {
            let utf8 = Array(bytes[Int(id)])
            var place = 0
            for character in text.dropLast() {
                place += UTF8.width(character)
                if let left = table.find(utf8, 0..<place), let right = table.find(utf8, place..<utf8.count) {
                    merges.insert(
                        left.rawValue, right.rawValue, rank: ranks[scores[Int(id)]] ?? .max, merged: id)
                }
            }
        }
    }

    /// Of each score: 0 for the highest.
    private static func ranks(_ scores: [Float]) -> [Float: UInt32] {
        let inOrder = Set(scores).sorted(by: >)
        return Dictionary(uniqueKeysWithValues: zip(inOrder, 0..<UInt32(inOrder.count)))
    }

    /// Calls `body` with the pieces `text` is joined to, in turn; nil for a character that is none.
    func forEachPiece(of text: String, _ body: (TokenID?) -> Void) {
        var run: [Int32] = []
        var last: Unicode.Scalar?
        for character in text.unicodeScalars {
            if let last, !neighbours.contains(Neighbours(left: last, right: character)) {
                join(&run, body)
            }
            run.append(symbols[character] ?? Self.unknown)
            last = character
        }
        join(&run, body)
    }

    /// Empties `run`.
    private func join(_ run: inout [Int32], _ body: (TokenID?) -> Void) {
        merges.join(&run)
        for symbol in run { body(symbol < count ? TokenID(rawValue: symbol) : nil) }
        run.removeAll(keepingCapacity: true)
    }
}
