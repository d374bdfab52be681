/// Who has how many of the places in the passes of a model.
struct ReplyPlaces {
    private var users: [UInt32: Int] = [:]
    private var connections: [ObjectIdentifier: Int] = [:]

    init(_ senders: some Sequence<Sender>) {
        for sender in senders {
            users[sender.uid, default: 0] += 1
            connections[sender.connection, default: 0] += 1
        }
    }

    /// Those whose user has the fewest come first, and of each user those whose connection has; else they keep their order.
    func inOrder<Job>(_ jobs: [Job], of sender: (Job) -> Sender) -> [Job] {
        jobs.enumerated().map { place, job in (rank: rank(sender(job), place), job: job) }
            .sorted { $0.rank < $1.rank }.map(\.job)
    }

    private func rank(_ sender: Sender, _ place: Int) -> (Int, Int, Int) {
        (users[sender.uid, default: 0], connections[sender.connection, default: 0], place)
    }

    /// Whether one should give a place to another: it has more then, or as many.
    func owes(_ holder: Sender, to other: Sender) -> Bool {
        holder.uid == other.uid
            ? connections[holder.connection, default: 0] > connections[other.connection, default: 0] + 1
            : users[holder.uid, default: 0] > users[other.uid, default: 0] + 1
    }

    /// Of those that owe a place, the one whose user, and of this whose connection, has the most; of equal ones the last.
    func debtor<Job>(of other: Sender, among jobs: [Job], of sender: (Job) -> Sender) -> Job? {
        inOrder(jobs.filter { owes(sender($0), to: other) }, of: sender).last
    }
}
