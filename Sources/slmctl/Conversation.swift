import Wire

/// What was said in a chat so far, for the model that replies.
struct Conversation {
    private(set) var messages: [GenerateParams.Message] = []
    /// Messages that were left out, the oldest, since what is sent has a limit.
    private(set) var dropped = 0
    private var bytes = 0
    private let limit: Int

    /// - Parameter limit: UTF-8 bytes of all messages but the last.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func say(_ role: GenerateParams.Role, _ text: String) {
        while bytes > limit, let first = messages.first {
            bytes -= first.text.utf8.count
            messages.removeFirst()
            dropped += 1
        }
        messages.append(.init(role: role, text: text))
        bytes += text.utf8.count
    }

    /// As if the last message had not been said.
    mutating func takeBack() {
        guard let last = messages.popLast() else { return }
        bytes -= last.text.utf8.count
    }

    mutating func forget() { self = Conversation(limit: limit) }
}
