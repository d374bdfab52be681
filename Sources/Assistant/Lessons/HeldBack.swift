internal import Learning
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
/// Their texts are read as they are written: with the words that were taught since, the same head would do
/// better one day than the other.
final class HeldBack: Sendable {
    /// More would keep lessons waiting behind a snapshot.
    static let most = 5000

    private enum State {
        /// The settings name none.
        case absent
        /// Their texts are being embedded.
        case waiting
        case ready([Example])
        case failed(String)
    }

    let admitted: [AdmittedExample]
    private let state: Mutex<State>
    /// The last score, with the digest of its head.
    private let last = Mutex<(digest: String, score: HeldBackScore)?>(nil)

    /// None.
    convenience init() { self.init([], .absent) }

    /// A file that cannot be used.
    convenience init(fault: String) { self.init([], .failed(fault)) }

    convenience init(_ admitted: [AdmittedExample]) { self.init(admitted, .waiting) }

    private init(_ admitted: [AdmittedExample], _ state: State) {
        self.admitted = admitted
        self.state = Mutex(state)
    }

    /// Nil when the settings name none.
    var status: HeldBackStatus? {
        state.withLock { state in
            switch state {
            case .absent: nil
            case .waiting, .ready: HeldBackStatus(count: admitted.count)
            case .failed(let reason): HeldBackStatus(count: 0, fault: reason)
            }
        }
    }

    var isWaiting: Bool { state.withLock { if case .waiting = $0 { true } else { false } } }

    /// Why no head can be measured now; nil when it can be, and when nothing is held back.
    var obstacle: String? {
        state.withLock { state in
            switch state {
            case .absent, .ready: nil
            case .waiting: "the held-back examples are still being embedded"
            case .failed(let reason): reason
            }
        }
    }

    /// - Parameter features: of all of them.
    func take(_ features: [Features]) {
        let examples = zip(admitted, features).map { Example(intent: $0.intent, features: $1) }
        state.withLock { $0 = .ready(examples) }
    }

    func fail(_ reason: String) { state.withLock { $0 = .failed(reason) } }

    /// How a head does; nil when there are no examples, and until they are embedded.
    ///
    /// - Parameter digest: of the head. The last one is not measured again.
    /// - Complexity: O(count · intents · d), some 0.1 ms an example.
    func score(of classifier: IntentClassifier, digest: String) -> HeldBackScore? {
        if let last = last.withLock({ $0 }), last.digest == digest { return last.score }
        guard case .ready(let examples) = state.withLock({ $0 }), !examples.isEmpty else { return nil }
        let correct = examples.count { classifier.rank($0.features).best?.intent == $0.intent }
        let score = HeldBackScore(correct: correct, count: examples.count)
        last.withLock { $0 = (digest, score) }
        return score
    }
}
