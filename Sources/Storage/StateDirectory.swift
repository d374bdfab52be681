internal import Glibc
internal import SystemPackage

/// The directory where everything learnt is kept, held by this process alone for as long as the value lives.
///
/// Inside: `slmd.db` (the event log, sessions and turns), `knowledge.db` (the knowledge base), `heads/` (checkpoints), `conversations/` (their
/// archive), `lock` (held with flock; names the holder), and after a restoration `restore.previous/` (the
/// state before it).
public final class StateDirectory: Sendable {
    public let path: String
    /// Whether the state before an earlier restoration was still kept when this one was opened.
    public let hasOldPrevious: Bool
    private let lock: FileDescriptor
    /// The log's copy while a backup is made of it.
    static let copyName = ".backup.db"
    /// The same of the knowledge base.
    static let knowledgeCopyName = ".backup.knowledge.db"

    /// Makes the directory (0700) when it is missing and locks it.
    ///
    /// - Throws: `stateInUse` with the holder's process id when another process has it.
    public init(path: String) throws(StorageError) {
        self.path = path
        try Files.makeDirectory(path)
        lock = try Self.lock("\(path)/lock", directory: path)
        let restoration = Restoration(state: path)
        hasOldPrevious = restoration.hasPrevious
        try restoration.finish()
        try Files.remove([Self.copyName, Self.knowledgeCopyName], in: path, .openLog)
        try Files.makeDirectory("\(path)/heads")
        try Files.makeDirectory("\(path)/conversations")
        do {
            try Files.syncDirectory(path)
        } catch {
            throw Files.failure(path, .makeDirectory, error)
        }
    }

    deinit {
        // The lock goes with the descriptor; the file stays, so that two openers never lock two files.
        try? lock.close()  // nobody is left to tell
    }

    public var log: String { "\(path)/slmd.db" }
    public var knowledge: String { "\(path)/knowledge.db" }
    public var heads: String { "\(path)/heads" }
    public var conversations: String { "\(path)/conversations" }

    private static func lock(_ file: String, directory: String) throws(StorageError) -> FileDescriptor {
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(file), .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
            do {
                guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                    throw errno == EWOULDBLOCK
                        ? StorageError.stateInUse(path: directory, pid: holder(file))
                        : Files.failure(file, .lockDirectory, errno)
                }
                guard ftruncate(descriptor.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
                _ = try descriptor.writeAll("\(getpid())\n".utf8)
                return descriptor
            } catch {
                try? descriptor.close()  // the first failure is the one to report
                throw error
            }
        } catch let error as StorageError {
            throw error
        } catch {
            throw Files.failure(file, .lockDirectory, error)
        }
    }

    private static func holder(_ file: String) -> Int32? {
        guard
            let bytes = try? Files.read(file, limit: 32, .lockDirectory)  // then the message names nobody
        else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }
}
