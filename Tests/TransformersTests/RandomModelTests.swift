import Foundation
import Tensors
import Testing
import Tokenizers
import Transformers

@Suite struct `A random checkpoint` {
    /// The reference sums in another order; 2e-5 is a hundred times single precision's step at these sizes.
    private let tolerance: Float = 2e-5

    @Test(arguments: RandomCheckpoint.Family.allCases)
    func `gives the reference's mean vectors`(family: RandomCheckpoint.Family) throws {
        let model = try RandomCheckpoint(family)
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: .fp32, pool: ComputePool(threads: 2))
        let expected = try Goldens.rows("\(family)-mean", dimension: family.hidden)
        let found = encoder.encode(try Goldens.tokens("\(family)"))
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(worstDifference(found.sentence.values, expected) < tolerance)
        }
    }

    @Test(arguments: RandomCheckpoint.Family.allCases)
    func `gives the reference's class-token rows where its files ask for them`(
        family: RandomCheckpoint.Family
    ) throws {
        let model = try RandomCheckpoint(family, pooling: "pooling_mode_cls_token")
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: .fp32, pool: ComputePool(threads: 1))
        let expected = try Goldens.rows("\(family)-class", dimension: family.hidden)
        for (found, expected) in zip(encoder.encode(try Goldens.tokens("\(family)")), expected) {
            #expect(worstDifference(found.sentence.values, expected) < tolerance)
        }
    }

    @Test(arguments: RandomCheckpoint.Family.allCases)
    func `keeps its direction in int8`(family: RandomCheckpoint.Family) throws {
        let model = try RandomCheckpoint(family)
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: .int8, pool: ComputePool(threads: 2))
        let expected = try Goldens.rows("\(family)-mean", dimension: family.hidden)
        for (found, expected) in zip(encoder.encode(try Goldens.tokens("\(family)")), expected) {
            #expect(found.sentence.cosine(to: Embedding(values: expected)) > 0.995)
        }
    }

    @Test(arguments: [EncoderPrecision.fp32, .int8])
    func `gives the same once its buffers' memory was given back`(precision: EncoderPrecision) throws {
        let model = try RandomCheckpoint(.tinybert)
        let ids = try Goldens.tokens("tinybert")
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: precision, pool: ComputePool(threads: 2))
        let before = encoder.encode(ids)
        encoder.releaseBuffers()
        for (text, first) in zip(encoder.encode(ids), before) {
            #expect(text.sentence == first.sentence && text.layerPools == first.layerPools)
        }
    }

    /// One on threads that stand back may take minutes on a busy machine.
    @Test(.timeLimit(.minutes(1)))
    func `gives no memory back while a pass is under way, and does not wait for it`() async throws {
        let model = try RandomCheckpoint(.tinybert)
        let ids = try Goldens.tokens("tinybert")
        let pool = ComputePool(threads: 1)
        let encoder = try SentenceEncoder(directory: model.directory, precision: .int8, pool: pool)
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Thread.detachNewThread { pool.run(HeldUp(begun: begun, gate: gate)) }
        #expect(begun.wait(timeout: .now() + 20) == .success)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = encoder.encode(ids)  // the pool is taken
            done.signal()
        }
        while encoder.releaseBuffers() { await Task.yield() }
        gate.signal()
        #expect(done.wait(timeout: .now() + 20) == .success)
        #expect(encoder.releaseBuffers())
    }

    @Test(arguments: [EncoderPrecision.fp32, .int8])
    func `keeps the vectors of tokens that the pools are made of`(precision: EncoderPrecision) throws {
        let model = try RandomCheckpoint(.tinybert)
        let ids = try Goldens.tokens("tinybert")
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: precision, pool: ComputePool(threads: 2))
        let plain = encoder.encode(ids)
        let width = encoder.dimension
        for (kept, (text, ids)) in zip(encoder.encode(ids, keepingTokens: true), zip(plain, ids)) {
            #expect(kept.sentence == text.sentence && kept.layerPools == text.layerPools)
            #expect(kept.tokenVectors.count == ids.count * 3 * width && text.tokenVectors.isEmpty)
            for pool in 0..<2 {
                let mean = (0..<width).map { index in
                    (0..<ids.count).reduce(Float(0)) {
                        $0 + kept.tokenVectors[($1 * 3 + pool) * width + index]
                    } / Float(ids.count)
                }
                let expected = Array(text.layerPools[pool * width..<(pool + 1) * width])
                #expect(worstDifference(mean, expected) < 1e-5)
            }
        }
    }

    @Test(arguments: [EncoderPrecision.fp32, .int8])
    func `gives the same numbers on two pools at once`(precision: EncoderPrecision) async throws {
        let model = try RandomCheckpoint(.tinybert)
        let ids = try Goldens.tokens("tinybert")
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: precision, pool: ComputePool(threads: 2))
        let other = SentenceEncoder(sharing: encoder, pool: ComputePool(threads: 2))
        #expect(other.digest == encoder.digest)
        let expected = encoder.encode(ids)
        await withTaskGroup(of: Bool.self) { group in
            for encoder in [encoder, other] {
                group.addTask { (0..<4).allSatisfy { _ in encoder.encode(ids) == expected } }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    @Test func `gives the same numbers on every instruction set`() throws {
        let model = try RandomCheckpoint(.tinybert)
        let ids = try Goldens.tokens("tinybert").prefix(4)
        let results = try Kernels.all.dropFirst().map { kernels in
            try SentenceEncoder(
                directory: model.directory, precision: .int8, pool: ComputePool(threads: 1), kernels: kernels
            ).encode(Array(ids))
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func `gives the same numbers through OpenBLAS, whatever the batch`() throws {
        let model = try RandomCheckpoint(.tinybert)
        // The scalar reference leaves every single-precision product to OpenBLAS.
        let encoder = try SentenceEncoder(
            directory: model.directory, precision: .fp32, pool: ComputePool(threads: 2),
            kernels: Kernels.all[0])
        let ids = try Goldens.tokens("tinybert")
        let found = encoder.encode(ids)
        for (found, expected) in try zip(found, Goldens.rows("tinybert-mean", dimension: 312)) {
            #expect(worstDifference(found.sentence.values, expected) < tolerance)
        }
        #expect(found == ids.map { encoder.encode([$0])[0] })
    }
}

/// Keeps a pool's thread until the gate opens.
private struct HeldUp: StepWork {
    let begun: DispatchSemaphore
    let gate: DispatchSemaphore
    var steps: Int { 1 }

    func work(_ share: Int, step: Int) {
        begun.signal()
        gate.wait()
    }
}
