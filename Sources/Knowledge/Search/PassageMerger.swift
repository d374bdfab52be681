/// Makes one of passages that lie side by side, and leaves out what says again what a better one says.
///
/// Passages are added the best first.
public struct PassageMerger: Sendable {
    /// Passages that become one.
    public static let most = 3
    /// Of all words of two passages, so many are in both when one says what the other says.
    static let likeness = 0.9

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
    private var words: [Set<String>] = []

    private let mergesNeighbours: Bool

    /// - Parameter mergesNeighbours: whether passages side by side become one; records never do.
    public init(mergesNeighbours: Bool = true) {
        self.mergesNeighbours = mergesNeighbours
    }

    public mutating func add(_ found: FoundPassage, score: Double) {
        let said = Set(
            found.passage.text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
        guard !words.contains(where: { Self.isAlike($0, said) }) else { return }
        words.append(said)
        if mergesNeighbours, !found.isRecord {
            for index in groups.indices where groups[index].join(found) { return }
        }
        groups.append(Group(found, score: score))
    }

    /// Records that differ in a number are not alike, however many columns they have.
    private static func isAlike(_ a: Set<String>, _ b: Set<String>) -> Bool {
        guard !a.symmetricDifference(b).contains(where: { $0.contains(where: \.isNumber) }) else {
            return false
        }
        let both = a.intersection(b).count
        let either = a.count + b.count - both
        return either == 0 || Double(both) >= likeness * Double(either)
    }
}
