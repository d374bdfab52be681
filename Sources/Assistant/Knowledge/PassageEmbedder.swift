internal import Dispatch
internal import Knowledge
internal import Logging
internal import Storage
internal import Synchronization
internal import Tensors
internal import Transformers

/// Gives every text of the knowledge base its vector, on threads that stand back for all others: predictions keep their pace.
///
/// What waits is what the store says: whoever is stopped goes on where he was, and a changed encoder is nothing special.
/// The store and the index are asked on a thread that does not stand back, for others wait for them.
final class PassageEmbedder: Sendable {
    /// Texts of a commit.
    private static let batch = 256
    /// Texts encoded between two looks at whether to stop.
    private static let portion = 32
    /// For the portion that it is at; on a busy machine that may take seconds.
    private static let patience = DispatchTimeInterval.milliseconds(200)
    /// After a failure of the disk.
    private static let pause = DispatchTimeInterval.seconds(10)

    private let store: KnowledgeStore
    private let encoding: TextEncoding
    private let logger: Logger
    private let steady = SteadyThread(name: "keep passages")
    private let keep: @Sendable ([(text: TextID, bytes: [UInt8])]) throws(StorageError) -> Void
    private let bell = DispatchSemaphore(value: 0)
    private let isStopped = Atomic<Bool>(false)
    private let work = DispatchGroup()

    /// - Parameter keep: called with vectors as they are kept, on a thread that stands to others as the caller does.
    init(
        _ store: KnowledgeStore, _ encoding: TextEncoding, logger: Logger,
        keep: @escaping @Sendable ([(text: TextID, bytes: [UInt8])]) throws(StorageError) -> Void
    ) {
        self.store = store
        self.encoding = encoding
        self.logger = logger
        self.keep = keep
    }

    deinit { steady.end() }

    func start() {
        work.enter()
        NamedThread.begin("embed passages", following: .idle) { [self] in
            while !isStopped.load(ordering: .relaxed) { embedNext() }
            work.leave()
        }
    }

    /// Has it look for what waits.
    func ring() { bell.signal() }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        bell.signal()
        _ = work.wait(timeout: .now() + Self.patience)
    }

    private func embedNext() {
        do {
            let digest = encoding.model.digest
            let texts = try steadily { [store] () throws(StorageError) in
                try store.pendingTexts(encoder: digest, limit: Self.batch)
            }
            guard !texts.isEmpty else { return bell.wait() }
            let vectors = try embed(texts)
            guard !vectors.isEmpty else { return }
            try steadily { [keep] () throws(StorageError) in try keep(vectors) }
        } catch {
            guard !isStopped.load(ordering: .relaxed) else { return }
            logger.error("passages have no vectors yet", metadata: ["reason": "\(error)"])
            // A store that refuses does so until a restart.
            if store.refusal != nil { bell.wait() } else { _ = bell.wait(timeout: .now() + Self.pause) }
        }
    }

    /// - Returns: fewer when it is stopped.
    private func embed(_ texts: [PendingText]) throws(AssistantError) -> [(text: TextID, bytes: [UInt8])] {
        var vectors: [(text: TextID, bytes: [UInt8])] = []
        for start in stride(from: 0, to: texts.count, by: Self.portion) {
            if isStopped.load(ordering: .relaxed) { break }
            let portion = texts[start..<min(texts.count, start + Self.portion)]
            let tokens = try portion.map { text throws(AssistantError) in
                try encoding.tokenize(text.text.text, .truncate)
            }
            for (text, encoded) in zip(portion, encoding.encode(tokens, .idle)) {
                vectors.append((text.id, QuantisedVector(encoded.sentence.values).bytes))
            }
        }
        return vectors
    }

    private func steadily<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        let result = Mutex<Result<Value, StorageError>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        steady.run {
            let made = Result { () throws(StorageError) in try body() }
            result.withLock { $0 = made }
            isDone.signal()
        }
        isDone.wait()
        guard let made = result.withLock({ $0 }) else { preconditionFailure("a signal without a result") }
        return try made.get()
    }
}
