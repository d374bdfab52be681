public import JSON

/// Asks what the learned policy of dialogues is.
public struct ShowPolicyParams: Params {
    public typealias Answer = PolicyResult
    public static let method = Method.showPolicy

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// Has the policy stay as it is, and try nothing.
public struct FreezePolicyParams: Params {
    public typealias Answer = PolicyResult
    public static let method = Method.freezePolicy

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// Has a frozen policy go on learning.
public struct UnfreezePolicyParams: Params {
    public typealias Answer = PolicyResult
    public static let method = Method.unfreezePolicy

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// Takes the live version of the policy back, and freezes the one before.
public struct UndoPolicyParams: Params {
    public typealias Answer = PolicyResult
    public static let method = Method.undoPolicy

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// A mean with its 95 % interval.
public struct EstimateEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let mean: Double
    public let lower: Double
    public let upper: Double

    public init(mean: Double, lower: Double, upper: Double) {
        self.mean = mean
        self.lower = lower
        self.upper = upper
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("mean", mean)
            json.field("lower", lower)
            json.field("upper", upper)
        }
    }
}

/// The answer to `policy.show` and to what changes the policy.
public struct PolicyResult: JSONWritable, Decodable, Hashable, Sendable {
    /// One that went live.
    public struct Version: JSONWritable, Decodable, Hashable, Sendable {
        public let version: Int
        /// So many tasks had ended.
        public let episodes: Int
        /// What it was expected to get more a task than the one before.
        public let gain: EstimateEntry?

        public init(version: Int, episodes: Int, gain: EstimateEntry?) {
            self.version = version
            self.episodes = episodes
            self.gain = gain
        }

        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("version", version)
                json.field("episodes", episodes)
                json.field(orNull: "gain", gain)
            }
        }
    }

    /// What was learnt and is not live.
    public struct Candidate: JSONWritable, Decodable, Hashable, Sendable {
        /// So many tasks that tell something ended since it was learnt.
        public let episodes: Int
        /// What it is expected to get more a task than what is live; `nil` while nothing is known.
        public let gain: EstimateEntry?

        public init(episodes: Int, gain: EstimateEntry?) {
            self.episodes = episodes
            self.gain = gain
        }

        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("episodes", episodes)
                json.field(orNull: "gain", gain)
            }
        }
    }

    /// What decides now; `nil` for the rules' usual moves.
    public let version: Int?
    public let isFrozen: Bool
    /// The probability with which a move is tried now, from 0 to 1.
    public let exploration: Double
    /// How many tasks have ended.
    public let episodes: Int
    /// Nothing is tried before so many have.
    public let warmUp: Int
    /// Those that are or can be live again, oldest first.
    public let versions: [Version]
    public let candidate: Candidate?

    public init(
        version: Int?, isFrozen: Bool, exploration: Double, episodes: Int, warmUp: Int, versions: [Version],
        candidate: Candidate?
    ) {
        self.version = version
        self.isFrozen = isFrozen
        self.exploration = exploration
        self.episodes = episodes
        self.warmUp = warmUp
        self.versions = versions
        self.candidate = candidate
    }

    private enum CodingKeys: String, CodingKey {
        case version, exploration, episodes, versions, candidate
        case isFrozen = "frozen"
        case warmUp = "warm_up"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field(orNull: "version", version)
            json.field("frozen", isFrozen)
            json.field("exploration", exploration)
            json.field("episodes", episodes)
            json.field("warm_up", warmUp)
            json.key("versions")
            json.array(versions) { $0.value($1) }
            json.field(orNull: "candidate", candidate)
        }
    }
}

/// Asks what policies would get, by what was logged.
public struct EvaluatePolicyParams: Params {
    public typealias Answer = PolicyEvaluationResult
    public static let method = Method.evaluatePolicy

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// What a policy would get a task.
public struct PolicyEstimates: JSONWritable, Decodable, Hashable, Sendable {
    /// `usual`, `live` or `candidate`.
    public let policy: String
    /// Of the live one.
    public let version: Int?
    /// By importance weighting; `nil` while fewer than two tasks are known, as the others are.
    public let inversePropensity: EstimateEntry?
    public let selfNormalised: EstimateEntry?
    public let doublyRobust: EstimateEntry?

    public init(
        policy: String, version: Int?, inversePropensity: EstimateEntry?, selfNormalised: EstimateEntry?,
        doublyRobust: EstimateEntry?
    ) {
        self.policy = policy
        self.version = version
        self.inversePropensity = inversePropensity
        self.selfNormalised = selfNormalised
        self.doublyRobust = doublyRobust
    }

    private enum CodingKeys: String, CodingKey {
        case policy, version
        case inversePropensity = "ips"
        case selfNormalised = "snips"
        case doublyRobust = "dr"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("policy", policy)
            json.field(orNull: "version", version)
            json.field(orNull: "ips", inversePropensity)
            json.field(orNull: "snips", selfNormalised)
            json.field(orNull: "dr", doublyRobust)
        }
    }
}

/// The answer to `policy.eval`.
public struct PolicyEvaluationResult: JSONWritable, Decodable, Hashable, Sendable {
    /// How many tasks it is from.
    public let episodes: Int
    /// What those got, by whatever chose in them.
    public let observed: EstimateEntry?
    public let policies: [PolicyEstimates]

    public init(episodes: Int, observed: EstimateEntry?, policies: [PolicyEstimates]) {
        self.episodes = episodes
        self.observed = observed
        self.policies = policies
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("episodes", episodes)
            json.field(orNull: "observed", observed)
            json.key("policies")
            json.array(policies) { $0.value($1) }
        }
    }
}

/// Asks for the newest decisions.
public struct PolicyLogParams: Params {
    public typealias Answer = PolicyLogResult
    public static let method = Method.policyLog
    public static let most = 1000
    public static let usual = 20
    /// At most so many, from 1 to `most`.
    public var last: Int
    public var session: String?

    public init(last: Int = usual, session: String? = nil) {
        self.last = last
        self.session = session
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        last = Int(try params.integer("last", in: 1...Int64(Self.most)) ?? Int64(Self.usual))
        session = try params.optionalString("session")
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("last", last)
            json.field(ifPresent: "session", session)
        }
    }
}

/// A decision as it was made, and what came of it.
public struct LoggedDecisionEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let session: String
    /// The turn of the session it was made after, from 1.
    public let turn: Int
    /// In UTC, as RFC 3339 writes it.
    public let time: String
    public let decision: DecisionEntry
    /// `nil` while its task goes on, and where it was about none.
    public let outcome: String?
    /// What came of it before the next choice is worth; `nil` as `outcome`.
    public let reward: Double?

    public init(
        session: String, turn: Int, time: String, decision: DecisionEntry, outcome: String?, reward: Double?
    ) {
        self.session = session
        self.turn = turn
        self.time = time
        self.decision = decision
        self.outcome = outcome
        self.reward = reward
    }

    private enum CodingKeys: String, CodingKey {
        case turn, time, decision, outcome, reward
        case session = "session_id"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("session_id", session)
            json.field("turn", turn)
            json.field("time", time)
            json.field("decision", decision)
            json.field(orNull: "outcome", outcome)
            json.field(orNull: "reward", reward)
        }
    }
}

/// The answer to `policy.log`: the newest decisions, oldest first.
public struct PolicyLogResult: JSONWritable, Decodable, Hashable, Sendable {
    public let decisions: [LoggedDecisionEntry]

    public init(decisions: [LoggedDecisionEntry]) { self.decisions = decisions }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("decisions")
            json.array(decisions) { $0.value($1) }
        }
    }
}

/// Asks what kinds of moves have led to.
public struct TransitionsParams: Params {
    public typealias Answer = TransitionsResult
    public static let method = Method.transitions

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// What a kind of move, made at a step of a dialogue, has led to.
public struct TransitionEntry: JSONWritable, Decodable, Hashable, Sendable {
    /// `collecting 2` with two values missing.
    public let step: String
    /// `ask_one`, `ask_two`, `confirm`, `act`, ...
    public let move: String
    /// How often it was made.
    public let tried: Int
    /// How often the task was done then.
    public let succeeded: Int
    /// How likely that is: the share with one success and one failure assumed beforehand.
    public let rate: Double
    /// Steps that came next, how often.
    public let next: [String: Int]
    /// What came of it, how often.
    public let outcomes: [String: Int]

    public init(
        step: String, move: String, tried: Int, succeeded: Int, rate: Double, next: [String: Int],
        outcomes: [String: Int]
    ) {
        self.step = step
        self.move = move
        self.tried = tried
        self.succeeded = succeeded
        self.rate = rate
        self.next = next
        self.outcomes = outcomes
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("step", step)
            json.field("move", move)
            json.field("tried", tried)
            json.field("succeeded", succeeded)
            json.field("rate", rate)
            for (name, counts) in [("next", next), ("outcomes", outcomes)] {
                json.key(name)
                json.object { json in
                    for (key, count) in counts.sorted(by: { $0.key < $1.key }) { json.field(key, count) }
                }
            }
        }
    }
}

/// The answer to `transitions`, by step and move.
public struct TransitionsResult: JSONWritable, Decodable, Hashable, Sendable {
    /// How many tasks have ended.
    public let episodes: Int
    public let transitions: [TransitionEntry]

    public init(episodes: Int, transitions: [TransitionEntry]) {
        self.episodes = episodes
        self.transitions = transitions
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("episodes", episodes)
            json.key("transitions")
            json.array(transitions) { $0.value($1) }
        }
    }
}
