internal import Tensors

/// What the rows of an index are compared with.
@safe struct VectorQuery {
    let values: AlignedStorage<Int8>
    let scale: Float
    let kernels: VectorKernels

    /// - Parameter stride: values of a row; those behind the vector's are 0.
    init(_ vector: QuantisedVector, stride: Int, kernels: VectorKernels = .best) {
        values = AlignedStorage(vector.values + [Int8](repeating: 0, count: stride - vector.values.count))
        scale = vector.scale
        self.kernels = kernels
    }
}

/// Room for the scores of some rows.
@safe struct ScoreBuffer {
    /// Rows whose bytes and scores stay in the nearest caches.
    static let capacity = 512
    let sums = AlignedStorage<Int32>(count: capacity)
    let scores = AlignedStorage<Float>(count: capacity)
}

/// One search: each thread takes every n-th portion of rows and keeps the best that it saw.
struct VectorScan: StepWork {
    let blocks: [VectorBlock]
    /// Of each slot: its text, and what it has beside its cosine.
    let texts: [TextID]
    let shares: [Float]
    let query: VectorQuery
    let members: [ScanMember]

    var steps: Int { 1 }

    func work(_ share: Int, step: Int) {
        let portion = ScoreBuffer.capacity
        for first in stride(from: share * portion, to: texts.count, by: members.count * portion) {
            members[share].look(at: first..<min(first + portion, texts.count), in: self)
        }
    }

    func matches(limit: Int) -> [TextMatch] {
        members.flatMap(\.best.entries).sorted(by: BestMatches.isBetter).prefix(limit).map { entry in
            TextMatch(text: entry.text, cosine: entry.score - entry.share, share: entry.share)
        }
    }
}

/// What one thread has of a search.
final class ScanMember: @unchecked Sendable {
    // @unchecked: one thread of a run has it at a time, and the caller after the run.
    private(set) var best: BestMatches
    private let buffer = ScoreBuffer()

    init(limit: Int) {
        best = BestMatches(limit: limit)
    }

    /// - Parameter slots: at most `ScoreBuffer.capacity` of one block.
    func look(at slots: Range<Int>, in scan: VectorScan) {
        let row = slots.lowerBound % VectorBlock.capacity
        scan.blocks[slots.lowerBound / VectorBlock.capacity].compare(
            scan.query, row..<row + slots.count, into: buffer)
        for (index, slot) in slots.enumerated() {
            let share = scan.shares[slot]
            let score = unsafe buffer.scores.start[index] + share
            if score >= best.least { best.offer(.init(score: score, share: share, text: scan.texts[slot])) }
        }
    }
}

/// The best of what was offered, in order.
struct BestMatches {
    struct Entry {
        let score: Float
        let share: Float
        let text: TextID
    }

    let limit: Int
    private(set) var entries: [Entry] = []
    /// What is less is not kept.
    private(set) var least = -Float.greatestFiniteMagnitude

    init(limit: Int) {
        self.limit = limit
        entries.reserveCapacity(limit + 1)
    }

    static func isBetter(_ a: Entry, _ b: Entry) -> Bool {
        a.score == b.score ? a.text < b.text : a.score > b.score
    }

    mutating func offer(_ entry: Entry) {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.isBetter(entries[middle], entry) { low = middle + 1 } else { high = middle }
        }
        entries.insert(entry, at: low)
        if entries.count > limit { entries.removeLast() }
        if entries.count == limit { least = entries[limit - 1].score }
    }
}
