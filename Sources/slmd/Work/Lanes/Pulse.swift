import Assistant

/// A sign of life of a worker.
struct Pulse: Sendable, Hashable {
    /// Whether it has something to do.
    let isBusy: Bool
    /// Counts up while it gets on.
    let steps: Int
}

extension Pulse {
    init(_ pulse: WriterPulse) {
        self.init(isBusy: pulse.isBusy, steps: pulse.steps)
    }
}

/// Tells a worker that stands still from one that has nothing to do.
struct Heartbeat {
    private var last: [String: Pulse] = [:]

    /// The workers that have been busy since the last call without getting a step on, in the order of their names.
    mutating func stuck(among pulses: [String: Pulse]) -> [String] {
        defer { last = pulses }
        return pulses.keys.filter { name in
            guard let now = pulses[name], let before = last[name] else { return false }
            return now.isBusy && before.isBusy && now.steps == before.steps
        }.sorted()
    }
}
