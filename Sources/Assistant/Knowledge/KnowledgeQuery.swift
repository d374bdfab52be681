public import Knowledge

/// What is asked of the knowledge base.
public struct KnowledgeQuery: Sendable, Hashable {
    /// More of one source are refused.
    public static let mostContentBytes = 64 << 20
    /// Of a query; an encoder reads less.
    public static let mostQueryBytes = 4096

    public var text: String
    public var limit: Int
    public var filter: SourceFilter
    /// Whether passages that lie beside each other come as one.
    public var mergesNeighbours: Bool

    public init(
        _ text: String, limit: Int = 5, filter: SourceFilter = SourceFilter(), mergesNeighbours: Bool = true
    ) {
        self.text = text
        self.limit = limit
        self.filter = filter
        self.mergesNeighbours = mergesNeighbours
    }
}

/// What the knowledge base has to say.
public struct KnowledgeFindings: Sendable, Hashable {
    public struct Result: Sendable, Hashable {
        public let found: FoundPassage
        /// Against the others that were found for the same query; the higher the better.
        public let score: Double

        public init(found: FoundPassage, score: Double) {
            self.found = found
            self.score = score
        }
    }

    /// The best first.
    public let results: [Result]
    /// Texts that could be found by their words alone.
    public let pending: Int

    public init(results: [Result], pending: Int) {
        self.results = results
        self.pending = pending
    }
}

/// What the knowledge base holds, or what of it somebody can see.
public struct KnowledgeStatus: Sendable, Hashable {
    public let totals: KnowledgeTotals
    /// Of its file; nil for who cannot see all of it.
    public let bytes: Int?
    /// Why nothing more is added until a restart; nil while all is well.
    public let refusal: String?

    public init(totals: KnowledgeTotals, bytes: Int?, refusal: String? = nil) {
        self.totals = totals
        self.bytes = bytes
        self.refusal = refusal
    }
}

/// What is counted of the sources of one user.
public enum KnowledgeQuota: String, Sendable, Hashable {
    case passages, bytes

    /// What allows so many.
    var setting: String {
        switch self {
        case .passages: "knowledge.passages_per_user"
        case .bytes: "knowledge.mb_per_user"
        }
    }
}

/// How a client names a source.
public enum SourceName: Sendable, Hashable {
    case id(Int64)
    /// The client's own of this name, or else the only one of others.
    case name(String)
}
