import Glibc
import Synchronization
import Tensors
import Testing
import Tokenizers
import Transformers

@Suite struct `A small decoder` {
    /// The reference sums in another order: logits of up to 8 come out 1e-5 apart.
    private let tolerance: Float = 1e-4

    @Test(arguments: SmallDecoder.allCases)
    func `gives the reference's logits`(small: SmallDecoder) throws {
        let decoder = try small.decoder()
        for (sequence, expected) in try zip(small.sequences(), small.logits()) {
            let found = decoder.logits(of: sequence, in: decoder.cache(for: sequence))
            #expect(found.count == expected.count)
            for (found, expected) in zip(found, expected) {
                #expect(worstDifference(found, expected) < tolerance)
            }
        }
    }

    @Test(arguments: SmallDecoder.allCases, [DecoderPrecision.fp32, .int8])
    func `gives a prompt the same numbers in passes of any size`(
        small: SmallDecoder, precision: DecoderPrecision
    ) throws {
        let decoder = try small.decoder(precision)
        let sequence = try #require(small.sequences().last)
        let whole = decoder.logits(of: sequence, in: decoder.cache(for: sequence))
        for step in [1, 2, 5, 23] {
            let cache = decoder.cache(for: sequence)
            #expect(decoder.logits(of: sequence, in: cache, step: step) == whole)
            #expect(cache.count == sequence.count)
        }
    }

    @Test(arguments: SmallDecoder.allCases, [DecoderPrecision.fp32, .int8])
    func `gives sequences that share passes the numbers of each alone`(
        small: SmallDecoder, precision: DecoderPrecision
    ) throws {
        let decoder = try small.decoder(precision)
        let sequences = try small.sequences()
        let alone = sequences.map { decoder.logits(of: $0, in: decoder.cache(for: $0)) }
        let caches = sequences.map { decoder.cache(for: $0) }
        var found = sequences.map { _ in [[Float]]() }
        var pass = DecoderPass()
        // The longer one begins late, and ends late.
        for (first, second) in [(0..<4, 0..<0), (4..<5, 0..<9), (5..<10, 9..<10), (0..<0, 10..<24)] {
            pass.removeAll()
            pass.append(sequences[0][first], to: caches[0], logits: .all)
            pass.append(sequences[1][second], to: caches[1], logits: .last)
            let rows = decoder.run(pass) { $0.copied() }
            found[0] += rows.prefix(first.count)
            found[1] += rows.dropFirst(first.count)
        }
        #expect(found[0] == alone[0])
        #expect(found[1] == [alone[1][8], alone[1][9], alone[1][23]])
    }

    @Test(arguments: SmallDecoder.allCases, [DecoderPrecision.fp32, .int8])
    func `goes on from a prefix as if the rest had never been`(
        small: SmallDecoder, precision: DecoderPrecision
    ) throws {
        let decoder = try small.decoder(precision)
        let sequence = try #require(small.sequences().last)
        let whole = decoder.logits(of: sequence, in: decoder.cache(for: sequence))
        let cache = decoder.cache(for: sequence)
        _ = decoder.logits(of: Array(sequence.prefix(7) + sequence.reversed().prefix(9)), in: cache)
        cache.truncate(to: 7)
        #expect(decoder.logits(of: Array(sequence.dropFirst(7)), in: cache) == Array(whole.dropFirst(7)))
    }

    /// Both write behind the same beginning, and neither sees what the other wrote.
    @Test(arguments: [DecoderPrecision.fp32, .int8])
    func `two sequences share a beginning`(_ precision: DecoderPrecision) throws {
        let decoder = try SmallDecoder.llama.decoder(precision)
        let sequence = try #require(SmallDecoder.llama.sequences().max { $0.count < $1.count })
        let turned = Array(sequence.prefix(7) + sequence.dropFirst(7).reversed())
        let expected = [sequence, turned].map { decoder.logits(of: $0, in: decoder.cache(for: $0)) }
        let pool = decoder.makePool(pages: 8)
        let caches = (0..<2).map { _ in KVCache(for: decoder, in: pool, capacity: 64) }
        #expect(decoder.logits(of: sequence, in: caches[0]) == expected[0])
        caches[1].begin(with: 7, of: caches[0])
        #expect(
            decoder.logits(of: Array(turned.dropFirst(7)), in: caches[1]) == Array(expected[1].dropFirst(7)))
        caches[0].truncate(to: 7)
        #expect(
            decoder.logits(of: Array(sequence.dropFirst(7)), in: caches[0]) == Array(expected[0].dropFirst(7))
        )
    }

    /// Each activation is off by half a step of the 127 of its block's largest.
    @Test(arguments: SmallDecoder.allCases)
    func `gives nearly the reference's probabilities in int8`(small: SmallDecoder) throws {
        let decoder = try small.decoder(.int8)
        for (sequence, expected) in try zip(small.sequences(), small.logits()) {
            let found = decoder.logits(of: sequence, in: decoder.cache(for: sequence))
            let divergences = zip(found, expected).map { divergence(of: $0, from: $1) }
            #expect(divergences.reduce(0, +) / Float(divergences.count) < 0.005)
        }
    }

    @Test(arguments: [DecoderPrecision.fp32, .int8])
    func `gives the same numbers on any number of threads and every instruction set`(
        precision: DecoderPrecision
    ) throws {
        for small in SmallDecoder.allCases {
            let sequence = try #require(small.sequences().last)
            let decoder = try small.decoder(precision)
            let expected = decoder.logits(of: sequence, in: decoder.cache(for: sequence))
            for (threads, kernels) in [(1, DecoderKernels.best), (3, .best)]
                + DecoderKernels.all.map({ (2, $0) })
            {
                let other = try small.decoder(precision, threads: threads, kernels: kernels)
                #expect(other.logits(of: sequence, in: other.cache(for: sequence)) == expected)
            }
        }
    }

    @Test func `serves callers on several threads with the same numbers`() async throws {
        let decoder = try SmallDecoder.llama.decoder()
        let sequences = try SmallDecoder.llama.sequences()
        let expected = sequences.map { decoder.logits(of: $0, in: decoder.cache(for: $0)) }
        await withTaskGroup(of: Bool.self) { group in
            for (sequence, expected) in zip(sequences + sequences, expected + expected) {
                group.addTask {
                    decoder.logits(of: sequence, in: decoder.cache(for: sequence), step: 3) == expected
                }
            }
            for await same in group { #expect(same) }
        }
    }

    @Test(arguments: [1, 2, 3])
    func `gives the same numbers where urgent runs come in between`(threads: Int) async throws {
        let pool = ComputePool(threads: threads)
        let decoder = try SmallDecoder.llama.decoder(on: pool)
        let sequence = try #require(SmallDecoder.llama.sequences().last)
        let expected = decoder.logits(of: sequence, in: decoder.cache(for: sequence))
        let urgent = Urgent()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<300 { pool.run(urgent) }
                    return true
                }
                group.addTask {
                    (0..<20).allSatisfy { _ in
                        decoder.logits(of: sequence, in: decoder.cache(for: sequence), step: 5) == expected
                    }
                }
            }
            for await same in group { #expect(same) }
        }
        #expect(urgent.shares.load(ordering: .relaxed) == 2 * 300 * threads)
    }
}

private final class Urgent: StepWork, Sendable {
    let steps = 1
    let shares = Atomic(0)
    func work(_ share: Int, step: Int) { shares.add(1, ordering: .relaxed) }
}

/// Of the probabilities that logits stand for, in nats.
private func divergence(of logits: [Float], from reference: [Float]) -> Float {
    let (found, expected) = (logProbabilities(logits), logProbabilities(reference))
    return zip(found, expected).reduce(0) { $0 + exp($1.1) * ($1.1 - $1.0) }
}

private func logProbabilities(_ logits: [Float]) -> [Float] {
    let peak = logits.max() ?? 0
    let sum = logits.reduce(0) { $0 + exp($1 - peak) }
    return logits.map { $0 - peak - log(sum) }
}
