public import Tensors

/// The metadata and the table of contents of a GGUF file of version 2 or 3, proven to agree with the file's length.
///
/// The format: magic and version, the numbers of tensors and keys, the metadata, a description of each tensor, then the
/// tensors' bytes, each beginning at a multiple of the alignment and followed by the next.
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFHeader: Sendable {
    public static let maximumTensors = 1 << 16
    public static let maximumKeys = 1 << 16
    /// Of a list: the largest vocabularies have some 260,000 tokens, and as many merges.
    public static let maximumElements = 1 << 22
    /// Lists in lists.
    public static let maximumNesting = 4
    /// Of a key, as the format says.
    public static let maximumKeyBytes = (1 << 16) - 1
    /// Of a string of the metadata: chat templates and licences are the longest.
    public static let maximumStringBytes = 1 << 20
    /// Of a tensor's name, as the format says.
    public static let maximumNameBytes = 64
    /// A tensor of more dimensions is refused.
    public static let maximumRank = 4
    /// Where the file names none.
    public static let usualAlignment = 32

    /// Where a tensor lies and how to read it.
    public struct Tensor: Equatable, Sendable {
        public let type: GGUFTensorType
        /// Outermost extent first; none is 0. The numbers of the last lie beside each other.
        public let shape: [Int]
        /// In the file, not in its data part.
        public let bytes: Range<Int>

        public init(type: GGUFTensorType, shape: [Int], bytes: Range<Int>) {
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }
    }

    public let version: UInt32
    public let metadata: [String: GGUFValue]
    /// By name.
    public let tensors: [String: Tensor]

    /// - Complexity: O(header bytes + n log n) for n tensors.
    public init(parsing file: RawSpan) throws(GGUFFlaw) {
        var reader = GGUFReader()
        version = try Self.version(&reader, file)
        let tensorCount = try Self.count("tensors", &reader, file, limit: Self.maximumTensors)
        let keyCount = try Self.count("keys", &reader, file, limit: Self.maximumKeys)
        metadata = try Self.metadata(keyCount, &reader, file)
        var descriptions: [Description] = []
        for _ in 0..<tensorCount { descriptions.append(try Description(&reader, file)) }
        let alignment = try Self.alignment(metadata)
        guard !descriptions.isEmpty else {
            guard reader.offset == file.byteCount else {
                throw .trailingBytes(file.byteCount - reader.offset)
            }
            tensors = [:]
            return
        }
        tensors = try Self.placed(descriptions, from: reader.offset.aligned(to: alignment), alignment, file)
    }

    private static func version(_ reader: inout GGUFReader, _ file: RawSpan) throws(GGUFFlaw) -> UInt32 {
        let magic = try reader.integer("the magic", of: file, as: UInt32.self)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: magic >> (8 * $0)) }
        guard bytes == Array("GGUF".utf8) else { throw .notGGUF(magic: bytes) }
        let version = try reader.integer("the version", of: file, as: UInt32.self)
        guard version != 0, version & 0xffff != 0 else { throw .bigEndian }
        guard version == 2 || version == 3 else { throw .unsupportedVersion(version) }
        return version
    }

    private static func count(
        _ what: String, _ reader: inout GGUFReader, _ file: RawSpan, limit: Int
    ) throws(GGUFFlaw) -> Int {
        let count = try reader.integer("the number of \(what)", of: file, as: UInt64.self)
        guard count <= limit else { throw .tooMany(what: what, count: count, limit: limit) }
        return Int(count)
    }

    private static func metadata(
        _ count: Int, _ reader: inout GGUFReader, _ file: RawSpan
    ) throws(GGUFFlaw) -> [String: GGUFValue] {
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<count {
            let key = try reader.string("a key", of: file, limit: maximumKeyBytes)
            guard !key.isEmpty else { throw .emptyKey }
            let value = try reader.value(of: key, in: file)
            guard metadata.updateValue(value, forKey: key) == nil else { throw .duplicateKey(key) }
        }
        return metadata
    }

    private static func alignment(_ metadata: [String: GGUFValue]) throws(GGUFFlaw) -> Int {
        guard let value = metadata["general.alignment"] else { return usualAlignment }
        guard case .integer(let alignment) = value else { throw .badAlignment(found: value.kind) }
        guard (8...65536).contains(alignment), alignment.nonzeroBitCount == 1 else {
            throw .badAlignment(found: "\(alignment)")
        }
        return alignment
    }

    /// Every tensor in the file, one after the other with no more between them than the alignment asks for.
    private static func placed(
        _ descriptions: [Description], from start: Int, _ alignment: Int, _ file: RawSpan
    ) throws(GGUFFlaw) -> [String: Tensor] {
        let dataBytes = max(0, file.byteCount - start)
        var tensors: [String: Tensor] = [:]
        for description in descriptions {
            let tensor = try description.placed(from: start, dataBytes: dataBytes, alignment: alignment)
            guard tensors.updateValue(tensor, forKey: description.name) == nil else {
                throw .duplicateTensor(description.name)
            }
        }
        var (end, last) = (start, "")
        for (name, tensor) in tensors.sorted(by: {
            ($0.value.bytes.lowerBound, $0.key) < ($1.value.bytes.lowerBound, $1.key)
        }) {
            guard tensor.bytes.lowerBound >= end else { throw .overlap(last, name) }
            guard tensor.bytes.lowerBound == end.aligned(to: alignment) else {
                throw .hole(before: name, bytes: tensor.bytes.lowerBound - end)
            }
            (end, last) = (tensor.bytes.upperBound, name)
        }
        guard file.byteCount <= end.aligned(to: alignment) else { throw .trailingBytes(file.byteCount - end) }
        return tensors
    }
}

/// What the header says of a tensor.
private struct Description {
    let name: String
    /// Outermost first.
    let shape: [Int]
    let type: GGUFTensorType
    let byteCount: Int
    /// In the data part.
    let offset: UInt64

    init(_ reader: inout GGUFReader, _ file: RawSpan) throws(GGUFFlaw) {
        name = try reader.string("the name of a tensor", of: file, limit: GGUFHeader.maximumNameBytes)
        let rank = try reader.integer("the rank of \"\(name)\"", of: file, as: UInt32.self)
        guard (1...UInt32(GGUFHeader.maximumRank)).contains(rank) else {
            throw .badRank(tensor: name, rank: rank, limit: GGUFHeader.maximumRank)
        }
        var extents: [Int] = []
        for _ in 0..<rank {
            let extent = try reader.integer("an extent of \"\(name)\"", of: file, as: UInt64.self)
            guard let extent = Int(exactly: extent) else { throw .sizeOverflow(tensor: name) }
            extents.insert(extent, at: 0)
        }
        shape = extents
        guard !shape.contains(0) else { throw .zeroExtent(tensor: name, shape: shape) }
        let number = try reader.integer("the type of \"\(name)\"", of: file, as: UInt32.self)
        guard let type = GGUFTensorType(rawValue: number) else {
            guard let foreign = GGUFTensorType.foreignName(number) else {
                throw .unknownType(tensor: name, found: number)
            }
            throw .unsupportedType(tensor: name, found: foreign)
        }
        self.type = type
        byteCount = try Self.byteCount(of: name, shape, type)
        offset = try reader.integer("the offset of \"\(name)\"", of: file, as: UInt64.self)
    }

    private static func byteCount(
        of name: String, _ shape: [Int], _ type: GGUFTensorType
    ) throws(GGUFFlaw) -> Int {
        let columns = shape[shape.count - 1]
        guard columns % type.blockCount == 0 else {
            throw .partBlock(tensor: name, columns: columns, block: type.blockCount)
        }
        var bytes = type.blockBytes
        for extent in shape.dropLast() + [columns / type.blockCount] {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw .sizeOverflow(tensor: name) }
            bytes = product
        }
        return bytes
    }

    func placed(from start: Int, dataBytes: Int, alignment: Int) throws(GGUFFlaw) -> GGUFHeader.Tensor {
        guard offset % UInt64(alignment) == 0 else {
            throw .misaligned(tensor: name, offset: offset, alignment: alignment)
        }
        guard offset <= dataBytes, byteCount <= dataBytes - Int(offset) else {
            let (end, overflow) = offset.addingReportingOverflow(UInt64(byteCount))
            throw .outOfRange(tensor: name, end: overflow ? .max : end, dataBytes: dataBytes)
        }
        let first = start + Int(offset)
        return GGUFHeader.Tensor(type: type, shape: shape, bytes: first..<(first + byteCount))
    }
}

extension Int {
    /// The next multiple of `alignment`, a power of two; of a number that lies in a file, so that it does not overflow.
    fileprivate func aligned(to alignment: Int) -> Int { (self + alignment - 1) & ~(alignment - 1) }
}
