extension SupportHead {
    private static let magic = Array("slmdsupp".utf8)
    private static let version: UInt32 = 1
    private static let mostTerms: UInt32 = 60_000

    /// The head as a file: magic, version, FNV-1a of what follows, then the state; little-endian.
    public var bytes: [UInt8] {
        var body: [UInt8] = []
        body.append(integer: UInt32(SupportFeatures.count))
        for values in [means, scales] + weights + [thresholds, [terms.rare]] {
            for value in values { body.append(integer: value.bitPattern) }
        }
        body.append(integer: UInt32(terms.common.count))
        for (stem, weight) in terms.common.sorted(by: {
            Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8))
        }) {
            body.append(UInt8(truncatingIfNeeded: stem.utf8.count))
            body += stem.utf8
            body.append(integer: weight.bitPattern)
        }
        var file = Self.magic
        file.append(integer: Self.version)
        file.append(integer: Self.checksum(body[...]))
        return file + body
    }

    /// Reads a file, trusting nothing.
    public init(bytes: [UInt8]) throws(SupportHeadError) {
        var reader = HeadReader(bytes)
        let magic = try reader.take(8)
        guard magic.elementsEqual(Self.magic) else { throw .notASupportHead(found: Array(magic)) }
        let version = try reader.integer(UInt32.self)
        guard version == Self.version else { throw .unknownVersion(found: version, expected: Self.version) }
        let expected = try reader.integer(UInt64.self)
        let found = Self.checksum(bytes[reader.offset...])
        guard found == expected else { throw .checksum(expected: expected, found: found) }
        let count = try reader.integer(UInt32.self)
        guard count == UInt32(SupportFeatures.count) else {
            throw .featureCount(found: count, expected: UInt32(SupportFeatures.count))
        }
        means = try reader.floats("means", SupportFeatures.count)
        scales = try reader.floats("scales", SupportFeatures.count)
        weights = []
        for task in Task.allCases {
            weights.append(try reader.floats("weights of \(task)", SupportFeatures.count + 1))
        }
        thresholds = try reader.floats("thresholds", Task.allCases.count)
        if let index = thresholds.firstIndex(where: { !(0...1).contains($0) }) {
            throw .outOfRange(field: "thresholds", at: index)
        }
        learnt = [Float](repeating: 0, count: SupportFeatures.count + 1)
        terms = try reader.terms(limit: Self.mostTerms)
        guard reader.left == 0 else { throw .trailingBytes(reader.left) }
    }

    /// - Note: Fowler, Noll, Vo, FNV-1a of 64 bits.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// Reads a head's file: every length is checked against the bytes left.
private struct HeadReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var left: Int { bytes.count - offset }

    mutating func take(_ count: Int) throws(SupportHeadError) -> ArraySlice<UInt8> {
        guard count <= left else { throw .truncated(at: offset, wanted: count, left: left) }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(SupportHeadError) -> T {
        try take(MemoryLayout<T>.size).reversed().reduce(0) { $0 << 8 | T($1) }
    }

    mutating func floats(_ field: String, _ count: Int) throws(SupportHeadError) -> [Float] {
        var values: [Float] = []
        for index in 0..<count {
            let value = Float(bitPattern: try integer(UInt32.self))
            guard value.isFinite else { throw .notFinite(field: field, at: index) }
            values.append(value)
        }
        return values
    }

    mutating func terms(limit: UInt32) throws(SupportHeadError) -> TermWeights {
        let rare = try floats("rare", 1)[0]
        guard rare > 0 else { throw .outOfRange(field: "rare", at: 0) }
        let count = try integer(UInt32.self)
        guard count <= limit else { throw .termCount(found: count, limit: limit) }
        var (common, last): ([String: Float], [UInt8]) = ([:], [])
        for index in 0..<Int(count) {
            let term = Array(try take(Int(try integer(UInt8.self))))
            guard let text = String(validating: term, as: UTF8.self), last.lexicographicallyPrecedes(term)
            else {
                throw .badTerm(at: index)
            }
            let weight = try floats("words", 1)[0]
            guard weight > 0 else { throw .outOfRange(field: "words", at: index) }
            common[text] = weight
            last = term
        }
        return TermWeights(common: common, rare: rare)
    }
}

extension [UInt8] {
    mutating func append(integer value: some FixedWidthInteger) {
        for byte in 0..<value.bitWidth / 8 { append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }
}
