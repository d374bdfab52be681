import Assistant
import Foundation
import Glibc
import Knowledge
import Synchronization
import Wire

/// What the daemon knows of itself, for `status`. Read from any thread.
final class Desk: Sendable {
    let version: String
    let socket: String
    let state: String
    /// Where a language model was looked for in vain.
    let missingModel: String?
    let reloader: Reloader
    let latencies = Latencies()
    let transfers: TransferDesk
    let connections = Atomic<Int>(0)
    private let started = ContinuousClock.now

    init(
        version: String, socket: String, state: String, missingModel: String? = nil, reloader: Reloader,
        transfers: TransferDesk = TransferDesk()
    ) {
        self.version = version
        self.socket = socket
        self.state = state
        self.missingModel = missingModel
        self.reloader = reloader
        self.transfers = transfers
    }

    func status(_ status: AssistantStatus, slm: SLMStatus?, queue: QueueStatus) -> StatusResult {
        StatusResult(
            service: ServiceStatus(
                version: version, isReady: true, pid: getpid(),
                uptimeSeconds: (ContinuousClock.now - started) / .seconds(1),
                memoryBytes: ResidentMemory.bytes, connections: connections.load(ordering: .relaxed),
                socket: socket, state: state),
            model: ModelStatus(
                name: status.model.name, precision: status.model.precision,
                dimension: status.model.dimension, kernels: status.model.kernels, digest: status.model.digest),
            slm: slm, missingSLM: missingModel,
            learned: LearnedStatus(
                intents: status.intents, events: status.events,
                head: HeadStatus(
                    digest: status.head.digest, bytes: status.head.bytes, event: status.head.event),
                refusal: status.learningRefused,
                heldBack: status.heldBack.map { Wire.HeldBackStatus(count: $0.count, fault: $0.fault) }),
            data: status.data.map {
                Wire.DataStatus(name: $0.name, fault: $0.fault, absentFile: $0.absentFile)
            },
            queue: queue, conversations: ConversationsStatus(status.conversations),
            knowledge: status.knowledge.map {
                KnowledgeBaseStatus(
                    sources: $0.totals.sources, passages: $0.totals.passages, pending: $0.totals.pending,
                    bytes: $0.bytes, refusal: $0.refusal)
            },
            latency: latencies.summary)
    }
}

/// How much of this process lies in memory.
enum ResidentMemory {
    /// Resident pages as the kernel counts them, in bytes; 0 where there is no /proc.
    static var bytes: Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)  // no /proc
        // The second field is resident pages, see proc(5).
        guard let pages = text?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
