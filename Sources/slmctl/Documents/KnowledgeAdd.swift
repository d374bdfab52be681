import ArgumentParser
import Glibc
import SLMClient
import Wire

extension KnowledgeBase {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add files, or what lies in directories, as sources.",
            discussion: """
                Text (.txt .text .log .rst .org .adoc), Markdown, HTML, CSV, JSON lines and, where pdftotext is \
                installed, PDF. In directories hidden files, links and other endings are passed over. slmctl opens \
                the files, with your rights; each file is a source, named by where it lies.

                A file whose content is known is not sent again, and of a changed one only the passages that changed \
                are new. What a run that was interrupted has added stays; the next one goes on.
                """)

        @Argument(
            help: ArgumentHelp("Files and directories; - is standard input.", valueName: "file"),
            completion: .file()) var path: [String]
        @Flag(help: "Go on, and keep the sources like their files, until Ctrl-C.") var watch = false
        @Flag(help: "Return when every passage has its vector.") var wait = false
        @Option(
            help: ArgumentHelp("Who can find it; by default you alone.", valueName: "everyone|group|user"),
            transform: named) var visibility: SourceVisibility?
        @Option(help: "One of your groups, which can find it.") var group: String?
        @Option(help: "A tag to search by; may be given more than once.") var tag: [String] = []
        @Option(help: "The day that it is of, as 2026-01-08.", transform: Day.text) var date: String?
        @Option(help: "What the source of a single file is called.") var name: String?
        @Option(
            help: ArgumentHelp(
                "How the files are written; by default their endings tell.",
                valueName: "text|markdown|html|csv|jsonl"), transform: named)
        var format: SourceFormat?
        @OptionGroup var options: Options

        func validate() throws {
            if name != nil || path.contains("-"), path.count != 1 {
                throw ValidationError("--name and - go with one file, found \(path.count)")
            }
            if path == ["-"], name == nil {
                throw ValidationError("standard input needs a name: --name")
            }
            if path.contains("") { throw ValidationError("expected a path, found an empty one") }
            if name == "" { throw ValidationError("--name: expected a name, found an empty one") }
            if watch, name != nil { throw ValidationError("--watch and --name do not go together") }
            if let visibility, (visibility == .group) != (group != nil) {
                throw ValidationError("--group and --visibility group go together")
            }
        }

        func run() throws {
            try options.run { () throws(Failure) in
                let labels = try labels()
                let interruption = try Interruption()
                var run = FeedRun(
                    try KnowledgeFeed(try options.connect(), labels: labels), options, kind: kind, name: name)
                if path == ["-"] {
                    try run.addStandardInput()
                } else {
                    let roots = name == nil ? path.map(DocumentTree.absolute) : path
                    if watch {
                        var watch = try SourceWatch(roots, try FileWatch(), options, labels, kind)
                        return try watch.run(beginningWith: &run, interruption)
                    }
                    _ = try run.add(roots, interruption)
                }
                if wait { try run.wait(interruption) }
                try run.end()
            }
        }

        /// The case of an enumeration by its name.
        private static func named<Value: RawRepresentable<String> & CaseIterable>(_ name: String) throws
            -> Value
        {
            guard let value = Value(rawValue: name) else {
                let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("expected one of \(names), found \(name)")
            }
            return value
        }

        private var kind: DocumentFile.Kind? { format.map { .written($0) } }

        private func labels() throws(Failure) -> KnowledgeFeed.Labels {
            KnowledgeFeed.Labels(
                visibility: visibility ?? (group == nil ? .user : .group),
                group: try group.map { name throws(Failure) in try Self.number(ofGroup: name) }, tags: tag,
                date: date)
        }

        private static func number(ofGroup name: String) throws(Failure) -> UInt32 {
            if let number = UInt32(name) { return number }
            guard let group = unsafe getgrnam(name) else {
                throw Failure(.data, "no_group", "--group: there is no group \(name)")
            }
            return unsafe group.pointee.gr_gid
        }
    }
}
