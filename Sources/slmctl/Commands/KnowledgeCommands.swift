import ArgumentParser
import Glibc
import SLMClient
import Wire

struct KnowledgeBase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kb",
        abstract: "Keep what replies are made from: add, list, show, search, remove, reindex, export.",
        subcommands: [
            Add.self, List.self, Show.self, Search.self, Remove.self, Reindex.self, Export.self,
        ])
}

/// The names of the sources there are, for the shell's completion.
enum SourceNames {
    static var completion: CompletionKind {
        .custom { _, _, prefix in names().filter { $0.hasPrefix(prefix) } }
    }

    private static func names() -> [String] {
        do {
            var connection = try Connection(socket: Environment.socket(flag: nil), timeout: .seconds(1))
            return try connection.sources().sources.map(\.name)
        } catch {
            return []  // completion without a daemon offers nothing, and must print nothing either
        }
    }
}

extension KnowledgeBase {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the sources you can see.")
        @Flag(help: "Only your own.") var mine = false
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.allSources(isMine: mine) },
                text: { Rendering.sources($0) })
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a source with its passages, or one passage.")
        @Argument(
            help: ArgumentHelp(
                "A source's name or number, as kb list shows them, or a passage such as passage:12.",
                valueName: "source|passage"),
            completion: SourceNames.completion) var what: String
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in
                    if let passage = PassageName(what), try !connection.isSource(what) {
                        return try connection.passage(passage.number)
                    }
                    return try connection.wholeSource(try connection.reference(what))
                },
                text: { Rendering.source($0, on: .output) })
        }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find the passages that tell most about a query, by its words and by its meaning.")
        @Argument(help: "The query.") var query: [String]
        @Option(help: ArgumentHelp("How many passages, at most.", valueName: "n")) var limit =
            SearchParams.usual
        @OptionGroup var passages: PassageFilterOptions
        @OptionGroup var options: Options

        func validate() throws {
            guard 1...SearchParams.most ~= limit else {
                throw ValidationError("--limit: expected 1 to \(SearchParams.most), found \(limit)")
            }
            guard query.contains(where: { !$0.allSatisfy(\.isWhitespace) }) else {
                throw ValidationError("expected a query, found none")
            }
        }

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in
                    try connection.search(
                        SearchParams(
                            query: query.joined(separator: " "), limit: limit,
                            filter: try passages.filter(over: &connection)))
                },
                text: { Rendering.found($0, on: .output) })
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove sources of your own.",
            discussion: "A directory stands for all sources that were made of files in it.")
        @Argument(help: "Their names, files or directories.", completion: SourceNames.completion)
        var source: [String]
        @OptionGroup var options: Options

        func validate() throws {
            if source.contains("") { throw ValidationError("expected a name, found an empty one") }
        }

        func run() throws {
            try options.run { () throws(Failure) in
                var connection = try options.connect()
                var first: Failure?
                for word in source {
                    do throws(Failure) {
                        try remove(word, from: &connection)
                    } catch {
                        guard error.code != nil else { throw error }  // the connection has ended
                        if first != nil { error.report(asJSON: options.json) }
                        first = first ?? error
                    }
                }
                if let first { throw first }
            }
        }

        /// A source, or else what lies in a directory of that name.
        private func remove(_ word: String, from connection: inout Connection) throws(Failure) {
            let answer: RemoveSourceResult
            do throws(ClientError) {
                answer = try connection.removeSource(try connection.reference(word))
            } catch .refused(let reply) where reply.kind == .notFound {
                return try removeAll(below: DocumentTree.absolute(word), from: &connection, otherwise: reply)
            } catch {
                throw Failure(error)
            }
            try print(answer)
        }

        private func removeAll(
            below directory: String, from connection: inout Connection, otherwise refusal: ErrorReply
        ) throws(Failure) {
            let names = try Failure.wrapping { () throws(ClientError) in
                try connection.sources(below: directory)
            }
            guard !names.isEmpty else { throw Failure(refusal) }
            for name in names {
                try print(
                    try Failure.wrapping { () throws(ClientError) in try connection.removeSource(.name(name))
                    })
            }
        }

        private func print(_ answer: RemoveSourceResult) throws(Failure) {
            try options.print(answer) {
                "\(Rendering.shown($0.source)): removed with \(Rendering.count($0.removed, "passage"))"
            }
        }
    }

    struct Reindex: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Encode every passage anew, in the background; search goes on meanwhile.")
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.reindex() },
                text: { "\(Rendering.count($0.pending, "passage")) wait for their vectors" })
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the sources you can see into a file of JSON lines, texts and labels.")
        @Argument(help: "The file; - is standard output.", completion: .file()) var file: String
        @Option(help: "Only this source.", completion: SourceNames.completion) var source: String?
        @Flag(help: "Replace a file that is there.") var force = false
        @OptionGroup var options: Options

        func run() throws {
            try options.download(to: file, replacing: force) { connection, _ throws(ClientError) in
                let reference: SourceReference? =
                    if let source { try connection.reference(source) } else { nil }
                return try connection.exportSources(reference)
            } holding: {
                Rendering.count($0.sources, "source")
            }
        }
    }
}

extension ExportSourcesResult: FileAnswer {}

/// How a passage is named for people: `passage:12`. A number alone is that of a source.
struct PassageName: CustomStringConvertible {
    let number: Int64

    init(_ number: Int64) { self.number = number }

    /// - Returns: nil for what names none.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let number = Int64(text.dropFirst(Self.prefix.count)), number > 0
        else { return nil }
        self.number = number
    }

    private static let prefix = "passage:"

    var description: String { "\(Self.prefix)\(number)" }
}

extension Connection {
    /// What a user means by `word`: a source of that name, or the one that was made of the file there, or a number.
    mutating func reference(_ word: String) throws(ClientError) -> SourceReference {
        if try isSource(word) { return .name(word) }
        if let id = Int64(word) { return .id(id) }
        let path = DocumentTree.absolute(word)
        return .name(try isSource(path) ? path : word)
    }

    fileprivate mutating func isSource(_ name: String) throws(ClientError) -> Bool {
        try !sources(ListSourcesParams(limit: 1, name: name)).sources.isEmpty
    }

    /// The names of the caller's own sources that were made of files in a directory.
    fileprivate mutating func sources(below directory: String) throws(ClientError) -> [String] {
        try allSources(isMine: true).sources.map(\.name).filter { DocumentTree.isBelow(directory, $0) }
    }

    /// A source with all its passages.
    fileprivate mutating func wholeSource(_ source: SourceReference) throws(ClientError) -> ShowSourceResult {
        var page = try self.source(source)
        var passages = page.passages
        while page.hasMore, let last = page.passages.last {
            page = try self.source(.id(page.source.id), after: last.passage)
            passages += page.passages
        }
        return ShowSourceResult(source: page.source, passages: passages, hasMore: false)
    }
}
