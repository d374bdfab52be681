internal import Learning
internal import Storage
internal import Synchronization

/// Why a text has its prediction.
public struct Explanation: Sendable, Hashable {
    public let prediction: Prediction
    /// The text as it was read; nil when no word of it was corrected.
    public let corrected: String?
    /// How near the text lies to all that was taught.
    public let familiarity: Double
    /// Below this it is out of scope; nil while that is unknown.
    public let leastFamiliarity: Double?
    /// The nearest taught examples, the nearest first.
    public let nearest: [NearExample]
    public let voices: [VoiceSaying]

    public init(
        prediction: Prediction, corrected: String?, familiarity: Double, leastFamiliarity: Double?,
        nearest: [NearExample], voices: [VoiceSaying]
    ) {
        self.prediction = prediction
        self.corrected = corrected
        self.familiarity = familiarity
        self.leastFamiliarity = leastFamiliarity
        self.nearest = nearest
        self.voices = voices
    }
}

/// A taught example beside a text.
public struct NearExample: Sendable, Hashable {
    public let event: Int64
    public let intent: String
    /// The cosine of the sentence vectors, from -1 to 1.
    public let similarity: Double
    /// Nil where it is not the asker's to read.
    public let text: String?
    public let contributor: Contributor
    /// Microseconds since 1970, UTC.
    public let time: Int64

    public init(
        event: Int64, intent: String, similarity: Double, text: String?, contributor: Contributor, time: Int64
    ) {
        self.event = event
        self.intent = intent
        self.similarity = similarity
        self.text = text
        self.contributor = contributor
        self.time = time
    }
}

/// What one voice of the head says of a text.
public struct VoiceSaying: Sendable, Hashable {
    public struct Label: Sendable, Hashable {
        public let intent: String
        /// Before it is multiplied with the voice's weight.
        public let logit: Double
        /// By this voice alone.
        public let probability: Double

        public init(intent: String, logit: Double, probability: Double) {
            self.intent = intent
            self.logit = logit
            self.probability = probability
        }
    }

    public let voice: String
    /// How much its logits count in the sum; the weights of all need not sum to 1.
    public let weight: Double
    /// The likeliest few, the likeliest first.
    public let ranked: [Label]

    public init(voice: String, weight: Double, ranked: [Label]) {
        self.voice = voice
        self.weight = weight
        self.ranked = ranked
    }
}

extension LocalAssistant {
    private static let nearestExamples = 10
    private static let labelsOfAVoice = 5

    /// Says why a text has its prediction.
    ///
    /// - Parameter owner: only texts that this user taught are shown; of others' the event and the intent.
    /// - Throws: what a prediction does, `storage`. Waits while a training is learnt.
    /// - Complexity: some ms. The first one after a change of the past or of the intents reads the vectors of
    ///   the log: some 10 µs for each lesson in it. After a start they are read before somebody asks.
    public func explain(
        _ utterance: Utterance, for owner: UInt32? = nil
    ) throws(AssistantError) -> Explanation {
        let published = snapshot()
        guard !published.isClosed else { throw .closed }
        let pipeline = pipeline(published)
        let reading = pipeline.reading
        let corrected = reading.correct(try reading.admit(utterance).get())
        let embedded = reading.embed(
            [reading.tokenize(corrected)], depth: pipeline.slotReading.depth)
        guard let turn = try embedded.first?.get() else { throw .emptyText }
        let features = reading.features(turn)
        let ranking = pipeline.classifier.rank(features)
        let sayings = learner.withLock { $0.head.sayings(of: features) }
        return Explanation(
            prediction: Understanding(
                turn: turn, ranking: ranking, slots: pipeline.slotReading.slots(turn, ranking)
            )
            .prediction(with: pipeline.entities),
            corrected: corrected.text == utterance.text ? nil : corrected.text,
            familiarity: Double(ranking.familiarity),
            leastFamiliarity: pipeline.classifier.leastFamiliarity.map(Double.init),
            nearest: try nearest(to: features, for: owner),
            voices: sayings.map { VoiceSaying($0, labels: Self.labelsOfAVoice) })
    }

    private func nearest(
        to features: Features, for owner: UInt32?
    ) throws(AssistantError) -> [NearExample] {
        let (found, texts) = try storing { () throws(StorageError) in
            let found = try examples.look { $0.nearest(Self.nearestExamples, to: features) }
            return (found, try log.texts(of: found.map(\.source)))
        }
        return zip(found, texts).compactMap { neighbour, taught in
            taught.map { NearExample(neighbour, $0, for: owner) }
        }
    }
}

extension NearExample {
    fileprivate init(_ neighbour: ExampleIndex.Neighbour, _ taught: TaughtText, for owner: UInt32?) {
        let isShown = owner.map { $0 == taught.origin.uid && !taught.isImported } ?? true
        self.init(
            event: neighbour.source.event, intent: neighbour.intent.description,
            similarity: Double(neighbour.similarity), text: isShown ? taught.text : nil,
            contributor: Contributor(
                uid: taught.origin.uid, pid: taught.origin.pid,
                session: isShown ? taught.origin.session : nil),
            time: taught.time)
    }
}

extension VoiceSaying {
    fileprivate init(_ saying: Learning.VoiceSaying, labels: Int) {
        self.init(
            voice: saying.voice, weight: Double(saying.share),
            ranked: saying.ranked.prefix(labels).map {
                Label(
                    intent: $0.intent.description, logit: Double($0.logit),
                    probability: Double($0.probability))
            })
    }
}
