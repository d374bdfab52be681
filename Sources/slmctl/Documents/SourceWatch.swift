import Glibc
import SLMClient
import Wire

/// Keeps sources like the files of the paths that a user named, until Ctrl-C.
///
/// The source of a file that went is removed. A named directory that is not there, was unmounted or is empty when it is looked
/// at as a whole says nothing of its files: their sources are kept. What is mounted again is looked at as a whole.
struct SourceWatch: ~Copyable {
    /// Quiet for so long, what changed is taken to be whole.
    private static let quiet = Duration.milliseconds(300)
    /// Something is taken to be whole after so long, quiet or not.
    private static let patience = Duration.seconds(5)

    private let roots: [String]
    private let options: Options
    private let labels: KnowledgeFeed.Labels
    private let kind: DocumentFile.Kind?
    private var files: FileWatch
    private var mounts: MountWatch
    /// What was said last of paths with which something is wrong.
    private var told: [String: String] = [:]
    private var changed = FileWatch.Changes()

    /// - Parameter roots: absolute.
    init(
        _ roots: [String], _ files: consuming FileWatch, _ options: Options, _ labels: KnowledgeFeed.Labels,
        _ kind: DocumentFile.Kind?
    ) throws(Failure) {
        self.roots = roots
        self.files = files
        mounts = try MountWatch()
        self.options = options
        self.labels = labels
        self.kind = kind
    }

    mutating func run(
        beginningWith first: inout FeedRun, _ interruption: borrowing Interruption
    ) throws(Failure) {
        try watchFolders(of: roots)
        let found = try first.add(roots, interruption) { directory throws(Failure) in try files.add(directory)
        }
        for root in roots { try first.removeGone(below: root, isNamed: true, having: found) }
        told = first.told
        options.note("Watching; Ctrl-C ends.")
        while try !Input.wait([interruption.descriptor, files.descriptor], urgent: mounts.descriptor)[0] {
            try collect(interruption)
            while changed != FileWatch.Changes() { try takeIn(interruption) }
        }
    }

    /// What may come anew is told by the directory it lies in, and that by the one above.
    private mutating func watchFolders(of roots: [String]) throws(Failure) {
        for root in roots {
            var path = root
            while case let folder = DocumentTree.parent(of: path), folder != path {
                // A named file is written to where it lies.
                try files.add(folder, path == root ? .contents : .names)
                path = folder
            }
        }
    }

    /// Waits until it is quiet.
    private mutating func collect(_ interruption: borrowing Interruption) throws(Failure) {
        let end = ContinuousClock.now + Self.patience
        repeat {
            let more = try files.changes()
            for path in more.paths { try take(path) }
            if !more.areAll { for root in roots { try take(root) } }
            for path in more.misnamed where isWatched(path) { changed.misnamed.insert(path) }
            for path in more.unmounted where isWatched(path) { changed.unmounted.insert(path) }
            try takeMounts()
            let ready = try Input.wait(
                [interruption.descriptor, files.descriptor], urgent: mounts.descriptor,
                milliseconds: CInt(Self.quiet / .milliseconds(1)))
            if ready[0] || !ready[1] && !ready[2] { break }
        } while ContinuousClock.now < end
    }

    /// Something else is there from now on.
    private mutating func takeMounts() throws(Failure) {
        let more = try mounts.changes()
        for path in more.mounted.union(more.unmounted) {
            files.forget(path)
            let inside = roots.filter { $0 == path || DocumentTree.isBelow(path, $0) }
            try watchFolders(of: inside)
            if more.mounted.contains(path) {
                changed.unmounted.subtract(inside + [path])
                changed.paths.formUnion(inside)
                if isFound(path) { changed.mounted.insert(path) }
            } else if isFound(path) {
                try files.add(path)
                changed.unmounted.insert(path)
            } else {
                for root in inside {
                    try files.add(root)
                    changed.unmounted.insert(root)
                }
            }
        }
    }

    /// Whether a path lies in what was named, and nothing on the way there is hidden.
    private func isFound(_ path: String) -> Bool {
        roots.contains { root in
            DocumentTree.isBelow(root, path)
                && !path.dropFirst(root.count).split(separator: "/").contains { $0.hasPrefix(".") }
        }
    }

    private mutating func take(_ path: String) throws(Failure) {
        if isWatched(path) { changed.paths.insert(path) }
        // A directory that named paths lie in came or went, and they with it.
        let inside = roots.filter { DocumentTree.isBelow(path, $0) }
        try watchFolders(of: inside)
        changed.paths.formUnion(inside)
    }

    private func isWatched(_ path: String) -> Bool {
        roots.contains { path == $0 || DocumentTree.isBelow($0, path) }
    }

    /// Each time over a connection of its own: a daemon that is started again is no end of the watch.
    private mutating func takeIn(_ interruption: borrowing Interruption) throws(Failure) {
        let connection = try connectAgain(interruption)
        do throws(Failure) {
            var burst = FeedRun(
                try KnowledgeFeed(connection, labels: labels), options, kind: kind, name: nil, told: told)
            defer { told = burst.told }
            for path in changed.misnamed.sorted() {
                try burst.say(path, failed: Misnamed.failure(path))
            }
            let unmounted = changed.unmounted
            for directory in unmounted.sorted()
            where !unmounted.contains(where: { DocumentTree.isBelow($0, directory) }) {
                try burst.keepUnmounted(directory)
            }
            let roots = roots
            for path in changed.paths.sorted()
            where Self.isPresent(path, in: roots)
                && !unmounted.contains(where: { $0 == path || DocumentTree.isBelow($0, path) })
            {
                try burst.update(
                    path, isNamed: roots.contains(path), interruption,
                    // With the directory that was named, if that is gone by now.
                    isGone: { Self.isPresent(path, in: roots) },
                    entering: { directory throws(Failure) in try files.add(directory) })
            }
            for path in changed.mounted.sorted() {
                try burst.updateMounted(path, interruption) { directory throws(Failure) in
                    try files.add(directory)
                }
            }
            changed = FileWatch.Changes(paths: burst.postponed)
        } catch {
            guard error.kind == ErrorKind.unavailable.rawValue else { throw error }
        }
        if changed != FileWatch.Changes() { try pause(interruption) }
    }

    /// Whether a path was named, or lies in what was named and is there.
    private static func isPresent(_ path: String, in roots: [String]) -> Bool {
        roots.contains { path == $0 || DocumentTree.isBelow($0, path) && !FeedRun.isAbsent($0) }
    }

    /// Waits for a daemon that is not there.
    private func connectAgain(_ interruption: borrowing Interruption) throws(Failure) -> Connection {
        while true {
            do throws(Failure) {
                return try options.connect()
            } catch {
                guard error.kind == ErrorKind.unavailable.rawValue else { throw error }
                try pause(interruption)
            }
        }
    }

    /// Before something is tried again.
    private func pause(_ interruption: borrowing Interruption) throws(Failure) {
        if try Input.wait([interruption.descriptor], milliseconds: 1000)[0] { throw .interrupted }
    }
}
