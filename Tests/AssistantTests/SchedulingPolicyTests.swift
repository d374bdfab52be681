import Foundation
import Glibc
import Synchronization
import Testing

@testable import Assistant

@Suite(.serialized) struct SchedulingPolicyTests {
    /// SCHED_IDLE, see sched(7).
    private static let schedIdle: Int32 = 5

    @Test(arguments: [(SchedulingPolicy.normal, SCHED_OTHER), (.idle, schedIdle)])
    func `a thread adopts its policy`(policy: SchedulingPolicy, number: Int32) {
        let found = Mutex<Int32?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread {
            policy.adopt()
            found.withLock { $0 = sched_getscheduler(0) }
            done.signal()
        }.start()
        done.wait()
        #expect(found.withLock { $0 } == number)
    }

    /// On a busy machine the others would wait for it for minutes.
    @Test(arguments: [SchedulingPolicy.normal, .idle])
    func `a thread that stands back does not take the others' turn to encode`(policy: SchedulingPolicy) throws
    {
        let words = TextEncoding.words()
        let found = Mutex<[SchedulingPolicy]>([])
        let encoding = TextEncoding(
            model: words.model, words: [], tokenize: words.tokenize,
            forward: { _, _, policy in
                found.withLock { $0.append(policy) }
                return []
            })
        let tokens = try encoding.tokenize("a question", Utterance.Overflow.truncate)
        let done = DispatchSemaphore(value: 0)
        NamedThread.begin("test", following: policy) {
            _ = encoding.encode([tokens])
            _ = encoding.encode([tokens], .idle)
            done.signal()
        }
        #expect(done.wait(timeout: .now() + 20) == .success)
        #expect(found.withLock { $0 } == [policy, .idle])
    }

    @Test(.enabled(if: geteuid() == 0, "skipped: only root may always have a thread come forward"))
    func `a thread that stands back is recalled`() {
        let found = Mutex<[Int32]>([])
        let (adopted, recalled, done) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        Thread {
            SchedulingPolicy.idle.adopt()
            found.withLock { $0.append(sched_getscheduler(0)) }
            adopted.signal()
            recalled.wait()
            found.withLock { $0.append(sched_getscheduler(0)) }
            done.signal()
        }.start()
        adopted.wait()
        SchedulingPolicy.recallIdle()
        recalled.signal()
        done.wait()
        #expect(found.withLock { $0 } == [Self.schedIdle, SCHED_OTHER])
    }

    @Test func `predictions and lessons do not depend on it`() throws {
        let directories = [try TemporaryDirectory(), try TemporaryDirectory()]
        let outcomes = try zip(directories, [SchedulingPolicy.normal, .idle]).map { directory, policy in
            let assistant = try open(configuration(directory))
            defer { try? assistant.close() }  // what was learnt is compared before
            let lessons = colours.map { lesson($0.text, $0.intent) }
            let taught = try assistant.teach(lessons, policy).map { try $0.get() }
            let predicted = try assistant.predict([Utterance("a red frog"), Utterance("tea")], policy)
                .map { try $0.get() }
            return (taught, predicted)
        }
        #expect(outcomes[0].0 == outcomes[1].0)
        #expect(outcomes[0].1 == outcomes[1].1)
    }
}
