import Dialogue

/// One dialogue between a simulated user and the rules, or a policy.
struct SimulatedDialogue {
    static let mostTurns = 30

    let isSuccess: Bool
    /// Those of the user.
    let turns: Int
    let episodes: [Episode]

    /// In per cent.
    var success: Double { isSuccess ? 100 : 0 }

    /// - Parameter seed: decides the user, what he says, and what is explored.
    init(with user: SimulatedUser, by policy: Policy, seed: UInt64) {
        var user = user
        let book = user.service.book
        let chance = PolicyChance(seed: seed)
        var recorder = EpisodeRecorder()
        var state = DialogueState(session: "simulated", createdAt: 0)
        var episodes: [Episode] = []
        var turn: UserTurn? = user.opening(1)
        while let said = turn, said.number <= Self.mostTurns {
            let before = state
            let development = state.take(said, in: book)
            let decision = policy.decide(
                state, after: development, in: book,
                draw: chance.draw(session: state.session, turn: said.number))
            episodes += recorder.take(before, development, state, decision, in: book)
            state.follow(decision)
            turn = user.reply(said.number + 1, to: decision, in: state)
        }
        turns = state.turns
        isSuccess = state.goal == nil && state.completed.map { user.accepts($0.slots) } ?? false
        self.episodes = episodes + recorder.finish()
    }
}

/// Users of some services.
struct SimulatedUsers {
    let services: [SimulatedService]
    let habits: UserStatistics

    init(of services: [SchemaGuided.Service], in data: SchemaGuided) {
        self.services = SimulatedService.all(services, in: data)
        habits = UserStatistics(data.dialogues, about: services)
    }

    func dialogue(by policy: Policy, seed: UInt64) -> SimulatedDialogue {
        SimulatedDialogue(
            with: SimulatedUser(of: services, habits: habits, seed: seed), by: policy, seed: seed)
    }

    func dialogues(_ count: Int, by policy: Policy, seed: UInt64) -> [SimulatedDialogue] {
        (0..<count).map { dialogue(by: policy, seed: seed &+ UInt64($0)) }
    }
}
