import Glibc
import Testing

@testable import Storage

@Suite struct StateDirectoryTests {
    @Test func `a new state directory is its owner's alone`() throws {
        let parent = try TemporaryDirectory()
        let state = try StateDirectory(path: "\(parent.path)/a/b")
        var information = stat()
        #expect(stat(state.path, &information) == 0)
        #expect(information.st_mode & 0o777 == 0o700)
        #expect(stat(state.heads, &information) == 0)
    }

    @Test func `a second holder is refused and told who the first is`() throws {
        let directory = try TemporaryDirectory()
        let first = try StateDirectory(path: directory.path)
        #expect(throws: StorageError.stateInUse(path: first.path, pid: getpid())) {
            try StateDirectory(path: directory.path)
        }
    }

    @Test func `the directory is free again when its holder is gone`() throws {
        let directory = try TemporaryDirectory()
        for _ in 1...3 {
            let state = try StateDirectory(path: directory.path)
            #expect(state.path == directory.path)
        }
    }

    @Test func `what is gone counts as removed only when its directory could be synced`() throws {
        // The kernel syncs no directory of /proc.
        #expect(throws: StorageError.self) { try Files.remove("none", in: "/proc/self", .erase) }
        #expect(throws: StorageError.self) { try Files.removeTree("/proc/self/none", .erase) }
        let store = CheckpointStore(directory: "/proc/self/fdinfo", logger: quiet)
        let erasure = Erasure(revision: 1, first: EventID(rawValue: 1))
        #expect(throws: StorageError.self) { try store.removeStale(after: [erasure]) }
        let directory = try TemporaryDirectory()
        try Files.remove("none", in: directory.path, .erase)
        try Files.removeTree("\(directory.path)/none", .erase)
    }

    @Test func `a file in the way is an error`() throws {
        let directory = try TemporaryDirectory()
        try Files.replace("state", in: directory.path, with: [1], .append)
        #expect(throws: StorageError.self) { try StateDirectory(path: "\(directory.path)/state") }
    }

    @Test func `a place where nothing can be written is an error`() {
        #expect(throws: StorageError.self) { try StateDirectory(path: "/proc/slmd-state") }
    }
}
