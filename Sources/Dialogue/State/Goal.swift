/// A task that a session is about, and what is known for it.
public struct Goal: Codable, Sendable, Hashable {
    /// Its name.
    public let task: String
    /// The turn that began it, from 1.
    public let begunAt: Int
    public internal(set) var slots: [String: FilledSlot] = [:]
    public internal(set) var isConfirmed = false
    /// How many answers in a row fitted no slot.
    public internal(set) var misses = 0

    init(task: String, begunAt: Int) {
        self.task = task
        self.begunAt = begunAt
    }
}

/// A slot's value.
public struct FilledSlot: Codable, Sendable, Hashable {
    /// In its normal form.
    public let value: String
    /// As it was said.
    public let text: String
    /// The turn it was said in, from 1.
    public let turn: Int
    public internal(set) var isConfirmed = false

    public init(value: String, text: String, turn: Int) {
        self.value = value
        self.text = text
        self.turn = turn
    }
}
