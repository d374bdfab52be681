internal import Dialogue
internal import Logging
internal import Storage

/// What tasks ask: files of records and databases, which somebody else keeps.
final class TaskData: Sendable {
    private let folder: String
    private let logger: Logger
    /// Of files, by path: what is in them is shared by all who ask.
    private let files: DataLooks<String, Result<Records?, any Error>>
    private let databases = DataLooks<DatabaseQuestion, Result<[String], any Error>>(
        path: \.query.database
    ) { question, looking in
        Result {
            try RecordDatabase(path: question.query.database)
                .rows(
                    question.query.sql, question.arguments, most: Records.mostRows,
                    isGivenUp: looking.isLeft
                )
                .map(Records.line)
        }
    }
    private let checks = DataLooks<DatabaseQuery, Result<Void, any Error>>(path: \.database) { query, _ in
        Result { try RecordDatabase(path: query.database).check(query.sql) }
    }
    /// Files are read here before anybody asks.
    private let queue = SteadyQueue(label: "records")

    /// - Parameter folder: where the relative paths of files start.
    init(folder: String, clock: WallClock, logger: Logger) {
        self.folder = folder
        self.logger = logger
        let records = RecordFiles(clock: clock)
        files = DataLooks(path: \.self) { path, looking in
            Result { try records.records(at: path, looking) }
        }
    }

    /// The answer to a question. A disk may let it wait for `DataPatience.usual`, and as long again where another look comes
    /// before; what is made of a large file takes its time.
    ///
    /// - Parameter isGivenUp: asked now and then; once it is true nobody wants to know.
    func answer(to question: DataQuestion, isGivenUp: () -> Bool) -> FoundData {
        let path: String
        let lines: Result<[String], any Error>?
        switch question {
        case .records(let query, let slots):
            path = self.path(of: query)
            lines = files.begin(path).value(isGivenUp: isGivenUp)?
                .map { $0?.lines(answering: query, slots) ?? [] }
        case .database(let question):
            path = question.query.database
            lines = databases.begin(question).value(isGivenUp: isGivenUp)
        }
        switch lines ?? .failure(DataPatience.NoAnswer(path: path)) {
        case .success(let lines): return .rows(lines)
        case .failure(let fault):
            if !isGivenUp() { logger.error("data of a task not read", metadata: ["reason": "\(fault)"]) }
            return .unreadable
        }
    }

    /// What some queries read, by name, and whether it can be read.
    func status(of queries: Set<DataQuery>) -> [DataStatus] {
        // All at once: each may take its time.
        queries.map(beginStatus).map { $0() }
            .sorted { ($0.name, $0.fault ?? "") < ($1.name, $1.fault ?? "") }
    }

    /// Has the files of some queries read, so that nobody who asks waits for it.
    func prepare(_ queries: Set<DataQuery>) {
        let paths = queries.compactMap { query in
            if case .records(let query) = query { path(of: query) } else { nil }
        }
        queue.async { [files] in
            // What is wrong with one is told to who asks.
            for path in Set(paths).sorted() { _ = files.begin(path).value() }
        }
    }

    /// - Returns: waits for it.
    private func beginStatus(of query: DataQuery) -> () -> DataStatus {
        switch query {
        case .records(let query):
            let path = path(of: query)
            let look = files.begin(path)
            return {
                let found = look.value() ?? .failure(DataPatience.NoAnswer(path: path))
                let isAbsent = if case .success(nil) = found { true } else { false }
                return DataStatus(name: query.file, fault: found.fault, absentFile: isAbsent ? path : nil)
            }
        case .database(let query):
            let look = checks.begin(query)
            return {
                let found = look.value() ?? .failure(DataPatience.NoAnswer(path: query.database))
                return DataStatus(name: query.name, fault: found.fault)
            }
        }
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
