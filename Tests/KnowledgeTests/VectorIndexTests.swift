import Tensors
import Testing

@testable import Knowledge

/// Numbers that are the same in every run.
struct Draws {
    var state: UInt64

    /// From -1 to below 1.
    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) - 1
    }

    mutating func unitVector(_ width: Int) -> [Float] {
        let values = (0..<width).map { _ in next() + next() + next() }
        let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / norm }
    }
}

struct VectorIndexTests {
    private static let pool = ComputePool(threads: 2)
    private static let width = 96

    private func vectors(_ count: Int, width: Int = width, seed: UInt64 = 1) -> [[Float]] {
        var draws = Draws(state: seed)
        return (0..<count).map { _ in draws.unitVector(width) }
    }

    private func index(_ vectors: [[Float]], audience: (Int) -> Audience = { _ in .everyone }) -> VectorIndex
    {
        var index = VectorIndex(width: vectors[0].count)
        for (number, vector) in vectors.enumerated() {
            index.insert(text(number), for: audience(number), QuantisedVector(vector))
        }
        return index
    }

    private func text(_ number: Int) -> TextID { TextID(rawValue: Int64(number + 1)) }

    private func found(
        _ index: borrowing VectorIndex, _ query: [Float], _ words: [[Int]] = [],
        for audiences: Set<Audience> = [.everyone], among allowed: [Int]? = nil, limit: Int = 10
    ) -> [TextMatch] {
        index.search(
            query, words.map { $0.map(text) }, for: audiences, among: allowed.map { Set($0.map(text)) },
            limit: limit, on: Self.pool)
    }

    @Test(arguments: [64, 128, 384])
    func `every set of kernels sums exactly what the scalar reference does, at the largest values too`(
        width: Int
    ) {
        var draws = Draws(state: 3)
        for extreme in [false, true] {
            let query = (0..<width).map { _ in extreme ? Int8(127) : Int8(draws.next() * 127) }
            let rows = (0..<7 * width).map { _ in extreme ? UInt8(255) : UInt8((draws.next() + 1) * 127) }
            let expected = (0..<7).map { row in
                (0..<width).reduce(Int32(0)) {
                    $0 + (Int32(rows[row * width + $1]) - 128) * Int32(query[$1])
                }
            }
            for kernels in VectorKernels.all {
                for count in 0...7 {
                    var sums = [Int32](repeating: 0, count: 7)
                    kernels.dots(rows, width: width, count: count, query, into: &sums)
                    #expect(Array(sums[..<count]) == Array(expected[..<count]), "\(kernels.name)")
                }
            }
        }
    }

    @Test func `bytes of a vector come back the same, and others are refused`() throws {
        let vector = QuantisedVector(vectors(1)[0])
        #expect(QuantisedVector(bytes: vector.bytes, width: Self.width) == vector)
        #expect(vector.values.contains { abs($0) == 127 })
        #expect(QuantisedVector(bytes: vector.bytes, width: Self.width + 1) == nil)
        #expect(QuantisedVector(bytes: Array(vector.bytes.dropLast()), width: Self.width) == nil)
        var lie = vector.bytes
        lie[3] = 0x80
        #expect(QuantisedVector(bytes: lie, width: Self.width) == nil)
        for bits: UInt32 in [0x7FC0_0000, 0x7F80_0000, 0xBF80_0000] {
            lie = vector.bytes.dropLast(4) + (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            #expect(QuantisedVector(bytes: lie, width: Self.width) == nil)
        }
    }

    @Test(
        arguments: [[0, 0, 0], [.nan, 1, 0], [.infinity, 1, 0], [.leastNonzeroMagnitude, 0, 0]] as [[Float]])
    func `a vector of nothing or of no numbers is near to none`(values: [Float]) {
        let vector = QuantisedVector(values)
        #expect(vector.scale == 0 && vector.values == [0, 0, 0])
    }

    @Test(arguments: [1, 5, 511, 512, 513, 4096, 4099])
    func `finds what a comparison of all vectors in double precision finds`(count: Int) {
        let all = vectors(count)
        let index = index(all)
        for query in vectors(3, seed: 9) {
            let exact = all.map { zip($0, query).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
            let matches = found(index, query)
            #expect(matches.count == min(10, count))
            #expect(matches.map(\.score) == matches.map(\.score).sorted(by: >))
            let least = exact.sorted(by: >)[matches.count - 1]
            for match in matches {
                let cosine = exact[Int(match.text.rawValue) - 1]
                // 96 products of numbers that are off by 1/254 of about 0.3 each: 0.003 in three standard deviations
                #expect(abs(Double(match.cosine) - cosine) < 0.005)
                #expect(cosine > least - 0.01)
            }
        }
    }

    @Test func `in a byte a value, 99 in 100 of the ten nearest of sentences are found`() {
        // Neighbours stand apart as those of sentences do: around each of many topics, near and less near.
        var draws = Draws(state: 17)
        let topics = (0..<50).map { _ in draws.unitVector(384) }
        let all = (0..<1000).map { number -> [Float] in
            let apart = 0.4 + 0.6 * (draws.next() + 1)
            let mixed = zip(topics[number % 50], draws.unitVector(384)).map { $0 + apart * $1 }
            let norm = mixed.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return mixed.map { $0 / norm }
        }
        let index = index(all)
        var same = 0
        for query in topics {
            let exact = all.map { zip($0, query).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
            let nearest = exact.indices.sorted { exact[$0] > exact[$1] }.prefix(10).map(text)
            same += Set(found(index, query).map(\.text)).intersection(nearest).count
        }
        #expect(same >= 495)
    }

    @Test func `a text that waits for its vector is found by its words, and keeps its place when it has it`()
    {
        let all = vectors(3)
        var index = index(all)
        index.insert(text(3), for: .everyone, nil)
        let waiting = found(index, all[0], [[3]])
        #expect(waiting.first { $0.text == text(3) } == TextMatch(text: text(3), cosine: 0, share: 1))
        index.insert(text(3), for: .everyone, QuantisedVector(all[0]))
        #expect(index.count == 4)
        #expect(found(index, all[0], [[3]])[0].text == text(3))
        #expect(found(index, all[0])[0].text == text(0))  // of equals the first
    }

    @Test
    func `a rare word weighs more than a common one, and a text that has all words has the whole share`() {
        let index = index(vectors(100))
        let matches = found(
            index, [Float](repeating: 0, count: Self.width), [[1, 2], Array(2..<90)], limit: 100)
        let shares = Dictionary(uniqueKeysWithValues: matches.map { ($0.text, $0.share) })
        // log(1 + 98.5 / 2.5) and log(1 + 12.5 / 88.5)
        let (rare, common) = (3.699_083, 0.132_103)
        #expect(abs(Double(shares[text(1)] ?? 0) - rare / (rare + common)) < 1e-5)
        #expect(abs(Double(shares[text(5)] ?? 0) - common / (rare + common)) < 1e-5)
        #expect(abs((shares[text(2)] ?? 0) - 1) < 1e-6)
        #expect(shares[text(95)] == 0)
        #expect(matches[0].text == text(2))
    }

    @Test func `nobody finds another's texts, and their words do not change his scores`() {
        let all = vectors(40)
        let words = [Array(0..<12), [3, 30]]
        let mine = found(index(Array(all[..<20])), all[0], words.map { $0.filter { $0 < 20 } }, limit: 40)
        let shared = index(all) { $0 < 20 ? .everyone : .user(7) }
        #expect(found(shared, all[0], words, limit: 40) == mine)
        let his = found(shared, all[30], words, for: [.everyone, .user(7)], limit: 40)
        #expect(his.count == 40 && his[0].text == text(30))
        #expect(found(shared, all[30], for: [.user(8)]).isEmpty)
    }

    @Test func `only what is allowed is found, whatever else is nearer`() {
        let all = vectors(700)
        let shared = index(all) { $0 == 5 ? .user(7) : .everyone }
        let matches = found(shared, all[3], [[3, 5]], among: [5, 600, 4, 9999])
        #expect(Set(matches.map(\.text)) == [text(600), text(4)])
        #expect(found(shared, all[3], among: []).isEmpty)
    }

    @Test func `after any adding and removing it finds what an index made anew does`() {
        let all = vectors(600)
        var draws = Draws(state: 5)
        var index = VectorIndex(width: Self.width)
        var held: [Int: Int] = [:]
        for _ in 0..<3000 {
            let (number, vector) = (Int((draws.next() + 1) * 250), Int((draws.next() + 1) * 300))
            if draws.next() < 0 {
                index.remove(text(number))
                held[number] = nil
            } else {
                index.insert(
                    text(number), for: number % 3 == 0 ? .group(4) : .everyone, QuantisedVector(all[vector]))
                held[number] = vector
            }
        }
        var anew = VectorIndex(width: Self.width)
        for (number, vector) in held.sorted(by: { $0.key < $1.key }) {
            anew.insert(
                text(number), for: number % 3 == 0 ? .group(4) : .everyone, QuantisedVector(all[vector]))
        }
        #expect(index.count == held.count)
        for query in all[..<20] {
            let words = [[1, 7, 200, 450], [3, 4]]
            #expect(found(index, query, words, limit: 600) == found(anew, query, words, limit: 600))
            #expect(
                found(index, query, words, for: [.everyone, .group(4)], limit: 600).count == held.count)
        }
        index.removeAll()
        #expect(index.count == 0 && found(index, all[0]).isEmpty)
    }
}
