import Foundation
import Synchronization

/// Does what threads that stand back hand it: talks to the event loop for them, or begins a thread.
///
/// One that is stopped while it holds the loop's lock would hold up everybody's answers; where it may be stopped here,
/// nobody waits for it but others that stand back.
final class Relay: Sendable {
    private struct State {
        var messages: [@Sendable () -> Void] = []
        var isOpen = true
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    init() {
        let thread = Thread { [self] in
            while let messages = next() {
                for message in messages { message() }
            }
        }
        thread.name = "relay"
        thread.start()
    }

    /// Has `message` called by the relay's thread, after those before it.
    func pass(_ message: @escaping @Sendable () -> Void) {
        state.withLock { $0.messages.append(message) }
        bell.signal()
    }

    /// Passes on what waits, then ends the thread.
    func finish() {
        state.withLock { $0.isOpen = false }
        bell.signal()
    }

    /// Sleeps until there are some; nil when it is to end.
    private func next() -> [@Sendable () -> Void]? {
        while true {
            let (messages, isOpen) = state.withLock { state in
                defer { state.messages = [] }
                return (state.messages, state.isOpen)
            }
            if !messages.isEmpty { return messages }
            if !isOpen { return nil }
            bell.wait()
        }
    }
}
