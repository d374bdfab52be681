import Crypto

extension IntentHead {
    static let magic = Array("slmdhead".utf8)
    /// Of the bytes, and of what is learnt: another version may make another head of the same log.
    public static let version: UInt32 = 7
    private static let maximumIntents = 100_000

    /// The bytes of a checkpoint: magic, version, the SHA-256 of what follows, then the state; little-endian.
    public func encoded() -> [UInt8] {
        ByteWriter.bytes { writer in
            writer.append(contentsOf: Self.magic)
            writer.append(Self.version)
            writer.appendHashed { write(to: &$0) }
        }
    }

    private func write(to body: inout ByteWriter) {
        body.append(settings.seed)
        body.append(randomness.state)
        body.append(calibration.shares + [calibration.leastFamiliarity])
        body.append(UInt32(names.count))
        for (name, kept) in zip(names, memory.classes) { Self.write(name, kept, to: &body) }
        body.append(UInt32(voices?.blockWidth ?? 0))
        if let voices { voices.write(to: &body) }
        body.append(UInt32(slots == nil ? 0 : 1))
        slots?.write(to: &body)
    }

    private static func write(_ name: IntentName, _ kept: ReplayMemory.Class, to writer: inout ByteWriter) {
        writer.append(name.description)
        writer.append(UInt64(kept.seen))
        writer.append(UInt32(kept.name == nil ? 0 : 1))
        kept.name?.write(to: &writer)
        writer.append(UInt32(kept.examples.count))
        for features in kept.examples { features.write(to: &writer) }
    }

    /// Reads what `encoded()` wrote.
    public init(decoding bytes: [UInt8]) throws(CheckpointError) {
        var reader = ByteReader(bytes)
        let magic = Array(try reader.take(Self.magic.count))
        guard magic == Self.magic else { throw .notACheckpoint(found: magic) }
        let version = try reader.integer(UInt32.self)
        guard version == Self.version else { throw .unknownVersion(found: version, expected: Self.version) }
        let expected = Self.hexadecimal(try reader.take(32))
        let found = Self.hexadecimal(SHA256.hash(data: bytes[reader.offset...]))
        guard expected == found else { throw .checksum(expected: expected, found: found) }
        try self.init(from: &reader)
        try reader.finish()
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        settings = HeadSettings(seed: try reader.integer(UInt64.self))
        randomness = Randomness(state: try reader.integer(UInt64.self))
        calibration = Calibration(
            shares: try reader.floats("shares of the voices", count: Voices.count),
            leastFamiliarity: try reader.floats("least familiarity", count: 1)[0])
        let count = try reader.count("number of intents", limit: Self.maximumIntents)
        for index in 0..<count {
            let name = try reader.name()
            guard labels.updateValue(index, forKey: name) == nil else { throw .repeatedName(at: index) }
            names.append(name)
            memory.classes.append(try Self.keptClass(from: &reader))
        }
        let width = try reader.count("width of a block", limit: Features.maximumBlockWidth)
        try readVoices(width, count, from: &reader)
        if try reader.count("mark of a tagger", limit: 1) == 1 { slots = try SlotLearner(from: &reader) }
    }

    private mutating func readVoices(
        _ width: Int, _ count: Int, from reader: inout ByteReader
    ) throws(CheckpointError) {
        guard width > 0 else {
            guard count == 0 else {
                throw .outOfRange(field: "width of a block", found: 0, limit: UInt64(count))
            }
            return
        }
        guard width % Kernels.lanes == 0 else {
            throw .outOfRange(
                field: "width of a block", found: UInt64(width), limit: UInt64(Kernels.padded(width)))
        }
        try checkWidths(width)
        voices = try Voices(blockWidth: width, classes: count, from: &reader)
    }

    private func checkWidths(_ width: Int) throws(CheckpointError) {
        for (name, kept) in zip(names, memory.classes) {
            for index in 0..<kept.count where Kernels.padded(kept[index].blockWidth) != width {
                throw .featuresWidth(of: name, found: kept[index].blockWidth, expected: width)
            }
        }
    }

    private static func keptClass(from reader: inout ByteReader) throws(CheckpointError) -> ReplayMemory.Class
    {
        var kept = ReplayMemory.Class()
        kept.seen = try reader.largeCount("number of examples seen")
        if try reader.count("mark of a name's features", limit: 1) == 1 {
            kept.name = try Features(from: &reader)
        }
        for _ in 0..<(try reader.count("number of kept examples", limit: ReplayMemory.capacity)) {
            kept.examples.append(try Features(from: &reader))
        }
        return kept
    }
}
