internal import ModelFiles
internal import Synchronization

/// The files of records that tasks ask. Each is read when it is asked for the first time and after it has changed, and
/// what was asked last is kept.
final class RecordFiles: Sendable {
    /// Bytes of files that are kept; in memory they take some times as much.
    static let usuallyKept = 2 * Records.largestFile

    private struct Kept {
        let version: FileVersion
        let content: Result<Records, Records.Fault>
        var lastAsked: Int
    }

    private struct Table {
        var files: [String: Kept] = [:]
        var asked = 0
        var read = 0
    }

    private let clock: WallClock
    private let mostKept: Int
    private let table = Mutex(Table())

    /// - Parameter mostKept: bytes of files that are kept.
    init(clock: WallClock, mostKept: Int = usuallyKept) {
        self.clock = clock
        self.mostKept = mostKept
    }

    /// How many files were read so far.
    var readCount: Int { table.withLock { $0.read } }

    /// What is in a file now; nil when there is none. A disk may never answer.
    ///
    /// - Parameter looking: is told how the disk gets on.
    /// - Complexity: a look at the file's times; O(bytes) when they are others.
    func records(at path: String, _ looking: Looking? = nil) throws(Records.Fault) -> Records? {
        let content: Result<Records, Records.Fault>
        do throws(FileError) {
            content = try self.content(of: path, looking)
        } catch {
            table.withLock { $0.files[path] = nil }
            guard !error.isAbsence else { return nil }
            throw Records.Fault(path: path, line: nil, reason: error.description)
        }
        return try content.get()
    }

    private func content(
        of path: String, _ looking: Looking?
    ) throws(FileError) -> Result<Records, Records.Fault> {
        let now = clock.microseconds()
        if let content = kept(at: path, as: try FileVersion(path: path)) { return content }
        let file = try ReadFile(path: path, limit: Records.largestFile) { looking?.disk(.goesOn) }
        looking?.disk(.isDone)
        let content = Result { () throws(Records.Fault) in try Records(file.bytes, path: path) }
        keep(content, at: path, as: file.version, isSettled: file.version.isSettled(at: now))
        return content
    }

    private func kept(at path: String, as version: FileVersion) -> Result<Records, Records.Fault>? {
        table.withLock { table in
            guard let kept = table.files[path], kept.version == version else { return nil }
            table.asked += 1
            table.files[path]?.lastAsked = table.asked
            return kept.content
        }
    }

    private func keep(
        _ content: Result<Records, Records.Fault>, at path: String, as version: FileVersion,
        isSettled: Bool
    ) {
        table.withLock { table in
            table.read += 1
            table.files[path] = nil
            // It may be written again within the same tick of the file system's clock.
            guard isSettled else { return }
            table.asked += 1
            table.files[path] = Kept(version: version, content: content, lastAsked: table.asked)
            var bytes = table.files.values.reduce(0) { $0 + $1.version.byteCount }
            while bytes > mostKept,
                let oldest = table.files.min(by: { $0.value.lastAsked < $1.value.lastAsked })
            {
                bytes -= oldest.value.version.byteCount
                table.files[oldest.key] = nil
            }
        }
    }
}
