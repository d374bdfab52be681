import Crypto

/// Settings of the head. One set serves every set of intents.
public struct HeadSettings: Sendable, Hashable {
    public var seed: UInt64
    public init(seed: UInt64 = 1) { self.seed = seed }
}

/// How far a `trained` event has got: `done` of `total` examples.
public struct LearningProgress: Sendable, Hashable {
    public let done: Int
    public let total: Int
}

/// An intent and the number of its examples the head has seen.
public struct IntentCount: Sendable, Hashable {
    public let intent: IntentName
    public let examples: Int
}

/// The learner: statistics, replay memory and weights. A pure function of its settings and its events.
public struct IntentHead: Sendable {
    struct Row: Sendable {
        var sum: [Float]
        var count: Int
        var weight: Float
    }

    private var rows: [IntentName: Row] = [:]
    public let settings: HeadSettings

    public init(settings: HeadSettings) { self.settings = settings }

    /// In the order of the names.
    public var intents: [IntentCount] {
        rows.keys.sorted().map { IntentCount(intent: $0, examples: rows[$0]?.count ?? 0) }
    }

    public func contains(_ intent: IntentName) -> Bool { rows[intent] != nil }

    public mutating func apply(_ event: LearningEvent, progress: (LearningProgress) -> Void = { _ in }) {
        switch event {
        case .taught(let example, let name): learn(example, name: name)
        case .trained(let examples, let names, let keepingBase):
            if !keepingBase { rows = [:] }
            for (done, example) in examples.enumerated() {
                learn(example, name: names[example.intent])
                progress(LearningProgress(done: done + 1, total: examples.count))
            }
        case .renamed(let old, let new, _), .merged(let old, let new):
            guard old != new, let row = rows.removeValue(forKey: old) else { return }
            if let other = rows[new] {
                rows[new] = Row(
                    sum: zip(row.sum, other.sum).map { $0 + $1 }, count: row.count + other.count,
                    weight: row.weight + other.weight)
            } else {
                rows[new] = row
            }
        case .removed(let intent): rows[intent] = nil
        }
    }

    private mutating func learn(_ example: Example, name: Features?) {
        let x = example.features.floats()
        if var row = rows[example.intent] {
            for index in x.indices { row.sum[index] += x[index] }
            row.count += 1
            row.weight += 1
            rows[example.intent] = row
        } else if let name {
            rows[example.intent] = Row(sum: zip(x, name.floats()).map { $0 + $1 }, count: 1, weight: 2)
        } else {
            rows[example.intent] = Row(sum: x, count: 1, weight: 1)
        }
    }

    public var classifier: IntentClassifier {
        let names = rows.keys.sorted()
        return IntentClassifier(
            intents: names,
            means: names.compactMap { rows[$0] }.map { row in row.sum.map { $0 / row.weight } })
    }

    /// The bytes of a checkpoint.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(contentsOf: "slmdhead".utf8)
        writer.append(UInt32(1))
        writer.append(settings.seed)
        writer.append(UInt32(rows.count))
        for name in rows.keys.sorted() {
            guard let row = rows[name] else { continue }
            writer.append(name.description)
            writer.append(UInt32(row.count))
            writer.append(row.weight)
            writer.append(UInt32(row.sum.count))
            writer.append(row.sum)
        }
        return writer.bytes
    }

    public init(decoding bytes: [UInt8]) throws(CheckpointError) {
        var reader = ByteReader(bytes)
        let magic = Array(try reader.take(8))
        guard magic == Array("slmdhead".utf8) else { throw .notACheckpoint(found: magic) }
        let version = try reader.integer(UInt32.self)
        guard version == 1 else { throw .unknownVersion(found: version, expected: 1) }
        settings = HeadSettings(seed: try reader.integer(UInt64.self))
        for _ in 0..<(try reader.count("intents", limit: 100_000)) {
            let name = try reader.name()
            let count = Int(try reader.integer(UInt32.self))
            let weight = try reader.float("weight")
            let width = try reader.count("width", limit: 4 * Features.maximumBlockWidth)
            rows[name] = Row(sum: try reader.floats("sum", count: width), count: count, weight: weight)
        }
        try reader.finish()
    }

    /// SHA-256 of `encoded()`, in hexadecimal.
    public var digest: String {
        SHA256.hash(data: encoded()).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
    }
}
