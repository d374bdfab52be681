/// Makes one of passages that lie side by side, and leaves out what says again what a better one says.
///
/// Passages are added the best first.
public struct PassageMerger: Sendable {
    /// Passages that become one.
    public static let most = 3
    /// Passages side by side under the same headings.
    public struct Group: Sendable {
        public let best: FoundPassage
        /// Of the best.
        public let score: Double
        public private(set) var ordinals: ClosedRange<Int>
        public private(set) var span: Range<Int>

        init(_ found: FoundPassage, score: Double) {
            best = found
            self.score = score
            ordinals = found.ordinal...found.ordinal
            span = found.passage.span
        }

        /// - Returns: false for a passage that does not lie beside it.
        mutating func join(_ found: FoundPassage) -> Bool {
            guard found.source == best.source, found.passage.headings == best.passage.headings,
                ordinals.count < PassageMerger.most,
                found.ordinal == ordinals.lowerBound - 1 || found.ordinal == ordinals.upperBound + 1
            else { return false }
            ordinals = min(ordinals.lowerBound, found.ordinal)...max(ordinals.upperBound, found.ordinal)
            let passage = found.passage.span
            span = min(span.lowerBound, passage.lowerBound)..<max(span.upperBound, passage.upperBound)
            return true
        }
    }

    /// The best first.
    public private(set) var groups: [Group] = []
    private let limit: Int
    private var words: [WordSet] = []

    private let mergesNeighbours: Bool

    /// - Parameters:
    ///   - limit: of groups.
    ///   - mergesNeighbours: whether passages side by side become one; records never do.
    public init(limit: Int, mergesNeighbours: Bool = true) {
        self.limit = limit
        self.mergesNeighbours = mergesNeighbours
    }

    /// - Returns: false for a passage that has no place any more; what comes after it has none either.
    public mutating func add(_ found: FoundPassage, score: Double) -> Bool {
        let said = WordSet(found.passage.text)
        guard !words.contains(where: { $0.isAlike(said) }) else { return true }
        let mayJoin = mergesNeighbours && !found.isRecord
        let isJoined = mayJoin && groups.indices.contains(where: { groups[$0].join(found) })
        guard isJoined || groups.count < limit else { return false }
        words.append(said)
        if !isJoined { groups.append(Group(found, score: score)) }
        return true
    }
}
