/// A sample of the taught examples by intent and teacher, with their sentence vectors, to find the nearest to a text.
///
/// Each teacher has a reservoir of its own for each intent, so nobody crowds out what others taught. Some 400 bytes an
/// example; never more than `capacity` of them.
///
/// - Note: Vitter, *Random Sampling with a Reservoir*, 1985.
public struct ExampleIndex: Sendable {
    /// Where an example came from.
    public struct Source: Sendable, Hashable {
        /// The number of its event in the log.
        public let event: Int64
        /// Its row among the examples of a training; nil for a lesson.
        public let example: Int64?
        /// Who taught it.
        public let uid: UInt32

        public init(event: Int64, example: Int64? = nil, uid: UInt32) {
            self.event = event
            self.example = example
            self.uid = uid
        }
    }

    /// An example and how near it is to a text.
    public struct Neighbour: Sendable, Hashable {
        public let intent: IntentName
        public let source: Source
        /// The cosine of the sentence vectors, from -1 to 1.
        public let similarity: Float
    }

    static let capacity = 16_384
    static let shelfCapacity = 256

    private struct Place: Hashable {
        let intent: IntentName
        let uid: UInt32
    }

    fileprivate struct Shelf {
        var sources: [Source] = []
        /// (sources, width)
        var vectors: [Int8] = []
        /// 1 / length of each vector.
        var scales: [Float] = []
        var seen = 0
    }

    private var shelves: [Place: Shelf] = [:]
    private var width = 0
    private var randomness = Randomness(state: 1)
    /// Examples in it.
    public private(set) var count = 0
    /// The newest event that an example came from; 0 before the first.
    private var newest: Int64 = 0

    public init() {}

    /// Adds a lesson that was just learnt. An index that was read from the log since then has it already.
    public mutating func follow(_ features: Features, intent: IntentName, from source: Source) {
        guard source.event > newest else { return }
        insert(features, intent: intent, from: source)
    }

    /// - Complexity: O(width).
    public mutating func insert(_ features: Features, intent: IntentName, from source: Source) {
        newest = max(newest, source.event)
        if count == 0 { width = features.blockWidth }
        guard features.blockWidth == width else { return }
        let place = Place(intent: intent, uid: source.uid)
        let kept = shelves[place]?.sources.count ?? 0
        shelves[place, default: Shelf()].seen += 1
        if kept < Self.shelfCapacity, count < Self.capacity || makeRoom() {
            shelves[place]?.append(features, source)
            count += 1
        } else if kept > 0, let seen = shelves[place]?.seen {
            let index = randomness.below(seen)
            if index < kept { shelves[place]?.replace(index, features, source) }
        }
    }

    /// The examples of an intent go on as those of another.
    public mutating func rename(_ old: IntentName, to new: IntentName) {
        guard old != new else { return }
        for place in shelves.keys where place.intent == old {
            guard let shelf = shelves.removeValue(forKey: place) else { continue }
            let target = Place(intent: new, uid: place.uid)
            count -= shelf.sources.count
            let room = Self.shelfCapacity - (shelves[target]?.sources.count ?? 0)
            let moved = min(room, shelf.sources.count)
            shelves[target, default: Shelf()].append(shelf, first: moved, width: width)
            count += moved
        }
    }

    public mutating func remove(_ intent: IntentName) {
        for place in shelves.keys where place.intent == intent {
            count -= shelves.removeValue(forKey: place)?.sources.count ?? 0
        }
    }

    /// The nearest examples, the nearest first; of equals the oldest.
    ///
    /// - Parameter uid: a teacher whose examples do not count.
    /// - Complexity: O(count · width), some 2 ms when full.
    public func nearest(_ limit: Int, to features: Features, exceptOf uid: UInt32? = nil) -> [Neighbour] {
        guard features.blockWidth == width, limit > 0 else { return [] }
        let probe = Array(features.quantised[..<width])
        let scale = Self.scale(probe)
        var best: [Neighbour] = []
        for (place, shelf) in shelves where place.uid != uid {
            for (row, source) in shelf.sources.enumerated() {
                let product = Self.dot(probe.span, shelf.vectors.span, from: row * width)
                let similarity = Float(product) * scale * shelf.scales[row]
                let found = Neighbour(intent: place.intent, source: source, similarity: similarity)
                if best.count == limit, let last = best.last, !Self.precedes(found, last) { continue }
                let index = best.firstIndex { Self.precedes(found, $0) } ?? best.count
                best.insert(found, at: index)
                if best.count > limit { best.removeLast() }
            }
        }
        return best
    }

    /// Whether anybody but `uid` taught an intent.
    func isTaught(_ intent: IntentName, exceptOf uid: UInt32) -> Bool {
        shelves.contains { $0.key.intent == intent && $0.key.uid != uid && !$0.value.sources.isEmpty }
    }

    /// The sentence vectors of an intent's examples: those of `uid`, or those of all others.
    func vectors(of intent: IntentName, by uid: UInt32, isOthers: Bool = false) -> SentenceVectors {
        let own = shelves.filter { $0.key.intent == intent && ($0.key.uid != uid) == isOthers }
        var vectors = SentenceVectors(width: width)
        for (_, shelf) in own.sorted(by: { $0.key.uid < $1.key.uid }) {
            vectors.append(shelf.vectors, scales: shelf.scales)
        }
        return vectors
    }

    private static func precedes(_ one: Neighbour, _ other: Neighbour) -> Bool {
        guard one.similarity == other.similarity else { return one.similarity > other.similarity }
        return (one.source.event, one.source.example ?? 0) < (other.source.event, other.source.example ?? 0)
    }

    static func dot(_ a: Span<Int8>, _ b: Span<Int8>, from start: Int) -> Int32 {
        let row = b.extracting(start..<start + a.count)
        var sum: Int32 = 0
        for index in a.indices { sum &+= Int32(a[index]) &* Int32(row[index]) }
        return sum
    }

    static func scale(_ vector: [Int8]) -> Float {
        let square = dot(vector.span, vector.span, from: 0)
        return square > 0 ? 1 / Float(square).squareRoot() : 0
    }

    /// Takes one example out of the largest shelf.
    ///
    /// - Returns: false when no shelf has two.
    private mutating func makeRoom() -> Bool {
        let largest = shelves.max { one, other in
            (one.value.sources.count, other.key.intent, other.key.uid)
                < (other.value.sources.count, one.key.intent, one.key.uid)
        }
        guard let largest, largest.value.sources.count > 1 else { return false }
        let index = randomness.below(largest.value.sources.count)
        shelves[largest.key]?.remove(index, width: width)
        count -= 1
        return true
    }
}

extension ExampleIndex.Shelf {
    fileprivate mutating func append(_ features: Features, _ source: ExampleIndex.Source) {
        let vector = Array(features.quantised[..<features.blockWidth])
        sources.append(source)
        vectors += vector
        scales.append(ExampleIndex.scale(vector))
    }

    fileprivate mutating func append(_ other: Self, first count: Int, width: Int) {
        sources += other.sources.prefix(count)
        vectors += other.vectors.prefix(count * width)
        scales += other.scales.prefix(count)
        seen += other.seen
    }

    fileprivate mutating func replace(
        _ index: Int, _ features: Features, _ source: ExampleIndex.Source
    ) {
        let vector = Array(features.quantised[..<features.blockWidth])
        sources[index] = source
        vectors.replaceSubrange(index * vector.count..<(index + 1) * vector.count, with: vector)
        scales[index] = ExampleIndex.scale(vector)
    }

    fileprivate mutating func remove(_ index: Int, width: Int) {
        sources.remove(at: index)
        vectors.removeSubrange(index * width..<(index + 1) * width)
        scales.remove(at: index)
    }
}
