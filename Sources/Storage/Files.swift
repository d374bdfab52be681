internal import Foundation
internal import Glibc
internal import SystemPackage

/// The few file operations whose order decides what survives a power cut.
enum Files {
    /// Makes `directory` and its parents, each new one 0700.
    static func makeDirectory(_ directory: String) throws(StorageError) {
        var path = directory.hasPrefix("/") ? "/" : ""
        for part in directory.split(separator: "/") {
            path += path.isEmpty || path.hasSuffix("/") ? String(part) : "/\(part)"
            guard unsafe mkdir(path, 0o700) != 0 else { continue }
            let code = errno
            guard code == EEXIST || isDirectory(path) else { throw failure(path, .makeDirectory, code) }
        }
        guard isDirectory(directory) else { throw failure(directory, .makeDirectory, ENOTDIR) }
    }

    /// Writes `bytes` so that `name` holds either what it held or all of them, whenever the power goes:
    /// temporary file, fsync, rename, fsync of the directory.
    static func replace(
        _ name: String, in directory: String, with bytes: [UInt8], _ operation: StorageOperation
    ) throws(StorageError) {
        let path = "\(directory)/\(name)"
        let temporary = "\(directory)/.\(name).tmp"
        do {
            let file = try FileDescriptor.open(
                FilePath(temporary), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite])
            try file.closeAfter {
                _ = try file.writeAll(bytes)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard unsafe Glibc.rename(temporary, path) == 0 else { throw Errno(rawValue: errno) }
            try syncDirectory(directory)
        } catch {
            unsafe unlink(temporary)
            throw failure(path, operation, error)
        }
    }

    /// Adds `bytes` at the end of a file, which is made when it is missing. They are not synced.
    static func append(_ bytes: [UInt8], to path: String, _ operation: StorageOperation) throws(StorageError)
    {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite])
            _ = try file.closeAfter { try file.writeAll(bytes) }
        } catch {
            throw failure(path, operation, error)
        }
    }

    static func truncate(_ path: String, to size: Int, _ operation: StorageOperation) throws(StorageError) {
        guard unsafe Glibc.truncate(path, size) == 0 else { throw failure(path, operation, errno) }
    }

    /// Makes an empty file, its owner's alone, where there is none.
    static func create(_ path: String) throws {
        try FileDescriptor.open(
            FilePath(path), .readOnly, options: [.create, .closeOnExec], permissions: [.ownerReadWrite]
        ).close()
    }

    /// Renames and makes the new name durable.
    static func rename(
        _ name: String, to newName: String, in directory: String, _ operation: StorageOperation
    ) throws(StorageError) {
        do {
            guard unsafe Glibc.rename("\(directory)/\(name)", "\(directory)/\(newName)") == 0 else {
                throw Errno(rawValue: errno)
            }
            try syncDirectory(directory)
        } catch {
            throw failure("\(directory)/\(name)", operation, error)
        }
    }

    /// Removes a file, if it is there, and makes that durable: what was erased must not come back with the
    /// power.
    static func remove(_ name: String, in directory: String, _ operation: StorageOperation)
        throws(StorageError)
    {
        try remove([name], in: directory, operation)
    }

    /// Removes those files that are there, and makes that durable. One that is gone already may be so since
    /// an attempt whose sync failed: the directory is synced in any case.
    static func remove(_ names: [String], in directory: String, _ operation: StorageOperation)
        throws(StorageError)
    {
        for name in names where unsafe unlink("\(directory)/\(name)") != 0 && errno != ENOENT {
            throw failure("\(directory)/\(name)", operation, errno)
        }
        do {
            try syncDirectory(directory)
        } catch {
            throw failure(directory, operation, error)
        }
    }

    /// Removes a folder, if it is there, with all that is in it, and makes that durable, as `remove` does.
    static func removeTree(_ path: String, _ operation: StorageOperation) throws(StorageError) {
        do {
            if exists(path) { try FileManager.default.removeItem(atPath: path) }
            try syncDirectory(FilePath(path).removingLastComponent().string)
        } catch let error as Errno {
            throw failure(path, operation, error)
        } catch {
            throw .failed(path: path, operation, code: 0, message: String(describing: error))
        }
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Moves a file or folder from one folder to another; both know it durably when this returns.
    static func move(
        _ name: String, from source: String, to destination: String, _ operation: StorageOperation
    ) throws(StorageError) {
        do {
            guard unsafe Glibc.rename("\(source)/\(name)", "\(destination)/\(name)") == 0 else {
                throw Errno(rawValue: errno)
            }
            try syncDirectory(destination)
            try syncDirectory(source)
        } catch {
            throw failure("\(source)/\(name)", operation, error)
        }
    }

    /// - Parameter limit: the most bytes read; a longer file is cut there.
    static func read(_ path: String, limit: Int, _ operation: StorageOperation) throws(StorageError)
        -> [UInt8]
    {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                let size = min(limit, Int(try file.seek(offset: 0, from: .end)))
                try file.seek(offset: 0, from: .start)
                return try unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                    while count < size {
                        let rest = unsafe UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                        let read = try unsafe file.read(into: rest)
                        guard read > 0 else { return }
                        count += read
                    }
                }
            }
        } catch {
            throw failure(path, operation, error)
        }
    }

    /// In bytes; 0 for a file that is gone.
    static func size(_ path: String) -> Int {
        var information = stat()
        return unsafe stat(path, &information) == 0 ? Int(information.st_size) : 0
    }

    static func list(_ directory: String, _ operation: StorageOperation) throws(StorageError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw .failed(path: directory, operation, code: 0, message: String(describing: error))
        }
    }

    static func syncDirectory(_ directory: String) throws {
        let descriptor = try FileDescriptor.open(
            FilePath(directory), .readOnly, options: [.directory, .closeOnExec])
        try descriptor.closeAfter {
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    static func failure(_ path: String, _ operation: StorageOperation, _ error: any Error) -> StorageError {
        guard let code = error as? Errno else {
            return .failed(path: path, operation, code: 0, message: String(describing: error))
        }
        return failure(path, operation, code.rawValue)
    }

    static func failure(_ path: String, _ operation: StorageOperation, _ code: Int32) -> StorageError {
        switch code {
        case ENOSPC, EDQUOT: .diskFull(path: path, operation)
        case EROFS, EACCES, EPERM: .readOnly(path: path, operation)
        default: .failed(path: path, operation, code: code, message: Errno(rawValue: code).description)
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return unsafe stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}
