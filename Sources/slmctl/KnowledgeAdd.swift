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
        @Option(help: "Who can find it; by default you alone.", transform: named) var visibility:
            SourceVisibility?
        @Option(help: "One of your groups, which can find it.") var group: String?
        @Option(help: "A tag to search by; may be given more than once.") var tag: [String] = []
        @Option(help: "The day that it is of, as 2026-01-08.") var date: String?
        @Option(help: "What the source of a single file is called.") var name: String?
        @Option(help: "How the files are written; by default their endings tell.", transform: named)
        var format: SourceFormat?
        @OptionGroup var options: Options

        func validate() throws {
            if name != nil || path.contains("-"), path.count != 1 {
                throw ValidationError("--name and - go with one file, found \(path.count)")
            }
            if path == ["-"], name == nil {
                throw ValidationError("standard input needs a name: --name")
            }
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
                    if watch { return try follow(roots, labels, &run, interruption) }
                    try run.add(roots, interruption)
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

        // MARK: Watching

        /// Quiet for so long, what changed is taken to be whole.
        private static let quiet = Duration.milliseconds(300)
        /// Something is taken to be whole after so long, quiet or not.
        private static let patience = Duration.seconds(5)

        private func follow(
            _ roots: [String], _ labels: KnowledgeFeed.Labels, _ run: inout FeedRun,
            _ interruption: borrowing Interruption
        ) throws(Failure) {
            var files = try FileWatch()
            for root in roots where try FileState(path: root, followingLinks: true)?.isDirectory != true {
                // A file is renamed over, so its directory tells.
                try files.add(DocumentTree.parent(of: root))
            }
            try run.add(roots, interruption) { directory throws(Failure) in try files.add(directory) }
            for root in roots { try run.removeGone(below: root) }
            options.note("Watching; Ctrl-C ends.")
            var changed: Set<String> = []
            while try !Input.wait([interruption.descriptor, files.descriptor])[0] {
                let isKnown = try collect(&changed, &files, interruption)
                if !isKnown { changed.formUnion(roots) }
                // Each time a connection of its own: a daemon that is started again is no end of the watch.
                while !changed.isEmpty {
                    let connection = try connectAgain(interruption)
                    do throws(Failure) {
                        var burst = FeedRun(
                            try KnowledgeFeed(connection, labels: labels), options, kind: kind, name: nil)
                        for path in changed.sorted() where isWatched(path, roots) {
                            try burst.update(path, interruption) { directory throws(Failure) in
                                try files.add(directory)
                            }
                        }
                        if !isKnown { for root in roots { try burst.removeGone(below: root) } }
                        changed = []
                    } catch {
                        guard error.exit == .unavailable else { throw error }
                        try pause(interruption)
                    }
                }
            }
        }

        /// Waits for a daemon that is not there.
        private func connectAgain(_ interruption: borrowing Interruption) throws(Failure) -> Connection {
            while true {
                do throws(Failure) {
                    return try options.connect()
                } catch {
                    guard error.exit == .unavailable else { throw error }
                    try pause(interruption)
                }
            }
        }

        /// Before something is tried again.
        private func pause(_ interruption: borrowing Interruption) throws(Failure) {
            if try Input.wait([interruption.descriptor], milliseconds: 1000)[0] { throw .interrupted }
        }

        private func isWatched(_ path: String, _ roots: [String]) -> Bool {
            roots.contains { path == $0 || path.hasPrefix($0 == "/" ? "/" : $0 + "/") }
        }

        /// Takes in what changes until it is quiet.
        ///
        /// - Returns: whether `changed` has all of it.
        private func collect(
            _ changed: inout Set<String>, _ files: inout FileWatch, _ interruption: borrowing Interruption
        ) throws(Failure) -> Bool {
            let end = ContinuousClock.now + Self.patience
            var hasAll = true
            repeat {
                if let more = try files.changes() { changed.formUnion(more) } else { hasAll = false }
                let ready = try Input.wait(
                    [interruption.descriptor, files.descriptor],
                    milliseconds: CInt(Self.quiet / .milliseconds(1)))
                if ready[0] || !ready[1] { break }
            } while ContinuousClock.now < end
            return hasAll
        }
    }
}

/// One run over files: says what becomes of each, and how it went.
private struct FeedRun: ~Copyable {
    private var feed: KnowledgeFeed
    private let options: Options
    private let kind: DocumentFile.Kind?
    private let name: String?
    private let bar = ProgressBar(on: .error)
    private var counts: [String: Int] = [:]
    private var failure: Failure?

    init(_ feed: consuming KnowledgeFeed, _ options: Options, kind: DocumentFile.Kind?, name: String?) {
        self.feed = feed
        self.options = options
        self.kind = kind
        self.name = name
    }

    mutating func addStandardInput() throws(Failure) {
        let content = try Input.standard.readAll(atMost: DocumentFile.longest)
        let document = try DocumentFile(content: content, kind: kind ?? .written(.text), "standard input")
        try say("-", try feed.add(document, as: name ?? "-", from: "standard input"))
    }

    /// - Parameter enter: called with each directory before what is in it is read.
    mutating func add(
        _ roots: [String], _ interruption: borrowing Interruption,
        entering enter: (String) throws(Failure) -> Void = { _ throws(Failure) in }
    ) throws(Failure) {
        var tree = DocumentTree(roots)
        var files: [(path: String, isNamed: Bool)] = []
        while let entry = tree.next() {
            if interruption.hasCome { throw .interrupted }
            switch entry {
            case .file(let path, let isNamed): files.append((path, isNamed))
            case .directory(let path): try enter(path)
            case .skipped(let path, let reason): try say(path, .skipped(reason))
            case .failure(let path, let failure): try say(path, .failed(failure))
            }
        }
        defer { bar.clear() }
        for (index, file) in files.enumerated() {
            if interruption.hasCome {
                bar.clear()
                options.note("interrupted after \(index) of \(files.count) files; the next run goes on")
                throw .interrupted
            }
            if files.count > 1 { bar.show("adding", index, of: files.count) }
            let outcome = try feed.add(file.path, as: name ?? file.path, kind: kind)
            if case .failed = outcome, interruption.hasCome { continue }  // pdftotext ended with it
            try say(file.path, outcome)
        }
    }

    /// Brings the sources of a path up to date: adds what is there, removes what is not.
    mutating func update(
        _ path: String, _ interruption: borrowing Interruption,
        entering enter: (String) throws(Failure) -> Void
    ) throws(Failure) {
        let state: FileState
        do throws(Failure) {
            guard let found = try FileState(path: path, followingLinks: false) else {
                return try removeSources(at: path)
            }
            state = found
        } catch {
            guard error.exit != .unavailable else { throw error }
            return try say(path, .failed(error))
        }
        let name = path.split(separator: "/").last ?? ""
        if name.hasPrefix(".") || state.isLink { return }
        let isKnown = DocumentFile.Kind(path: path) != nil || feed.knows(path)
        guard state.isDirectory || state.isRegular && isKnown else { return }
        try add([path], interruption, entering: enter)
    }

    mutating func removeGone(below directory: String) throws(Failure) {
        for path in try feed.gone(below: directory) { try removeSources(at: path) }
    }

    private mutating func removeSources(at path: String) throws(Failure) {
        for (name, outcome) in try feed.removeSources(at: path) { try say(name, outcome) }
    }

    /// Until every passage has its vector.
    mutating func wait(_ interruption: borrowing Interruption) throws(Failure) {
        var total = 0
        defer { bar.clear() }
        while case let pending = try feed.pending(), pending > 0 {
            total = max(total, pending)
            bar.show("indexing", total - pending, of: total)
            if try Input.wait([interruption.descriptor], milliseconds: 200)[0] { throw .interrupted }
        }
    }

    private mutating func say(_ path: String, _ outcome: KnowledgeFeed.Outcome) throws(Failure) {
        let line = FeedLine(path: path, outcome: outcome)
        switch outcome {
        case .failed(let failure):
            self.failure = self.failure ?? failure
            counts["failed", default: 0] += 1
            if !options.json {
                bar.clear()
                failure.report(asJSON: false)
            }
        case .skipped: counts["passed over", default: 0] += 1
        case .unchanged: counts["unchanged", default: 0] += 1
        case .added: counts["added", default: 0] += 1
        case .removed: counts["removed", default: 0] += 1
        }
        if options.json { return try Terminal.output.write(options.render(line) { _ in "" }) }
        guard let text = line.text else { return }
        bar.clear()
        try Terminal.output.write(line: text)
    }

    /// Says how many files became what, and throws the first thing that went wrong.
    consuming func end() throws(Failure) {
        if counts.values.reduce(0, +) > 1 {
            let order = ["added", "unchanged", "removed", "passed over", "failed"]
            options.note(
                order.compactMap { word in counts[word].map { "\($0) \(word)" } }.joined(separator: ", "))
        }
        if let failure { throw failure.asKnown }
    }
}
