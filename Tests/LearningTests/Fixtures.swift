@testable import Learning

/// Small features round a class's own direction, the same in every run.
struct Scatterer {
    private var random = Randomness(state: 11)

    mutating func features(of kind: Int, width: Int = 16, noise: Float = 0.5) -> Features {
        var own = Randomness(state: UInt64(1000 + kind))
        var values: [Float] = []
        for _ in 0..<Features.blockCount * width {
            values.append(Self.unit(&own) + noise * Self.unit(&random))
        }
        return Features(
            EncodedPools(sentence: Array(values[..<width]), layerPools: Array(values[width...])))
    }

    mutating func examples(_ count: Int, of names: [IntentName]) -> [Example] {
        (0..<count * names.count).map { index in
            Example(intent: names[index % names.count], features: features(of: index % names.count))
        }
    }

    private static func unit(_ random: inout Randomness) -> Float {
        Float(random.below(2001) - 1000) / 1000
    }
}

func intentNames(_ texts: String...) throws -> [IntentName] {
    var names: [IntentName] = []
    for text in texts { names.append(try IntentName(text)) }
    return names
}

func taughtHead(_ examples: [Example], seed: UInt64 = 1) -> IntentHead {
    var head = IntentHead(settings: HeadSettings(seed: seed))
    for example in examples { head.apply(.taught(example, name: nil)) }
    return head
}
