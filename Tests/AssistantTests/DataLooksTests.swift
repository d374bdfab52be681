import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Assistant

/// Data on a disk that does not answer keep nobody waiting for long.
@Suite struct DataLooksTests {
    /// Files by name, on disks that answer once they are told.
    private final class Disks: Sendable {
        let looked = Mutex<[String: Int]>([:])
        let policies = Mutex<[SchedulingPolicy]>([])
        let slow = DispatchSemaphore(value: 0)
        let isLooked = DispatchSemaphore(value: 0)
        let parser = DispatchSemaphore(value: 0)

        func looks(
            patience: Duration = .seconds(600), respite: Duration = .seconds(600)
        ) -> DataLooks<String, Int> {
            DataLooks(patience: patience, respite: respite, path: Self.path) { [self] name, looking in
                policies.withLock { $0.append(.current) }
                let number = looked.withLock {
                    $0[name, default: 0] += 1
                    return $0[name] ?? 0
                }
                if name.hasPrefix("slow"), !name.hasSuffix("quick") {
                    isLooked.signal()
                    slow.wait()
                }
                if name == "large" {
                    looking.disk(.isDone)
                    isLooked.signal()
                    parser.wait()
                }
                if name == "busy" {
                    isLooked.signal()
                    while !looking.isLeft() { sched_yield() }
                }
                return number
            }
        }

        @Sendable private static func path(of name: String) -> String {
            String(name.prefix { $0 != "?" })
        }

        func count(_ name: String) -> Int { looked.withLock { $0[name] ?? 0 } }
    }

    private let disks = Disks()

    init() {
        // As an assistant does, for who first needs it may stand back.
        _ = SteadyQueue.starter
    }

    @Test func `who asks while a disk hangs is told so, the first after a while, and others see theirs`() {
        let looks = disks.looks(patience: .milliseconds(50))
        let first = looks.begin("slow?a")
        disks.isLooked.wait()
        #expect(first.value() == nil)
        for question in ["slow?a", "slow?b", "slow?c"] { #expect(looks.begin(question).value() == nil) }
        #expect(disks.count("slow?a") == 1 && disks.count("slow?b") == 0)
        while looks.begin("there").value() == nil {}
        // Once what hung has come to its end.
        disks.slow.signal()
        while looks.begin("slow?b").value() == nil { disks.slow.signal() }
    }

    @Test func `one tries again after a while, and when the disk answers him, all look again`() {
        let looks = disks.looks(patience: .seconds(2), respite: .milliseconds(50))
        let first = looks.begin("slow?a")
        disks.isLooked.wait()
        #expect(first.value() == nil)
        // The first never comes back.
        while looks.begin("slow?quick").value() == nil { sched_yield() }
        #expect((0..<20).map { looks.begin("slow?\($0)quick") }.allSatisfy { $0.value() == 1 })
        disks.slow.signal()
    }

    @Test func `of many who ask at once where a disk hangs one looks, and all are told`() {
        let looks = disks.looks(patience: .milliseconds(400), respite: .zero)
        let first = looks.begin("slow?a")
        disks.isLooked.wait()
        #expect(first.value() == nil)
        let again = ["slow?a", "slow?a", "slow?b", "slow?c"].map { looks.begin($0) }
        disks.isLooked.wait()
        for look in again { #expect(look.value() == nil) }
        #expect(disks.count("slow?a") == 2 && disks.count("slow?b") == 0 && disks.count("slow?c") == 0)
        for _ in 0..<9 { disks.slow.signal() }
    }

    @Test func `who asks while another looks shares what the next look finds`() {
        let looks = disks.looks()
        let first = looks.begin("slow")
        disks.isLooked.wait()
        let others = (0..<5).map { _ in looks.begin("slow") }
        // What is asked after them is begun after them.
        #expect(looks.begin("there").value() == 1)
        disks.slow.signal()
        disks.slow.signal()
        #expect(first.value() == 1)
        #expect(others.map { $0.value() } == [2, 2, 2, 2, 2])
        #expect(disks.count("slow") == 2)
    }

    @Test func `what is made of data once the disk has answered is waited for`() {
        let looks = disks.looks(patience: .milliseconds(1))
        let first = looks.begin("large")
        disks.isLooked.wait()
        let second = looks.begin("large")
        let begun = ContinuousClock.now
        #expect(second.value { ContinuousClock.now > begun + .milliseconds(50) } == nil)
        #expect(ContinuousClock.now - begun >= .milliseconds(50))
        disks.parser.signal()
        #expect(first.value() == 1)
    }

    @Test func `what nobody waits for any more is told so, and the next look is another`() {
        let looks = disks.looks()
        let look = looks.begin("busy")
        disks.isLooked.wait()
        #expect(look.value { true } == nil)
        let next = looks.begin("busy")
        #expect(next.value { disks.count("busy") == 2 } == nil)
    }

    @Test func `who stands back for all others has a thread look that does not`() async {
        let looks = disks.looks()
        await withCheckedContinuation { continuation in
            NamedThread.begin("test", following: .idle) {
                _ = looks.begin("there").value()
                continuation.resume()
            }
        }
        #expect(disks.policies.withLock { $0 } == [.normal])
    }
}
