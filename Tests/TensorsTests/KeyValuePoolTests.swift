import Tensors
import Testing

@Suite struct `Pages of keys and values` {
    private static let shape = KeyValuePool.Shape(layers: 1, heads: 1, headWidth: 16)
    private static let width = KeyValuePool.pageWidth

    private let pool = KeyValuePool(shape, pages: 4, precision: .fp32)

    private func sequence() -> KeyValuePages { KeyValuePages(in: pool, capacity: 4 * Self.width) }

    @Test func `are taken as positions come, and given back`() {
        do {
            let pages = sequence()
            #expect(pages.prepare(0..<1))
            #expect(pool.held == 1)
            #expect(pages.prepare(1..<Self.width))
            #expect(pool.held == 1)
            #expect(pages.prepare(Self.width..<2 * Self.width + 1))
            #expect(pool.held == 3)
            pages.truncate(to: Self.width + 1)
            #expect(pool.held == 2)
            pages.truncate(to: Self.width)
            #expect(pool.held == 1)
        }
        #expect(pool.held == 0)
    }

    @Test func `are refused when all are held`() {
        let (one, other) = (sequence(), sequence())
        #expect(one.prepare(0..<3 * Self.width))
        #expect(other.prepare(0..<Self.width))
        #expect(!other.prepare(Self.width..<Self.width + 1))
        one.truncate(to: 0)
        #expect(other.prepare(Self.width..<Self.width + 1))
    }

    @Test func `are shared until one sequence goes on`() {
        let (one, other) = (sequence(), sequence())
        #expect(one.prepare(0..<Self.width + 8))
        keep(1, in: one, 0..<Self.width + 8)
        other.share(Self.width + 4, of: one)
        #expect(pool.held == 2)
        #expect(other.prepare(Self.width + 4..<Self.width + 5))
        #expect(pool.held == 3)
        keep(2, in: other, Self.width + 4..<Self.width + 5)
        // What follows the prefix is each one's own.
        #expect(values(of: one, from: 0, to: Self.width + 8) == .init(repeating: 1, count: 16))
        let mean = (Float(Self.width + 4) + 2) / Float(Self.width + 5)
        #expect(values(of: other, from: 0, to: Self.width + 5).allSatisfy { abs($0 - mean) < 1e-6 })
    }

    @Test func `stay while one of two sequences holds them`() {
        let other = sequence()
        do {
            let one = sequence()
            #expect(one.prepare(0..<2 * Self.width))
            keep(3, in: one, 0..<2 * Self.width)
            other.share(Self.width, of: one)
        }
        #expect(pool.held == 1)
        #expect(values(of: other, from: 0, to: Self.width) == .init(repeating: 3, count: 16))
    }

    private func keep(_ value: Float, in pages: KeyValuePages, _ positions: Range<Int>) {
        let row = [Float](repeating: value, count: 16)
        let key = [Float](repeating: 0, count: 16)
        for position in positions {
            pages.keep(keys: key, values: row, layer: 0, at: position, by: .best)
        }
    }

    /// What attention gathers where all keys are alike: the mean of the values.
    private func values(of pages: KeyValuePages, from first: Int, to last: Int) -> [Float] {
        let (query, out) = (AlignedStorage<Float>(count: 16), AlignedStorage<Float>(count: 16))
        pages.attend(
            Rows(query.start, stride: 16, count: 1), first: last - 1, heads: 0..<1, group: 1, window: nil,
            layer: 0, into: Rows(out.start, stride: 16, count: 1),
            scratch: AlignedStorage(count: KeyValuePages.scratchCount(headWidth: 16)), by: .best)
        return (0..<16).map { out.start[$0] }
    }
}
