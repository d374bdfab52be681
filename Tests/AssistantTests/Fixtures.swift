import Foundation
import Logging
import Tensors
import Testing
import Tokenizers
import Transformers

@testable import Assistant

/// A directory that is removed with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "slmd-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
let alice = Contributor(uid: 1000, pid: 7, session: "s")

/// An encoder of a few lines: a token is the hash of a word, a vector the sum of its words' random signs.
extension TextEncoding {
    ///
    /// - Parameter drift: what another build makes otherwise of the same model.
    static func words(
        salt: UInt64 = 1, limit: Int = 16, width: Int = 32, drift: Float = 0
    ) -> TextEncoding {
        TextEncoding(
            model: AssistantStatus.Model(
                name: "words", precision: "fp32", dimension: width, kernels: "none",
                digest: "words-\(salt)-\(width)"),
            words: [],
            tokenize: { (text, overflow) throws(AssistantError) in
                let parts = text.split { !$0.isLetter && !$0.isNumber }
                let ids = parts.map { $0.lowercased() }.map { word in
                    TokenID(
                        rawValue: Int32(
                            truncatingIfNeeded: mix(word.utf8.reduce(salt) { mix($0 ^ UInt64($1)) })))
                }
                if ids.count > limit && overflow == .fail {
                    throw .tooManyTokens(limit: limit, found: ids.count)
                }
                let words = parts.prefix(limit).enumerated().map { place, part in
                    let start = text.utf8.distance(from: text.startIndex, to: part.startIndex)
                    return TokenizedWord(bytes: start..<start + part.utf8.count, ids: place..<place + 1)
                }
                return Tokens(
                    ids: Array(ids.prefix(limit)),
                    count: TokenCount(used: min(ids.count, limit), total: ids.count), words: words)
            },
            forward: { batch, _, _ in batch.map { encoded($0, width: width, drift: drift) } })
    }

    private static func encoded(_ ids: [TokenID], width: Int, drift: Float) -> EncodedText {
        var sums = [Float](repeating: 0.01 + drift, count: 5 * width)
        for id in ids {
            var state = UInt64(bitPattern: Int64(id.rawValue))
            for index in sums.indices {
                state = mix(state)
                sums[index] += state & 1 == 0 ? 1 : -1
            }
        }
        let length = sums[..<width].reduce(0) { $0 + $1 * $1 }.squareRoot()
        return EncodedText(
            sentence: Embedding(values: sums[..<width].map { $0 / length }),
            layerPools: Array(sums[width...]), tokenVectors: ids.flatMap { tokenVector($0, width, drift) })
    }

    private static func tokenVector(_ id: TokenID, _ width: Int, _ drift: Float) -> [Float] {
        var state = UInt64(bitPattern: Int64(id.rawValue))
        return (0..<3 * width).map { _ in
            state = mix(state)
            return (state & 1 == 0 ? 1 : -1) + drift
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value &+ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        return product ^ (product >> 29)
    }
}

func configuration(
    _ directory: TemporaryDirectory, bootstrap: Bootstrap = .none, everyEvents: Int = 1000,
    limits: TextLimits = TextLimits(), seed: UInt64 = 1
) -> AssistantConfiguration {
    AssistantConfiguration(
        stateDirectory: "\(directory.path)/state", encoder: EncoderSettings(directory: ""),
        bootstrap: bootstrap,
        learning: LearningSettings(seed: seed), checkpoints: CheckpointSettings(everyEvents: everyEvents),
        limits: limits)
}

func open(
    _ configuration: AssistantConfiguration, _ encoding: TextEncoding = .words()
) throws(AssistantError) -> LocalAssistant {
    try LocalAssistant(
        configuration: configuration, encoding: encoding, logger: quiet,
        clock: WallClock { 1_700_000_000_000_000 })
}

func lesson(_ text: String, _ intent: String) -> Lesson { Lesson(Utterance(text), intent: intent, by: alice) }

/// That a replay from nothing makes the same head as a snapshot holds, or as is in force.
func expectVerified(
    _ assistant: LocalAssistant, _ name: String? = nil, _ place: SourceLocation = #_sourceLocation
) throws {
    let found = try assistant.verify(snapshot: name) { _ in }
    #expect(found.digest == found.replayedDigest, sourceLocation: place)
    #expect(found.differing.isEmpty, sourceLocation: place)
}

let colours =
    ["red apple", "red rose", "red car", "crimson red sky"].map { LabelledText(text: $0, intent: "red") }
    + ["green leaf", "green frog", "green tea", "dark green grass"].map {
        LabelledText(text: $0, intent: "green")
    }

extension LocalAssistant {
    func best(_ text: String) throws -> String? { try predict([Utterance(text)])[0].get().intent }

    @discardableResult
    func teach(_ text: String, _ intent: String) throws -> TeachingOutcome {
        try teach([lesson(text, intent)])[0].get()
    }

    @discardableResult
    func trainColours(keepingBase: Bool = false) throws -> TrainingSummary {
        try train(colours, keepingBase: keepingBase, by: alice) { _ in }
    }
}
