import Assistant
import Foundation
import Glibc
import Synchronization
import Testing
import Wire

@testable import slmd

/// Files that go over the socket in pieces.
@Suite struct TransferTests {
    /// Three pieces and a bit.
    private static let file = (0..<3 * Scheduler.pieceBytes + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    private static let patience = Duration.milliseconds(20)

    private func with(
        _ clock: TestClock = TestClock(), gate: Gate = Gate(isOpen: true), queue: Int = 1024,
        _ body: (TestDaemon<ScriptedService>) async throws -> Void
    ) async throws {
        var script = ScriptedService.Script(gate: gate)
        script.backup = Self.file
        try await TestDaemon.with(
            .with { $0.queue = queue }, transfers: TransferDesk(patience: Self.patience) { clock.now },
            service: ScriptedService(script), ending: { gate.open() }, body)
    }

    /// Has the learner wait at the gate.
    private func blockLearning(_ daemon: TestDaemon<ScriptedService>, _ client: borrowing RawClient) throws {
        try client.send(TeachParams(intent: "echo", text: "wait"), id: 100)
        daemon.service.begun.wait()
    }

    /// Returns once a file that was begun now has been let go.
    private func outlive(_ daemon: TestDaemon<ScriptedService>, _ clock: TestClock) throws {
        var other = try daemon.client()
        let before = daemon.service.filesHeld
        _ = try other.ask(WriteTransferParams(size: 2, offset: 0, data: [1]))
        clock.pass(Self.patience)
        while daemon.service.filesHeld > before { _ = try other.ask(StatusParams()) }
    }

    @Test func `a backup is read in pieces, from any place and more than once`() async throws {
        try await with { daemon in
            var client = try daemon.client()
            #expect(try client.ask(BackupParams()).bytes == Int64(Self.file.count))
            var bytes: [UInt8] = []
            while case let piece = try client.ask(ReadTransferParams(offset: Int64(bytes.count))).data,
                !piece.isEmpty
            {
                #expect(piece.count <= Scheduler.pieceBytes)
                bytes += piece
            }
            #expect(bytes == Self.file)
            let again = try client.ask(ReadTransferParams(offset: 5)).data
            #expect(again == Array(Self.file[5..<5 + Scheduler.pieceBytes]))
            try client.send(ReadTransferParams(offset: Int64(Self.file.count) + 1), id: 9)
            #expect(try client.nextError().kind == .invalidParams)
        }
    }

    @Test func `a file that was brought in pieces is restored, once`() async throws {
        try await with { daemon in
            var client = try daemon.client()
            let backup = try client.ask(BackupParams())
            let size = backup.bytes
            var offset = 0
            while offset < Self.file.count {
                let piece = Array(Self.file[offset...].prefix(100_000))
                let answer = try client.ask(
                    WriteTransferParams(size: size, offset: Int64(offset), data: piece))
                offset += piece.count
                #expect(answer.received == Int64(offset))
            }
            #expect(try client.ask(RestoreParams()).previous == "/state/before")
            #expect(daemon.service.script.withLock { $0.restored } == [backup.sha256])
            try client.send(RestoreParams(), id: 9)
            #expect(try client.nextError().kind == .notFound)
        }
    }

    @Test func `a piece that does not fit is refused, and what came before stays`() async throws {
        try await with { daemon in
            var client = try daemon.client()
            func refusal(_ params: some Params) throws -> ErrorKind {
                try client.send(params, id: 9)
                return try client.nextError().kind
            }
            #expect(try refusal(WriteTransferParams(size: 4, offset: 1, data: [1])) == .notFound)
            #expect(try refusal(ReadTransferParams(offset: 0)) == .notFound)
            _ = try client.ask(WriteTransferParams(size: 4, offset: 0, data: [1, 2]))
            #expect(try refusal(RestoreParams()) == .invalidParams)
            for wrong in [(4, 1, 1), (4, 3, 1), (5, 2, 1), (4, 2, 3)] as [(Int64, Int64, Int)] {
                let data = [UInt8](repeating: 7, count: wrong.2)
                let params = WriteTransferParams(size: wrong.0, offset: wrong.1, data: data)
                #expect(try refusal(params) == .invalidParams)
            }
            #expect(try refusal(ReadTransferParams(offset: 0)) == .notFound)
            #expect(try client.ask(WriteTransferParams(size: 4, offset: 2, data: [3, 4])).received == 4)
            _ = try client.ask(RestoreParams())
        }
    }

    @Test func `four files are under way at most, and a client that goes makes room`() async throws {
        try await with { daemon in
            var fifth = try daemon.client()
            do {
                var clients = ClientList()
                for number in 0..<TransferDesk.most {
                    var client = try daemon.client()
                    if number == 0 {
                        _ = try client.ask(BackupParams())
                    } else {
                        _ = try client.ask(WriteTransferParams(size: 2, offset: 0, data: [1]))
                    }
                    clients.keep(client)
                }
                try fifth.send(WriteTransferParams(size: 2, offset: 0, data: [1]), id: 9)
                #expect(try fifth.nextError().kind == .busy)
                try fifth.send(BackupParams(), id: 9)
                #expect(try fifth.nextError().kind == .busy)
                // One who has a place begins anew without losing it.
                _ = try clients.first?.client.ask(BackupParams())
                #expect(daemon.service.filesHeld == TransferDesk.most)
            }
            while try fifth.ask(StatusParams()).service.connections > 1 {}
            #expect(daemon.service.filesHeld == 0)
            _ = try fifth.ask(BackupParams())
        }
    }

    @Test func `a file that nobody goes on with is let go, though others would have room`() async throws {
        let clock = TestClock()
        try await with(clock) { daemon in
            var client = try daemon.client()
            var other = try daemon.client()
            _ = try client.ask(WriteTransferParams(size: 2, offset: 0, data: [1]))
            clock.pass(Self.patience)
            while daemon.service.filesHeld > 0 { _ = try other.ask(StatusParams()) }
            try client.send(WriteTransferParams(size: 2, offset: 1, data: [2]), id: 9)
            #expect(try client.nextError().kind == .notFound)
            // The clock is looked at for the next one, too.
            _ = try other.ask(BackupParams())
            clock.pass(Self.patience)
            while daemon.service.filesHeld > 0 { _ = try client.ask(StatusParams()) }
            try other.send(ReadTransferParams(offset: 0), id: 9)
            #expect(try other.nextError().kind == .notFound)
        }
    }

    @Test func `a file whose restoration waits for its turn is not let go`() async throws {
        let (clock, gate) = (TestClock(), Gate(isOpen: false))
        try await with(clock, gate: gate) { daemon in
            var client = try daemon.client()
            let teacher = try daemon.client()
            _ = try client.ask(WriteTransferParams(size: 2, offset: 0, data: [1, 2]))
            try blockLearning(daemon, teacher)
            try client.send(RestoreParams(), id: 7)
            try outlive(daemon, clock)
            // Nor does another request take its place.
            try client.send(BackupParams(), id: 8)
            #expect(try client.nextError().kind == .busy)
            gate.open()
            #expect(try client.nextAnswer(RestoreBackupResult.self).id == .number(7))
            #expect(daemon.service.filesHeld == 0)
        }
    }

    @Test func `a file is given back when its restoration is cancelled or refused`() async throws {
        let (clock, gate) = (TestClock(), Gate(isOpen: false))
        try await with(clock, gate: gate, queue: 1) { daemon in
            var client = try daemon.client()
            let teacher = try daemon.client()
            var second = try daemon.client()
            _ = try client.ask(WriteTransferParams(size: 2, offset: 0, data: [1, 2]))
            try blockLearning(daemon, teacher)
            try client.send(RestoreParams(), id: 7)
            try client.cancel(7)
            _ = try second.ask(WriteTransferParams(size: 1, offset: 0, data: [1]))
            try second.send(RestoreParams(), id: 8)
            #expect(try second.nextError().kind == .busy)
            gate.open()
            #expect(try client.nextError().kind == .cancelled)
            _ = try client.ask(RestoreParams())
            _ = try second.ask(RestoreParams())
            // What is given back lies idle again.
            _ = try client.ask(WriteTransferParams(size: 2, offset: 0, data: [1]))
            try client.send(RestoreParams(), id: 9)
            #expect(try client.nextError().kind == .invalidParams)
            try outlive(daemon, clock)
            while daemon.service.filesHeld > 0 { _ = try second.ask(StatusParams()) }
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root is nobody's ordinary user"))
    func `files are for administrators`() async throws {
        let access = Access(uid: geteuid() &+ 1, users: getegid())
        try await TestDaemon.with(access: access, service: ScriptedService()) { daemon in
            var client = try daemon.client()
            func refusal(_ params: some Params) throws -> ErrorKind {
                try client.send(params, id: 9)
                return try client.nextError().kind
            }
            #expect(try refusal(BackupParams()) == .forbidden)
            #expect(try refusal(ReadTransferParams(offset: 0)) == .forbidden)
            #expect(try refusal(WriteTransferParams(size: 1, offset: 0, data: [1])) == .forbidden)
            #expect(try refusal(RestoreParams()) == .forbidden)
            #expect(daemon.service.filesHeld == 0)
        }
    }
}

/// A clock that stands still but for what a test lets pass.
private final class TestClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func pass(_ duration: Duration) {
        time.withLock { $0 += duration }
    }
}
