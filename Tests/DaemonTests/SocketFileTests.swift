import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import slmd

@Suite struct SocketFileTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    private func take(_ path: String) async throws -> SocketFile {
        try await SocketFile(path: path, uid: geteuid(), group: Self.group)
    }

    @Test func `a second daemon on the same socket is refused, and may have it when the first is gone`()
        async throws
    {
        try await Folder.temporary { folder in
            let first = try await take("\(folder)/s")
            await #expect(throws: SocketError.inUse("\(folder)/s")) { _ = try await take("\(folder)/s") }
            try first.release()
            try await take("\(folder)/s").release()
        }
    }

    @Test func `a socket that answers is not taken over, whoever listens there`() async throws {
        try await Folder.temporary { folder in
            let other = try await ServerBootstrap(group: Self.group).bind(unixDomainSocketPath: "\(folder)/s")
                .get()
            await #expect(throws: SocketError.inUse("\(folder)/s")) { _ = try await take("\(folder)/s") }
            try await other.close()
        }
    }

    @Test func `a socket that a dead daemon left is taken over`() async throws {
        try await Folder.temporary { folder in
            let other = try await ServerBootstrap(group: Self.group).bind(unixDomainSocketPath: "\(folder)/t")
                .get()
            try FileManager.default.moveItem(atPath: "\(folder)/t", toPath: "\(folder)/s")
            try await other.close()
            #expect(FileManager.default.fileExists(atPath: "\(folder)/s"))
            try await take("\(folder)/s").release()
        }
    }

    @Test func `a file that is no socket is left alone`() async throws {
        try await Folder.temporary { folder in
            try Data("precious".utf8).write(to: URL(filePath: "\(folder)/s"))
            await #expect(throws: SocketError.notASocket("\(folder)/s")) { _ = try await take("\(folder)/s") }
            #expect(FileManager.default.contents(atPath: "\(folder)/s") == Data("precious".utf8))
        }
    }

    @Test func `a path longer than a socket's address is refused`() async throws {
        let path = "/tmp/" + String(repeating: "x", count: 103)
        await #expect(throws: SocketError.pathTooLong(path, limit: 107)) { _ = try await take(path) }
    }

    @Test func `a missing directory is made for the user only`() async throws {
        try await Folder.temporary { folder in
            let file = try await take("\(folder)/a/b/s")
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/a/b")[.posixPermissions]
            #expect(mode as? Int == 0o700)
            try file.release()
        }
    }

    @Test func `a directory that cannot be made is named`() async throws {
        let error = await #expect(throws: SocketError.self) { _ = try await take("/proc/slmd/s") }
        #expect(error?.description.hasPrefix("socket directory /proc/slmd: ") == true)
    }

    @Test func `the user's directory under tmp must be the user's own`() async throws {
        // No such user: the directory made here is owned by another.
        let uid: UInt32 = 4_000_000_000 + UInt32.random(in: 0..<1_000_000)
        let directory = "/tmp/slmd-\(uid)"
        defer { try? FileManager.default.removeItem(atPath: directory) }  // best effort
        let error = await #expect(throws: SocketError.self) {
            _ = try await SocketFile(path: "\(directory)/slmd.sock", uid: uid, group: Self.group)
        }
        #expect(error?.description.contains("expected owner \(uid) and mode 700") == true)
    }
}
