/// What keeps one user's lessons from spoiling what all have learnt.
public struct GuardSettings: Sendable, Hashable {
    /// Lessons that a user may teach in a minute over a long time.
    public var lessonsPerMinute: Double
    /// Lessons that a user may teach at once after a pause.
    public var burst: Double

    public init(lessonsPerMinute: Double = 120, burst: Double = 600) {
        self.lessonsPerMinute = lessonsPerMinute
        self.burst = burst
    }
}

/// What a user may still teach: so many lessons now, and so much that nobody else would have said.
public struct GuardAccount: Sendable, Hashable {
    public let uid: UInt32
    /// Of the bucket of lessons.
    public var lessons: Double
    /// In nats, from `-LessonGuard.debt` to `LessonGuard.credit`.
    public var trust: Double
    /// When both were so, in microseconds since 1970, UTC.
    public var time: Int64

    public init(uid: UInt32, lessons: Double, trust: Double, time: Int64) {
        self.uid = uid
        self.lessons = lessons
        self.trust = trust
        self.time = time
    }
}

/// How well a lesson agrees with what the head and others say of its text.
public struct LessonEvidence: Sendable, Hashable {
    /// In nats: how unlikely the lesson is for those who do not believe its teacher.
    public let surprise: Double
    /// Whether the head says the same, the nearest example of somebody else does, and nobody taught such a text before:
    /// saying one true thing again and again earns nothing.
    public let isSupported: Bool

    public init(surprise: Double, isSupported: Bool) {
        self.surprise = surprise
        self.isSupported = isSupported
    }
}

extension LessonEvidence {
    /// Neighbours that are asked.
    private static let neighbours = 10
    /// The least probability that is believed: nobody is surer than this.
    private static let floor: Float = 1.0 / 1024
    /// A neighbour at this similarity says as much as silence.
    private static let silence: Float = 0.55
    private static let sharpness: Float = 12
    /// A text this near to one that was taught says nothing new.
    private static let sameness: Float = 0.97
    /// A text this near to another says the same in other words.
    private static let likeness: Float = 0.85
    /// Intents of neighbours that a new one must keep away from.
    private static let mostRivals = 3
    /// Nats of distinctness that prove an intent one of its own; and those more by how many examples it has.
    private static let certain: Float = 2
    private static let certainOfFew: Float = 1
    private static let steepness: Float = 3
    /// Nats by which a text may lie closer to a rival than to its own intent.
    private static let stray: Float = 2.5
    /// Times what the neighbours say that is the most.
    private static let mostDoubt: Float = 2

    /// - Parameters:
    ///   - lesson: what is to be learnt.
    ///   - ranking: of its text, by the head before it.
    ///   - uid: who teaches it.
    ///   - examples: all that was taught; the teacher's own are no witnesses.
    /// - Complexity: O(examples · width), some 2 ms for a full index.
    public init(_ lesson: Example, ranking: Ranking, taughtBy uid: UInt32, among examples: ExampleIndex) {
        let own = ranking.intents.first { $0.intent == lesson.intent }?.probability
        // A new intent takes what the known ones leave; a text unlike all of them may well have one.
        let believed = own ?? (ranking.isOutOfScope ? 1 : 1 - ranking.confidence)
        let others = examples.nearest(Self.neighbours, to: lesson.features, exceptOf: uid)
        var (against, all): (Float, Float) = (0, 1)
        for neighbour in others {
            let weight = Exponential.exp(Self.sharpness * (neighbour.similarity - Self.silence))
            all += weight
            if neighbour.intent != lesson.intent { against += weight }
        }
        var contradiction = Self.nats(1 - against / all)
        if let doubt = Self.doubt(of: lesson, taughtBy: uid, near: others, among: examples) {
            contradiction = min(doubt, Self.mostDoubt * contradiction)
        }
        let mean = (Self.nats(believed) + contradiction) / 2
        let nearest = examples.nearest(1, to: lesson.features).first
        // What the head believes of a text in other words it may have from the teacher himself.
        let isRepeated = nearest.map {
            $0.source.uid == uid && $0.intent == lesson.intent && $0.similarity > Self.likeness
        }
        surprise = Double(isRepeated == true ? max(mean, contradiction) : mean)
        let isNew = (nearest?.similarity ?? 0) < Self.sameness
        isSupported =
            isNew && ranking.best?.intent == lesson.intent && others.first?.intent == lesson.intent
    }

    /// What speaks against an intent that nobody else teaches, in nats: little against one whose examples agree with
    /// each other and keep away from the intents of their neighbours, much against one that takes their texts under
    /// another name. Nil where a second example is missing, its own or a neighbour's, and where somebody else teaches
    /// the intent.
    ///
    /// - Complexity: O(probes · examples of the four intents · width), some 0.5 ms for 20 examples of each.
    private static func doubt(
        of lesson: Example, taughtBy uid: UInt32, near others: [ExampleIndex.Neighbour],
        among examples: ExampleIndex
    ) -> Float? {
        guard !examples.isTaught(lesson.intent, exceptOf: uid) else { return nil }
        var own = examples.vectors(of: lesson.intent, by: uid)
        let rivals = rivals(others).map { examples.vectors(of: $0, by: uid, isOthers: true) }
        guard own.count > 0, !rivals.isEmpty, rivals.allSatisfy({ $0.count > 1 }) else { return nil }
        let proof = certain + certainOfFew / Float(own.count)
        own.append(lesson.features)
        return rivals.map { rival in
            let found = min(own.distinctness(from: rival), stray + own.belonging(against: rival))
            return softplus(steepness * (proof - found))
        }.max()
    }

    /// The intents of the nearest neighbours, the nearest first.
    private static func rivals(_ neighbours: [ExampleIndex.Neighbour]) -> [IntentName] {
        var intents: [IntentName] = []
        for intent in neighbours.map(\.intent) where !intents.contains(intent) { intents.append(intent) }
        return Array(intents.prefix(mostRivals))
    }

    /// log(1 + eˣ): next to nothing once the proof is given.
    private static func softplus(_ x: Float) -> Float {
        max(x, 0) + Exponential.log(1 + Exponential.exp(-abs(x)))
    }

    private static func nats(_ probability: Float) -> Float {
        -Exponential.log(max(probability, floor))
    }
}

/// Decides which lessons of ordinary users are learnt at once: a pure value, told the time.
///
/// Two buckets a user. One of lessons, against a user who takes all the time there is. One of trust, in nats: a lesson
/// that contradicts costs what it surprises the head and the examples of others, a lesson that both agree with earns
/// a little, and time gives back slowly. What is held costs too, down to a debt: so the account is a cumulative sum
/// that drifts up while a user contradicts as seldom as honest people do and down while he contradicts more often,
/// whether he hurries, waits between lessons, or says something true in between. Nothing that contradicts is learnt
/// from an account in debt. Examples of the user's own are no witnesses: repeating himself, he does not come to
/// agree with himself. Only of an intent that nobody else teaches do they say something: whether it is one, or another
/// name for others' texts. Earnings end at the full account, so a long honest life buys no more wrong labels than a
/// short one.
///
/// - Note: Page, *Continuous Inspection Schemes*, 1954.
public struct LessonGuard: Sendable, Hashable {
    /// Trust of a full account.
    public static let credit = 40.0
    /// How deep it may fall below 0.
    public static let debt = 40.0
    /// Trust that an hour gives back.
    static let hourly = 0.5
    /// Trust that a supported lesson earns.
    static let earned = 0.7
    /// A lesson that surprises less contradicts nobody.
    static let tolerance = 0.7

    /// What becomes of a lesson.
    public enum Judgement: Sendable, Hashable { case learnt, held }

    public var settings: GuardSettings
    private var accounts: [UInt32: GuardAccount]

    public init(settings: GuardSettings = GuardSettings(), accounts: [GuardAccount] = []) {
        self.settings = settings
        self.accounts = Dictionary(accounts.map { ($0.uid, $0) }) { $1 }
    }

    /// A user's account at some time; nobody's is full.
    public func account(of uid: UInt32, at time: Int64) -> GuardAccount {
        guard var account = accounts[uid] else {
            return GuardAccount(uid: uid, lessons: settings.burst, trust: Self.credit, time: time)
        }
        // A clock that was set back gives nothing and takes nothing.
        let minutes = Double(max(0, time - account.time)) / 60e6
        account.lessons = min(settings.burst, account.lessons + minutes * settings.lessonsPerMinute)
        account.trust = min(Self.credit, account.trust + minutes / 60 * Self.hourly)
        account.time = time
        return account
    }

    /// Takes a lesson out of a user's bucket.
    ///
    /// - Returns: nil, or how many microseconds must pass before there is one.
    public mutating func admit(_ uid: UInt32, at time: Int64) -> Int64? {
        var account = account(of: uid, at: time)
        guard account.lessons >= 1 else {
            return Int64(((1 - account.lessons) / settings.lessonsPerMinute * 60e6).rounded(.up))
        }
        account.lessons -= 1
        accounts[uid] = account
        return nil
    }

    /// Judges a lesson and charges its teacher.
    public mutating func judge(_ evidence: LessonEvidence, of uid: UInt32, at time: Int64) -> Judgement {
        var account = account(of: uid, at: time)
        defer { accounts[uid] = account }
        guard evidence.surprise > Self.tolerance else {
            if evidence.isSupported { account.trust = min(Self.credit, account.trust + Self.earned) }
            return .learnt
        }
        let cost = Self.cost(of: evidence.surprise)
        let isCovered = account.trust >= cost
        account.trust = max(-Self.debt, account.trust - cost)
        return isCovered ? .learnt : .held
    }

    /// What is hardly to be believed moves the head most, and costs more than its nats.
    private static func cost(of surprise: Double) -> Double { max(surprise, surprise * surprise / 3) }
}
