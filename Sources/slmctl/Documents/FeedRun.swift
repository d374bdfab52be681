import Glibc
import SLMClient
import Wire

/// One run over files: says what becomes of each, and how it went.
struct FeedRun: ~Copyable {
    private var feed: KnowledgeFeed
    private let options: Options
    private let kind: DocumentFile.Kind?
    private let name: String?
    private let bar = ProgressBar(on: .error)
    private var counts: [String: Int] = [:]
    private var failure: Failure?
    /// What the daemon had no time for.
    private(set) var postponed: Set<String> = []
    /// What was said last of paths with which something is wrong; it is not said again until it is another.
    private(set) var told: [String: String]

    init(
        _ feed: consuming KnowledgeFeed, _ options: Options, kind: DocumentFile.Kind?, name: String?,
        told: [String: String] = [:]
    ) {
        self.told = told
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
    /// - Returns: the files that it found.
    mutating func add(
        _ roots: [String], _ interruption: borrowing Interruption,
        entering enter: (String) throws(Failure) -> Void = { _ throws(Failure) in }
    ) throws(Failure) -> [String] {
        var tree = DocumentTree(roots)
        var files: [String] = []
        var directories: Set<String> = []
        while let entry = tree.next() {
            if interruption.hasCome { throw .interrupted }
            switch entry {
            case .file(let path, _): files.append(path)
            case .directory(let path):
                directories.insert(path)
                try enter(path)
            case .skipped(let path, let reason): try say(path, .skipped(reason))
            case .failure(let path, let failure):
                directories.remove(path)
                try say(path, .failed(failure))
            }
        }
        for directory in directories { told[directory] = nil }
        defer { bar.clear() }
        for (index, file) in files.enumerated() {
            if interruption.hasCome {
                bar.clear()
                options.note("interrupted after \(index) of \(files.count) files; the next run goes on")
                throw .interrupted
            }
            if files.count > 1 { bar.show("adding", index, of: files.count) }
            let outcome = try feed.add(file, as: name ?? file, kind: kind)
            if case .failed = outcome, interruption.hasCome { continue }  // pdftotext ended with it
            try say(file, outcome)
        }
        return files
    }

    /// Brings the sources of a path up to date: adds what is there, removes what is not.
    ///
    /// - Parameters:
    ///   - isNamed: by the user, and not found in a directory.
    ///   - isGone: asked of a path that is not there and was not named; else its sources stay.
    mutating func update(
        _ path: String, isNamed: Bool, _ interruption: borrowing Interruption, isGone: () -> Bool = { true },
        entering enter: (String) throws(Failure) -> Void
    ) throws(Failure) {
        let state: FileState
        do throws(Failure) {
            guard let found = try FileState(path: path, followingLinks: isNamed) else {
                if isNamed { return try removeNamed(path) }
                return isGone() ? try removeSources(at: path) : ()
            }
            state = found
        } catch {
            return try say(path, .failed(error))
        }
        let name = path.split(separator: "/").last ?? ""
        if !isNamed, name.hasPrefix(".") || state.isLink { return }
        let isKnown = isNamed || DocumentFile.Kind(path: path) != nil || feed.knows(path)
        guard state.isDirectory || state.isRegular && isKnown else { return }
        let files = try add([path], interruption, entering: enter)
        if state.isDirectory { try removeGone(below: path, isNamed: isNamed, having: files) }
    }

    /// Brings the sources of a directory up to date in which another file system is now.
    mutating func updateMounted(
        _ path: String, _ interruption: borrowing Interruption,
        entering enter: (String) throws(Failure) -> Void
    ) throws(Failure) {
        do throws(Failure) {
            guard try FileState(path: path, followingLinks: false)?.isDirectory == true else {
                return try update(path, isNamed: false, interruption, entering: enter)
            }
        } catch {
            return try say(path, .failed(error))
        }
        let files = try add([path], interruption, entering: enter)
        try removeGone(below: path, isNamed: true, having: files)
    }

    /// Removes the sources of files that went from a directory, unless it was named and has none any more: it may be a mount
    /// point whose file system is not there.
    ///
    /// - Parameter files: what was found in it.
    mutating func removeGone(below directory: String, isNamed: Bool, having files: [String]) throws(Failure) {
        let gone = feed.gone(below: directory)
        // Looked at after its files: it may have gone since it was listed, and they with it.
        if isNamed, !gone.isEmpty, Self.isAbsent(directory) { return try removeNamed(directory) }
        guard !isNamed || files.contains(where: { DocumentTree.isBelow(directory, $0) }) else {
            return try keep(gone, of: directory, "expected the files of it, found none")
        }
        for path in gone { try removeSources(at: path) }
    }

    /// Whether nothing is where something was named.
    static func isAbsent(_ named: String) -> Bool {
        do throws(Failure) {
            return try FileState(path: named, followingLinks: true) == nil
        } catch {
            return false
        }
    }

    /// Says of a directory that was unmounted what becomes of its sources.
    mutating func keepUnmounted(_ directory: String) throws(Failure) {
        try keep(
            feed.names(below: directory), of: directory,
            "it was unmounted; what is there when it is back is added again")
    }

    mutating func say(_ path: String, failed failure: Failure) throws(Failure) {
        try say(path, .failed(failure))
    }

    /// Of what the user named, and is not there: a file's source is removed, a directory's are kept.
    private mutating func removeNamed(_ path: String) throws(Failure) {
        if feed.knows(path) { return try removeSources(at: path) }
        try keep(feed.names(below: path), of: path, "expected a directory, found nothing")
    }

    private mutating func keep(_ names: [String], of directory: String, _ reason: String) throws(Failure) {
        guard !names.isEmpty else { return }
        let count = Rendering.count(names.count, "source")
        try say(
            directory,
            .failed(
                Failure(
                    .noInput, "emptied",
                    "\(directory): \(reason); kept: \(count) of it (what slmctl kb remove takes away)")))
    }

    private mutating func removeSources(at path: String) throws(Failure) {
        for (name, outcome) in try feed.removeSources(at: path) { try say(name, outcome) }
    }

    /// Until every passage of the user's own has its vector.
    mutating func wait(_ interruption: borrowing Interruption) throws(Failure) {
        var total = 0
        defer { bar.clear() }
        while case let pending = try feed.pending(), pending > 0 {
            total = max(total, pending)
            bar.show("indexing", total - pending, of: total)
            // Counting many takes the daemon a while.
            let pause = CInt(min(2000, 200 + pending / 50))
            if try Input.wait([interruption.descriptor], milliseconds: pause)[0] { throw .interrupted }
        }
    }

    private mutating func say(_ path: String, _ outcome: KnowledgeFeed.Outcome) throws(Failure) {
        let line = FeedLine(path: path, outcome: outcome)
        let isTold = note(outcome, of: path)
        switch outcome {
        case .failed(let failure):
            self.failure = self.failure ?? failure
            if failure.exit == .temporary, failure.code != nil { postponed.insert(path) }
            counts["failed", default: 0] += 1
            if isTold { return }
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

    /// - Returns: whether it was said before that this is wrong with the path.
    private mutating func note(_ outcome: KnowledgeFeed.Outcome, of path: String) -> Bool {
        guard case .failed(let failure) = outcome else {
            // Nor with the directories that it lies in.
            told = told.filter { $0.key != path && !DocumentTree.isBelow($0.key, path) }
            return false
        }
        return told.updateValue(failure.message, forKey: path) == failure.message
    }

    /// Says how many files became what, and throws the first thing that went wrong.
    consuming func end() throws(Failure) {
        if counts.values.reduce(0, +) > 1 {
            let order = ["added", "unchanged", "removed", "passed over", "failed"]
            options.note(
                order.compactMap { word in counts[word].map { "\($0) \(word)" } }.joined(separator: ", "))
        }
        if counts.allSatisfy({ $0.key == "passed over" }) {
            options.note("nothing to add: there is no file whose ending tells how it is written")
        }
        if let failure { throw failure.asKnown }
    }
}
