import Tensors
import Testing

@Suite struct SplitMix64Tests {
    /// The first values that the authors' splitmix64.c gives from the seed 1234567.
    @Test func `it gives the values of its reference`() {
        var chance = SplitMix64(state: 1_234_567)
        let values = (0..<5).map { _ in chance.next() }
        #expect(
            values == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }
}
