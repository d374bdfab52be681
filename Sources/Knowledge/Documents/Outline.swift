/// The headings that a place of a document stands under.
struct Outline {
    private var open: [OutlineHeading] = []
    /// The last heading, while nothing stands under it.
    private var bare: OutlineHeading.Bare?
    /// Changes with every heading.
    private(set) var section = 0
    /// The titles, the widest first.
    private(set) var path: [String] = []

    /// - Returns: the heading before, when this one shows that nothing will come under it.
    mutating func begin(_ heading: OutlineHeading) -> OutlineHeading.Bare? {
        let before = open.last.map { heading.level <= $0.level } == true ? bare : nil
        open.removeAll { $0.level >= heading.level }
        let parents = open.map(\.title).filter { !$0.isEmpty }
        bare = OutlineHeading.Bare(range: heading.range, parents: parents)
        open.append(heading)
        path = heading.title.isEmpty ? parents : parents + [heading.title]
        section += 1
        return before
    }

    /// Text stands under the last heading.
    mutating func filled() { bare = nil }

    /// - Returns: the last heading when nothing came under it.
    mutating func end() -> OutlineHeading.Bare? { bare.take() }
}

struct OutlineHeading {
    let title: String
    /// From 1, the widest.
    let level: Int
    let range: Range<Int>

    /// A heading that nothing stands under.
    struct Bare {
        let range: Range<Int>
        let parents: [String]
    }
}
