internal import Dialogue
internal import Dispatch
internal import Logging
internal import Storage

/// What tasks ask: files of records and databases, which somebody else keeps.
final class TaskData: Sendable {
    private let folder: String
    private let files: RecordFiles
    private let logger: Logger
    private let looks = DataLooks()
    /// Files are read here before anybody asks.
    private let queue = DispatchQueue(label: "records", qos: .utility)

    /// - Parameter folder: where the relative paths of files start.
    init(folder: String, clock: WallClock, logger: Logger) {
        self.folder = folder
        self.logger = logger
        files = RecordFiles(clock: clock)
    }

    /// The answer to a question. Whoever keeps the data may let it wait, for `DataLooks.patience` at most.
    ///
    /// - Parameter isGivenUp: asked now and then; once it is true nobody wants to know.
    func answer(to question: DataQuestion, isGivenUp: () -> Bool) -> FoundData {
        let path: String
        let look: DataLook<Result<[String], any Error>>?
        switch question {
        case .records(let query, let slots):
            path = self.path(of: query)
            look = looks.begin(at: path) { [files, path] _ in
                Result { try files.records(at: path)?.lines(answering: query, slots) ?? [] }
            }
        case .database(let query, let arguments):
            path = query.database
            look = looks.begin(at: path) { isLeft in
                Result {
                    try RecordDatabase(path: query.database)
                        .rows(query.sql, arguments, most: Records.mostRows, isGivenUp: isLeft)
                        .map(Records.line)
                }
            }
        }
        switch look?.value(isGivenUp: isGivenUp) ?? .failure(DataLooks.NoAnswer(path: path)) {
        case .success(let lines): return .rows(lines)
        case .failure(let fault):
            if !isGivenUp() { logger.error("data of a task not read", metadata: ["reason": "\(fault)"]) }
            return .unreadable
        }
    }

    /// What some queries read, by name, and whether it can be read.
    func status(of queries: Set<DataQuery>) -> [DataStatus] {
        // All at once: each may take its time.
        let statuses = queries.map { ($0, beginStatus(of: $0)) }
        return statuses.map { $1?.value() ?? unanswered($0) }
            .sorted { ($0.name, $0.fault ?? "") < ($1.name, $1.fault ?? "") }
    }

    /// Has the files of some queries read, so that nobody who asks waits for it.
    func prepare(_ queries: Set<DataQuery>) {
        let paths = queries.compactMap { query in
            if case .records(let query) = query { path(of: query) } else { nil }
        }
        queue.async { [looks, files] in
            // What is wrong with one is told to who asks.
            for path in Set(paths).sorted() {
                _ = looks.begin(at: path) { _ in try? files.records(at: path) }?.value()
            }
        }
    }

    private func beginStatus(of query: DataQuery) -> DataLook<DataStatus>? {
        switch query {
        case .records(let query):
            let path = path(of: query)
            return looks.begin(at: path) { [files] _ in
                let isAbsent = Result { try files.records(at: path) == nil }
                return DataStatus(
                    name: query.file, fault: isAbsent.fault,
                    absentFile: (try? isAbsent.get()) == true ? path : nil)
            }
        case .database(let query):
            return looks.begin(at: query.database) { _ in
                let check = Result { try RecordDatabase(path: query.database).check(query.sql) }
                return DataStatus(name: query.name, fault: check.fault)
            }
        }
    }

    private func unanswered(_ query: DataQuery) -> DataStatus {
        let (name, path) =
            switch query {
            case .records(let query): (query.file, path(of: query))
            case .database(let query): (query.name, query.database)
            }
        return DataStatus(name: name, fault: "\(DataLooks.NoAnswer(path: path))")
    }

    private func path(of query: RecordQuery) -> String {
        query.file.hasPrefix("/") ? query.file : "\(folder)/\(query.file)"
    }
}

extension Result {
    /// What went wrong.
    fileprivate var fault: String? {
        if case .failure(let error) = self { "\(error)" } else { nil }
    }
}
