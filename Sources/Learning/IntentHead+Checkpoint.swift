import Crypto

extension IntentHead {
    static let magic = Array("slmdhead".utf8)
    static let version: UInt32 = 2
    private static let maximumIntents = 100_000

    /// The bytes of a checkpoint: magic, version, the SHA-256 of what follows, then the state; little-endian.
    public func encoded() -> [UInt8] {
        var body = ByteWriter()
        body.append(settings.seed)
        body.append(randomness.state)
        body.append([calibration.sharpness, calibration.leastFamiliarity])
        body.append(UInt32(names.count))
        for (name, kept) in zip(names, memory.classes) { Self.write(name, kept, to: &body) }
        body.append(UInt32(voices?.width ?? 0))
        if let voices { Self.write(voices, to: &body) }
        var writer = ByteWriter()
        writer.append(contentsOf: Self.magic)
        writer.append(Self.version)
        writer.append(contentsOf: SHA256.hash(data: body.bytes))
        writer.append(contentsOf: body.bytes)
        return writer.bytes
    }

    private static func write(_ name: IntentName, _ kept: ReplayMemory.Class, to writer: inout ByteWriter) {
        writer.append(name.description)
        writer.append(UInt64(kept.seen))
        writer.append(UInt32(kept.name == nil ? 0 : 1))
        kept.name?.write(to: &writer)
        writer.append(UInt32(kept.examples.count))
        for features in kept.examples { features.write(to: &writer) }
    }

    private static func write(_ voices: Voices, to writer: inout ByteWriter) {
        for (count, sum) in zip(voices.discriminant.counts, voices.discriminant.sums) {
            writer.append(UInt64(count))
            writer.append(sum)
        }
        writer.append(voices.discriminant.weights.values)
        writer.append(voices.discriminant.inverse.values)
        writer.append(voices.cosine.vectors.values)
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
        let fitted = try reader.floats("calibration", count: 2)
        calibration = Calibration(sharpness: fitted[0], leastFamiliarity: fitted[1])
        let count = try reader.count("number of intents", limit: Self.maximumIntents)
        for index in 0..<count {
            let name = try reader.name()
            guard labels.updateValue(index, forKey: name) == nil else { throw .repeatedName(at: index) }
            names.append(name)
            memory.classes.append(try Self.keptClass(from: &reader))
        }
        let width = try reader.count(
            "width of the features", limit: Features.blockCount * Features.maximumBlockWidth)
        guard width > 0 else {
            guard count == 0 else {
                throw .outOfRange(field: "width of the features", found: 0, limit: UInt64(count))
            }
            return
        }
        try checkWidths(width)
        voices = try Self.voices(width: width, classes: count, from: &reader)
    }

    private func checkWidths(_ width: Int) throws(CheckpointError) {
        for (name, kept) in zip(names, memory.classes) {
            for index in 0..<kept.count where Kernels.padded(kept[index].count) != width {
                throw .featuresWidth(of: name, found: kept[index].count, expected: width)
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

    private static func voices(
        width: Int, classes: Int, from reader: inout ByteReader
    ) throws(CheckpointError) -> Voices {
        let columns = Kernels.padded(width)
        var counts: [Int] = []
        var sums: [[Double]] = []
        for _ in 0..<classes {
            counts.append(try reader.largeCount("number of vectors of a class"))
            sums.append(try reader.doubles("sum of a class", count: columns))
        }
        let weights = try reader.floats("weights of the discriminant", count: classes * columns)
        let inverse = try reader.floats("inverse of the scatter", count: PackedSymmetric.valueCount(columns))
        let vectors = try reader.floats("class vectors", count: classes * columns)
        return Voices(
            width: width,
            discriminant: Discriminant(
                counts: counts, sums: sums, weights: Matrix(rows: classes, columns: columns, values: weights),
                inverse: PackedSymmetric(count: columns, values: inverse)),
            cosine: CosineSoftmax(vectors: Matrix(rows: classes, columns: columns, values: vectors)))
    }
}
