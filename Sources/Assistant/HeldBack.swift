internal import Dispatch
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

/// What the settings' held-back examples are worth.
public struct HeldBackStatus: Sendable, Hashable {
    /// How many there are.
    public let count: Int
    /// Why none is used; nil while all is well.
    public let fault: String?

    public init(count: Int, fault: String? = nil) {
        self.count = count
        self.fault = fault
    }
}

/// Examples that are never taught, to measure the head by.
///
/// Their texts are read as they are written: with the words that were taught since, the same head would do better one
/// day than the other.
final class HeldBack: Sendable {
    /// More would keep lessons waiting behind a snapshot.
    static let most = 5000

    /// Nil when the settings name none.
    let status: HeldBackStatus?
    private let texts: [LabelledText]
    private let intents: [IntentName]
    /// Nil until they are embedded.
    private let examples = Mutex<[Example]?>(nil)

    /// None.
    init() { (status, texts, intents) = (nil, [], []) }

    /// A file that cannot be used.
    init(fault: String) { (status, texts, intents) = (HeldBackStatus(count: 0, fault: fault), [], []) }

    /// - Parameter intents: of the texts.
    init(_ texts: [LabelledText], intents: [IntentName]) {
        status = HeldBackStatus(count: texts.count)
        self.texts = texts
        self.intents = intents
    }

    /// - Parameter features: of all the texts, asked for once; nil when there is no time for them.
    /// - Complexity: O(count · intents · d), some 0.1 ms an example.
    func score(
        of classifier: IntentClassifier, features: ([LabelledText]) -> [Features]?
    ) -> HeldBackScore? {
        guard let examples = embedded(by: features), !examples.isEmpty else { return nil }
        let correct = examples.count { classifier.rank($0.features).best?.intent == $0.intent }
        return HeldBackScore(correct: correct, count: examples.count)
    }

    /// Embeds the texts unless that was done.
    @discardableResult
    func embedded(by features: ([LabelledText]) -> [Features]?) -> [Example]? {
        examples.withLock { examples in
            if examples == nil, let features = features(texts) {
                examples = zip(intents, features).map { Example(intent: $0, features: $1) }
            }
            return examples
        }
    }
}

extension LocalAssistant {
    /// Reads the held-back examples that the settings name, and has them embedded off this thread: a start does not wait
    /// for that. A file that cannot be used is told by the status.
    func prepareHeldBack() {
        let heldBack = readHeldBack()
        self.heldBack.withLock { $0 = heldBack }
        guard heldBack.status?.fault == nil else {
            return logger.error(
                "no held-back examples", metadata: ["reason": "\(heldBack.status?.fault ?? "")"])
        }
        guard heldBack.status != nil else { return }
        checkpointQueue.async { [self] in heldBack.embedded(by: heldBackFeatures) }
    }

    /// How a head does on the held-back examples; nil where there are none. Waits while they are embedded.
    func heldBackScore(of classifier: IntentClassifier) -> HeldBackScore? {
        heldBack.withLock { $0 }.score(of: classifier, features: heldBackFeatures)
    }

    private func readHeldBack() -> HeldBack {
        guard let path = configuration.heldBack else { return HeldBack() }
        do {
            let file = try ExampleFile(path: path)
            guard file.examples.count <= HeldBack.most else {
                return HeldBack(
                    fault: "\(path): expected at most \(HeldBack.most) examples, found \(file.examples.count)"
                )
            }
            return HeldBack(file.examples, intents: try check(file.examples))
        } catch let fault as ExampleFile.Fault {
            let line = fault.line.map { ", line \($0)" } ?? ""
            return HeldBack(fault: "\(path)\(line): \(fault.reason)")
        } catch {
            return HeldBack(fault: "\(path): \(error)")
        }
    }

    /// - Returns: nil when the assistant is closed on the way.
    private func heldBackFeatures(_ texts: [LabelledText]) -> [Features]? {
        let reading = reading(nil)
        var features: [Features] = []
        features.reserveCapacity(texts.count)
        do throws(AssistantError) {
            try forEachTurn(
                of: texts, reading, phase: .embedding,
                { _ throws(CancellationError) in if snapshot().isClosed { throw CancellationError() } },
                { _, turn in features.append(reading.features(turn)) })
        } catch {
            return nil  // closed: nobody asks any more
        }
        return features
    }
}
