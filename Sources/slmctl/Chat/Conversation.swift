import Wire

/// What was said in a chat so far, for the model that replies.
struct Conversation {
    private var said: [GenerateParams.Message] = []
    /// Messages that were left out, the oldest, since what is sent has a limit.
    private(set) var dropped = 0
    private var bytes = 0
    private let system: String
    private let limit: Int

    /// - Parameters:
    ///   - system: what stands before all that is said; nothing when it is empty.
    ///   - limit: UTF-8 bytes of all that is said but the last message.
    init(system: String = "", limit: Int) {
        self.system = system
        self.limit = limit
    }

    var messages: [GenerateParams.Message] {
        (system.isEmpty ? [] : [.init(role: .system, text: system)]) + said
    }

    mutating func say(_ role: GenerateParams.Role, _ text: String) {
        while bytes > limit, let first = said.first {
            bytes -= first.text.utf8.count
            said.removeFirst()
            dropped += 1
        }
        said.append(.init(role: role, text: text))
        bytes += text.utf8.count
    }

    /// As if the last message had not been said.
    mutating func takeBack() {
        guard let last = said.popLast() else { return }
        bytes -= last.text.utf8.count
    }

    mutating func forget() { self = Conversation(system: system, limit: limit) }
}
