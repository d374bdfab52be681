import Tensors
import Testing
import Tokenizers
import Transformers

@Suite(.enabled(if: miniLM != nil, "the model is not fetched: run `make models`"))
struct `All-MiniLM-L6-v2` {
    private func encoder(_ precision: EncoderPrecision, threads: Int = 2) throws -> SentenceEncoder {
        try SentenceEncoder(
            directory: #require(miniLM), precision: precision, pool: ComputePool(threads: threads))
    }

    @Test func `is what its files say`() throws {
        let encoder = try encoder(.int8)
        #expect(encoder.dimension == 384)
        #expect(encoder.maximumTokens == 256)
        #expect(encoder.vocabularySize == 30522)
    }

    @Test func `agrees with the reference within 2e-5 in single precision on 200 varied texts`() throws {
        let expected = try Goldens.rows("minilm", dimension: 384)
        let found = try encoder(.fp32).encode(Goldens.tokens("minilm"))
        #expect(found.count == 200)
        let worst = zip(found, expected).map { worstDifference($0.sentence.values, $1) }.max()
        #expect(try #require(worst) < 2e-5)
    }

    @Test func `gives the reference's layer pools`() throws {
        let expected = try Goldens.rows("minilm-pools", dimension: 4 * 384)
        let found = try encoder(.fp32).encode(Array(Goldens.tokens("minilm").prefix(expected.count)))
        // Components before the last norm reach 5; the reference sums them in another order.
        #expect(zip(found, expected).allSatisfy { worstDifference($0.layerPools, $1) < 5e-5 })
    }

    @Test func `keeps a mean cosine of 0.998 in int8`() throws {
        let expected = try Goldens.rows("minilm", dimension: 384)
        let found = try encoder(.int8).encode(Goldens.tokens("minilm"))
        let cosines = zip(found, expected).map { $0.sentence.cosine(to: Embedding(values: $1)) }
        #expect(cosines.reduce(0, +) / Float(cosines.count) > 0.998)
        #expect(try #require(cosines.min()) > 0.99)
    }

    @Test(arguments: [EncoderPrecision.int8, .fp32])
    func `encodes a row of a batch as the same text alone`(precision: EncoderPrecision) throws {
        let encoder = try encoder(precision)
        let texts = try Array(Goldens.tokens("minilm").reversed().prefix(60))
        let batch = encoder.encode(texts)
        #expect(batch == texts.map { encoder.encode([$0])[0] })
        #expect(batch.reversed() == encoder.encode(texts.reversed()))
    }

    @Test(arguments: [1, 3])
    func `gives the same int8 numbers on any number of threads`(threads: Int) throws {
        let texts = try Array(Goldens.tokens("minilm").suffix(40))
        #expect(try encoder(.int8, threads: threads).encode(texts) == encoder(.int8).encode(texts))
    }

    @Test func `serves callers on several threads with the same numbers`() async throws {
        let encoder = try encoder(.int8)
        let texts = try Array(Goldens.tokens("minilm").prefix(20))
        let expected = encoder.encode(texts)
        await withTaskGroup(of: Bool.self) { group in
            for text in texts.indices { group.addTask { encoder.encode([texts[text]])[0] == expected[text] } }
            for await same in group { #expect(same) }
        }
    }

    @Test func `has a digest that tells precisions apart and repeats`() throws {
        let digests = try [encoder(.int8).digest, encoder(.fp32).digest, encoder(.int8, threads: 1).digest]
        #expect(digests[0] == digests[2])
        #expect(digests[0] != digests[1])
        #expect(digests[0].count == 64)
    }

    @Test func `encodes an empty batch to nothing`() throws {
        #expect(try encoder(.int8).encode([]).isEmpty)
    }
}
