public import JSON

/// The answer to `status`. On the wire the fields of `service` and `learned` lie beside the others.
public struct StatusResult: JSONWritable, Decodable, Hashable, Sendable {
    public let service: ServiceStatus
    public let model: ModelStatus
    /// The model that words replies; `nil` when replies are off.
    public let slm: SLMStatus?
    /// Where a model was looked for in vain, when that is why replies are off; `nil` when the settings say so.
    public let missingSLM: String?
    public let learned: LearnedStatus
    /// What the tasks read; `nil` from a daemon that does not tell.
    public let data: [DataStatus]?
    public let queue: QueueStatus
    public let conversations: ConversationsStatus
    /// `nil` from a daemon that does not tell, and where it cannot be read.
    public let knowledge: KnowledgeBaseStatus?
    /// By method name.
    public let latency: [String: LatencyStatus]

    public init(
        service: ServiceStatus, model: ModelStatus, slm: SLMStatus?, missingSLM: String? = nil,
        learned: LearnedStatus, data: [DataStatus]? = nil, queue: QueueStatus,
        conversations: ConversationsStatus, knowledge: KnowledgeBaseStatus? = nil,
        latency: [String: LatencyStatus]
    ) {
        self.service = service
        self.model = model
        self.slm = slm
        self.missingSLM = missingSLM
        self.learned = learned
        self.data = data
        self.queue = queue
        self.conversations = conversations
        self.knowledge = knowledge
        self.latency = latency
    }

    private enum Keys: String, CodingKey {
        case model, slm, data, queue, conversations, knowledge, latency
        case missingSLM = "slm_missing"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        service = try ServiceStatus(from: decoder)
        model = try object.decode(ModelStatus.self, forKey: .model)
        slm = try object.decodeIfPresent(SLMStatus.self, forKey: .slm)
        missingSLM = try object.decodeIfPresent(String.self, forKey: .missingSLM)
        learned = try LearnedStatus(from: decoder)
        data = try object.decodeIfPresent([DataStatus].self, forKey: .data)
        queue = try object.decode(QueueStatus.self, forKey: .queue)
        conversations = try object.decode(ConversationsStatus.self, forKey: .conversations)
        knowledge = try object.decodeIfPresent(KnowledgeBaseStatus.self, forKey: .knowledge)
        latency = try object.decode([String: LatencyStatus].self, forKey: .latency)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("version", service.version)
            json.field("ready", service.isReady)
            json.field("pid", service.pid)
            json.field("uptime_seconds", service.uptimeSeconds)
            json.field("model", model)
            json.field(orNull: "slm", slm)
            json.field(ifPresent: "slm_missing", missingSLM)
            json.field("intents", learned.intents)
            json.field("events", learned.events)
            json.field("head", learned.head)
            json.field(orNull: "learning_refused", learned.refusal)
            json.field(orNull: "held_back", learned.heldBack)
            if let data {
                json.key("data")
                json.array(data) { $0.value($1) }
            }
            json.field("memory_bytes", service.memoryBytes)
            json.field("queue", queue)
            json.field("conversations", conversations)
            json.field(orNull: "knowledge", knowledge)
            json.key("latency")
            json.object { json in
                for (method, figures) in latency.sorted(by: { $0.key < $1.key }) {
                    json.field(method, figures)
                }
            }
            json.field("connections", service.connections)
            json.field("socket", service.socket)
            json.field("state", service.state)
        }
    }
}

/// The running daemon.
public struct ServiceStatus: Decodable, Hashable, Sendable {
    public let version: String
    /// Whether it answers predictions now.
    public let isReady: Bool
    public let pid: Int32
    public let uptimeSeconds: Double
    /// Resident memory.
    public let memoryBytes: Int
    public let connections: Int
    public let socket: String
    /// The directory of its state.
    public let state: String

    public init(
        version: String, isReady: Bool, pid: Int32, uptimeSeconds: Double, memoryBytes: Int, connections: Int,
        socket: String, state: String
    ) {
        self.version = version
        self.isReady = isReady
        self.pid = pid
        self.uptimeSeconds = uptimeSeconds
        self.memoryBytes = memoryBytes
        self.connections = connections
        self.socket = socket
        self.state = state
    }

    private enum CodingKeys: String, CodingKey {
        case version, pid, connections, socket, state
        case isReady = "ready"
        case uptimeSeconds = "uptime_seconds"
        case memoryBytes = "memory_bytes"
    }
}

/// The sentence encoder in use.
public struct ModelStatus: JSONWritable, Decodable, Hashable, Sendable {
    public let name: String
    public let precision: String
    /// Components of a sentence vector.
    public let dimension: Int
    /// The instruction set of its kernels; `nil` from a daemon that does not tell.
    public let kernels: String?
    /// SHA-256 over weights, configuration and precision, in hexadecimal.
    public let digest: String

    public init(name: String, precision: String, dimension: Int, kernels: String?, digest: String) {
        self.name = name
        self.precision = precision
        self.dimension = dimension
        self.kernels = kernels
        self.digest = digest
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("precision", precision)
            json.field("dimension", dimension)
            json.field(ifPresent: "kernels", kernels)
            json.field("digest", digest)
        }
    }
}

/// What has been learnt.
public struct LearnedStatus: Decodable, Hashable, Sendable {
    /// How many intents are known.
    public let intents: Int
    /// How many events the log holds.
    public let events: Int
    public let head: HeadStatus
    /// Why nothing more is learnt until a restart; `nil` while all is well.
    public let refusal: String?
    /// `nil` when the settings name no held-back examples.
    public let heldBack: HeldBackStatus?

    public init(
        intents: Int, events: Int, head: HeadStatus, refusal: String? = nil, heldBack: HeldBackStatus? = nil
    ) {
        self.intents = intents
        self.events = events
        self.head = head
        self.refusal = refusal
        self.heldBack = heldBack
    }

    private enum CodingKeys: String, CodingKey {
        case intents, events, head
        case refusal = "learning_refused"
        case heldBack = "held_back"
    }
}

/// The examples that are never taught, to measure the head by.
public struct HeldBackStatus: JSONWritable, Decodable, Hashable, Sendable {
    public let count: Int
    /// Why none is used; `nil` while all is well.
    public let fault: String?

    public init(count: Int, fault: String? = nil) {
        self.count = count
        self.fault = fault
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("count", count)
            json.field(orNull: "fault", fault)
        }
    }
}

/// A file of records or a query that a task reads.
public struct DataStatus: JSONWritable, Decodable, Hashable, Sendable {
    /// The file as the task gives it, or the query's name.
    public let name: String
    /// Why it cannot be read now; `nil` while it can.
    public let fault: String?
    /// Where a file of records belongs that is not there, which is as good as an empty one.
    public let absentFile: String?

    private enum CodingKeys: String, CodingKey {
        case name, fault
        case absentFile = "absent_file"
    }

    public init(name: String, fault: String?, absentFile: String? = nil) {
        self.name = name
        self.fault = fault
        self.absentFile = absentFile
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field(orNull: "fault", fault)
            if let absentFile { json.field("absent_file", absentFile) }
        }
    }
}

public struct HeadStatus: JSONWritable, Decodable, Hashable, Sendable {
    /// SHA-256 of the head, in hexadecimal.
    public let digest: String
    /// Size of the weights predictions use.
    public let bytes: Int
    /// The last event the head has learnt.
    public let event: Int64

    public init(digest: String, bytes: Int, event: Int64) {
        self.digest = digest
        self.bytes = bytes
        self.event = event
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("digest", digest)
            json.field("bytes", bytes)
            json.field("event", event)
        }
    }
}

/// The knowledge base, as the caller sees it.
public struct KnowledgeBaseStatus: JSONWritable, Decodable, Hashable, Sendable {
    /// That the caller can see; all, for an administrator.
    public let sources: Int
    public let passages: Int
    /// Passages that search finds by their words alone until they have their vectors.
    public let pending: Int
    /// Of its file; nil for who is no administrator.
    public let bytes: Int?
    /// Why nothing more is added until a restart; `nil` while all is well.
    public let refusal: String?

    public init(sources: Int, passages: Int, pending: Int, bytes: Int?, refusal: String? = nil) {
        self.sources = sources
        self.passages = passages
        self.pending = pending
        self.bytes = bytes
        self.refusal = refusal
    }

    private enum CodingKeys: String, CodingKey {
        case sources, passages, pending, bytes
        case refusal = "refused"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("sources", sources)
            json.field("passages", passages)
            json.field("pending", pending)
            json.field(orNull: "bytes", bytes)
            json.field(orNull: "refused", refusal)
        }
    }
}

public struct QueueStatus: JSONWritable, Decodable, Hashable, Sendable {
    public let waiting: Int
    public let limit: Int

    public init(waiting: Int, limit: Int) {
        self.waiting = waiting
        self.limit = limit
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("waiting", waiting)
            json.field("limit", limit)
        }
    }
}

/// How long a method takes, from its frame read to its answer written.
public struct LatencyStatus: JSONWritable, Decodable, Hashable, Sendable {
    public let count: Int
    public let p50Milliseconds: Double
    public let p99Milliseconds: Double
    public let maxMilliseconds: Double

    public init(count: Int, p50Milliseconds: Double, p99Milliseconds: Double, maxMilliseconds: Double) {
        self.count = count
        self.p50Milliseconds = p50Milliseconds
        self.p99Milliseconds = p99Milliseconds
        self.maxMilliseconds = maxMilliseconds
    }

    private enum CodingKeys: String, CodingKey {
        case count
        case p50Milliseconds = "p50_ms"
        case p99Milliseconds = "p99_ms"
        case maxMilliseconds = "max_ms"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("count", count)
            json.field("p50_ms", p50Milliseconds)
            json.field("p99_ms", p99Milliseconds)
            json.field("max_ms", maxMilliseconds)
        }
    }
}
