import Foundation
import Glibc
import NIOCore
import NIOPosix
import SystemPackage
import Wire

/// The socket's place in the file system, held by one daemon at a time.
///
/// A lock file beside the socket tells whether it is held, so that a socket left by a daemon that died is
/// taken over, and that of a living one never.
final class SocketFile: Sendable {
    let path: String
    private let lock: SystemPackage.FileDescriptor

    /// Locks the place, and removes a socket nobody listens at. A missing directory is made for the user only.
    ///
    /// - Throws: `SocketError`; the place is untouched then.
    init(path: String, uid: UInt32, group: any EventLoopGroup) async throws {
        guard path.utf8.count <= SocketPath.longestPath else {
            throw SocketError.pathTooLong(path, limit: SocketPath.longestPath)
        }
        try SocketFile.prepareDirectory(of: path, uid: uid)
        lock = try SocketFile.takeLock(path)
        self.path = path
        do {
            try await SocketFile.removeStale(path, group: group)
        } catch {
            try? lock.close()  // the error at hand says more
            throw error
        }
    }

    /// Gives the place free. Closing the channel has removed the socket; one that is still there goes too.
    func release() throws {
        defer { try? lock.close() }  // closing cannot fail in a way that leaves the lock held
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    private static func prepareDirectory(of path: String, uid: UInt32) throws(SocketError) {
        let directory = (path as NSString).deletingLastPathComponent
        let files = FileManager.default
        guard !directory.isEmpty else { return }
        if !files.fileExists(atPath: directory) {
            do {
                try files.createDirectory(
                    atPath: directory, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw .directoryNotMade(directory, reason: error.reason)
            }
        }
        guard directory == "/tmp/slmd-\(uid)" else { return }
        try checkPrivate(directory, uid: uid)
    }

    /// Anybody may make a directory under /tmp: one of another user, or open to others, is not trusted.
    private static func checkPrivate(_ directory: String, uid: UInt32) throws(SocketError) {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: directory)
        } catch {
            throw .directoryNotMade(directory, reason: error.reason)
        }
        let owner = attributes[.ownerAccountID] as? UInt ?? UInt.max
        let mode = attributes[.posixPermissions] as? Int ?? 0o777
        let isDirectory = attributes[.type] as? FileAttributeType == .typeDirectory
        guard isDirectory, owner == UInt(uid), mode & 0o077 == 0 else {
            let found = "owner \(owner), mode \(String(mode, radix: 8))"
            throw .directoryNotPrivate(directory, uid: uid, found: isDirectory ? found : "no directory")
        }
    }

    private static func takeLock(_ path: String) throws(SocketError) -> SystemPackage.FileDescriptor {
        let file = path + ".lock"
        let lock: SystemPackage.FileDescriptor
        do {
            lock = try SystemPackage.FileDescriptor.open(
                FilePath(file), .readWrite, options: [.create, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite)
        } catch {
            throw .notBound(path, reason: "\(file): \(error)")
        }
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? lock.close()  // it was never ours
            throw .inUse(path)
        }
        return lock
    }

    /// A daemon without our lock, or another program, may listen here: only a socket that refuses is stale.
    private static func removeStale(_ path: String, group: any EventLoopGroup) async throws {
        // Where nothing is, nothing is stale.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let type = attributes?[.type] as? FileAttributeType else { return }
        guard type == .typeSocket else { throw SocketError.notASocket(path) }
        do {
            let probe = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get()
            try await probe.close()
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            return try FileManager.default.removeItem(atPath: path)
        }
        throw SocketError.inUse(path)
    }
}

/// Why the daemon cannot listen.
enum SocketError: Error, Equatable, CustomStringConvertible {
    case pathTooLong(String, limit: Int)
    case directoryNotMade(String, reason: String)
    case directoryNotPrivate(String, uid: UInt32, found: String)
    case notASocket(String)
    case inUse(String)
    case notBound(String, reason: String)

    var description: String {
        switch self {
        case .pathTooLong(let path, let limit):
            "socket \(path): expected a path of at most \(limit) bytes, found \(path.utf8.count)"
        case .directoryNotMade(let path, let reason): "socket directory \(path): \(reason)"
        case .directoryNotPrivate(let path, let uid, let found):
            "socket directory \(path): expected owner \(uid) and mode 700, found \(found)"
        case .notASocket(let path): "socket \(path): expected a socket or nothing, found another file"
        case .inUse(let path): "socket \(path): another daemon listens there"
        case .notBound(let path, let reason): "socket \(path): \(reason)"
        }
    }
}

extension Error {
    /// What the system says, without Foundation's wrapping.
    var reason: String {
        let error = self as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error).localizedDescription
    }
}
