import Generation

/// Which replies are under way, and which come next.
///
/// Who has the fewest places comes next; of those who have as many, who is first in the queue. Where all places or pages are
/// taken, who has more than others waits for gives some back: what stands back then goes on later, before anything else of
/// its client begins. One that finds no room for its prompt lets others pass, but not more than `mostPassing`.
struct ReplyAdmission {
    static let mostPassing = 8

    /// What may begin or go on.
    enum Candidate {
        case new(GenerationJob)
        case standingBack(GenerationID, GenerationJob)

        var job: GenerationJob {
            switch self {
            case .new(let job), .standingBack(_, let job): job
            }
        }

        fileprivate var sender: Sender { job.ticket.sender }
    }

    let generator: Generator
    /// Those that run or stand back.
    private(set) var jobs: [GenerationID: GenerationJob] = [:]
    /// The first that found no room, and how many have passed it since.
    private var held: (ticket: Ticket, passed: Int)?

    init(_ generator: Generator) {
        self.generator = generator
    }

    /// What may begin now; those that owe it a place or pages have stood back.
    ///
    /// - Parameter heads: of each client's queue, in their order.
    mutating func next(of heads: [GenerationJob]) -> Candidate? {
        let candidates = candidates(heads)
        if !candidates.contains(where: { $0.job.ticket === held?.ticket }) { held = nil }
        let first = candidates.filter { $0.job.ticket === held?.ticket }
        for candidate in first + candidates {
            if makeRoom(for: candidate) {
                pass(candidate)
                return candidate
            }
            guard generator.hasPlace else { continue }
            if held == nil { held = (candidate.job.ticket, 0) }
            if let held, held.passed >= Self.mostPassing { return nil }
        }
        return nil
    }

    private func candidates(_ heads: [GenerationJob]) -> [Candidate] {
        let old = generator.waiting.compactMap { id in jobs[id].map { Candidate.standingBack(id, $0) } }
        let all = old + heads.map { .new($0) }
        return all.isEmpty ? [] : places(running).inOrder(all) { $0.sender }
    }

    private mutating func pass(_ candidate: Candidate) {
        guard let held else { return }
        self.held = held.ticket === candidate.job.ticket ? nil : (held.ticket, held.passed + 1)
    }

    private var running: [(id: GenerationID, sender: Sender)] {
        generator.underWay.compactMap { id in jobs[id].map { (id, $0.ticket.sender) } }
    }

    private func places(_ running: [(id: GenerationID, sender: Sender)]) -> ReplyPlaces {
        ReplyPlaces(running.map(\.sender))
    }

    private func makeRoom(for candidate: Candidate) -> Bool {
        var staying = running
        var leaving: [GenerationID] = []
        while !hasRoom(for: candidate, without: leaving) {
            let debtor = places(staying).debtor(of: candidate.sender, among: staying) { $0.sender }
            guard let debtor else { return false }
            staying.removeAll { $0.id == debtor.id }
            leaving.append(debtor.id)
        }
        for id in leaving { generator.standBack(id) }
        return true
    }

    private func hasRoom(for candidate: Candidate, without leaving: [GenerationID]) -> Bool {
        switch candidate {
        case .new(let job): generator.hasRoom(for: job.request, without: leaving)
        case .standingBack(let id, _): generator.hasRoom(for: id, without: leaving)
        }
    }

    // MARK: What comes of them

    mutating func begin(_ job: GenerationJob) { jobs[generator.begin(job.request)] = job }

    /// Gives up what nobody wants more of.
    func cancelUnwanted() {
        for (id, job) in jobs where job.isEnough { generator.cancel(id) }
    }

    mutating func finish(_ id: GenerationID) -> GenerationJob? { jobs.removeValue(forKey: id) }
}
