/// The policy that a log of episodes makes.
///
/// What is learnt is tried on episodes that came after it was learnt, without being used: it goes live only when
/// a 95 % interval says that it gets more than the live one.
public struct PolicyLearning: Codable, Sendable, Hashable {
    public struct Settings: Codable, Sendable, Hashable {
        /// As `Policy.exploration`.
        public var exploration = 0.2
        /// Before so many episodes nothing but the usual moves is made.
        public var warmUp = 0
        /// After so many episodes what is learnt is looked at.
        public var look = 50
        /// After so many looks that showed no gain it is learnt anew from all that is known.
        public var mostLooks = 4

        public init() {}

        public init(exploration: Double, warmUp: Int) {
            self.exploration = exploration
            self.warmUp = warmUp
        }
    }

    /// A policy that went live.
    public struct Version: Codable, Sendable, Hashable {
        /// From 1; one that was undone gives its number to no other.
        public let number: Int
        public let value: ValueFunction
        /// So many episodes had been seen.
        public let episodes: Int
        /// What it was expected to get more an episode than the version before.
        public let gain: Estimate
    }

    /// The exploration counts from the next choice on, whatever was learnt with another.
    public var settings: Settings
    /// The newest last, which is live; none while the rules' usual moves are.
    public private(set) var versions: [Version] = []
    public private(set) var isFrozen = false
    /// How many episodes there were.
    public private(set) var episodes = 0
    /// How many versions ever went live.
    private var issued = 0
    private var sums = ValueSums()
    /// What is being tried; nil before the first episodes.
    private(set) var candidate: ValueFunction?
    /// Came after the candidate was learnt.
    private(set) var trial: [Episode] = []

    /// How many episodes came since the candidate was learnt, of those that tell anything.
    public var trialEpisodes: Int { trial.count }

    /// Whether something learnt is being tried.
    public var isTrying: Bool { candidate != nil }

    public init(settings: Settings = Settings()) { self.settings = settings }

    /// The policy to decide by.
    public var live: Policy {
        Policy(value: versions.last?.value, exploration: exploration, version: versions.last?.number)
    }

    /// With which probability a move is tried now.
    public var exploration: Double { isFrozen || episodes < settings.warmUp ? 0 : settings.exploration }

    /// What kinds of moves led to, of all episodes.
    public var rates: SuccessRates { sums.rates }

    /// What the candidate would get beside the live policy, of the episodes since it was learnt; nil when there
    /// is none.
    public var gain: Estimate? {
        candidate.map { gain(of: $0) }
    }

    /// Learns from an episode that is over.
    public mutating func take(_ episode: Episode) {
        episodes += 1
        sums.take(episode)
        guard !isFrozen, episode.isExplored else { return }
        trial.append(episode)
        guard trial.count % settings.look == 0 else { return }
        guard let candidate else { return renew() }
        let gain = gain(of: candidate)
        if gain.lower > 0 {
            issued += 1
            versions.append(Version(number: issued, value: candidate, episodes: episodes, gain: gain))
            renew()
        } else if trial.count >= settings.look * settings.mostLooks {
            renew()
        }
    }

    /// What is live stays, and nothing but it is chosen; what comes is still counted.
    public mutating func freeze() {
        isFrozen = true
        candidate = nil
        trial = []
    }

    public mutating func unfreeze() {
        guard isFrozen else { return }
        isFrozen = false
        renew()
    }

    /// Goes back to the version before, and freezes it.
    ///
    /// - Returns: the version that was taken back; nil, and nothing is frozen, when there is none.
    @discardableResult
    public mutating func undo() -> Version? {
        guard let version = versions.popLast() else { return nil }
        freeze()
        return version
    }

    private mutating func renew() {
        candidate = sums.fitted()
        trial = []
    }

    private func gain(of candidate: ValueFunction) -> Estimate {
        OffPolicy(trial, of: Policy(value: candidate))
            .gain(over: Policy(value: versions.last?.value), candidate)
    }
}
