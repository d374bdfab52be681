internal import JSON

/// What the numbers of a tensor are.
public enum TensorType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int8 = "I8"
    case float64 = "F64"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"
    case float8e4m3 = "F8_E4M3"
    case float8e5m2 = "F8_E5M2"

    /// Of one number.
    public var byteCount: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool, .float8e4m3, .float8e5m2: 1
        }
    }
}

/// The table of contents of a safetensors file, proven to agree with the file's length.
///
/// The format: eight bytes of little-endian length, that many bytes of JSON, then the tensors' bytes,
/// which the JSON's offsets must cover once each, from the first to the last.
/// https://huggingface.co/docs/safetensors
public struct SafetensorsHeader: Sendable {
    /// A larger header is refused unread. Real ones take about 120 bytes a tensor.
    public static let maximumBytes = 8 << 20
    /// A tensor of more dimensions is refused.
    public static let maximumRank = 8

    /// Where a tensor lies and how to read it.
    public struct Tensor: Equatable, Sendable {
        public let type: TensorType
        /// Outermost extent first; empty for a single number.
        public let shape: [Int]
        /// In the file, not in its data part.
        public let bytes: Range<Int>

        public init(type: TensorType, shape: [Int], bytes: Range<Int>) {
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// By name.
    public let tensors: [String: Tensor]

    /// - Complexity: O(header bytes + n log n) for n tensors.
    public init(parsing file: RawSpan) throws(SafetensorsFlaw) {
        let json = try Self.json(of: file)
        let dataStart = 8 + json.count
        let root: JSONValue
        do {
            root = try JSONValue(parsing: json, maximumDepth: 4)
        } catch {
            throw .badJSON(error)
        }
        guard case .object(let members) = root else { throw .notAnObject(what: "header", found: "\(root)") }

        var tensors: [String: Tensor] = [:]
        for member in members {
            if member.key == "__metadata__" {
                try Self.checkMetadata(member.value)
            } else {
                let tensor = try Tensor(member, dataStart: dataStart, fileBytes: file.byteCount)
                let previous = tensors.updateValue(tensor, forKey: member.key)
                guard previous == nil else { throw .duplicateName(member.key) }
            }
        }
        try Self.checkCoverage(of: dataStart..<file.byteCount, by: tensors)
        self.tensors = tensors
    }

    private static func json(of file: RawSpan) throws(SafetensorsFlaw) -> [UInt8] {
        guard file.byteCount >= 8 else { throw .truncated(fileBytes: file.byteCount, needed: 8) }
        let length = file.integer(at: 0, as: UInt64.self)
        guard length <= maximumBytes else { throw .headerTooLarge(bytes: length, limit: maximumBytes) }
        guard length <= file.byteCount - 8 else {
            throw .truncated(fileBytes: file.byteCount, needed: 8 + Int(length))
        }
        return copy(of: file.extracting(8..<(8 + Int(length))))
    }

    /// The writer's notes: any words, and nothing else.
    private static func checkMetadata(_ value: JSONValue) throws(SafetensorsFlaw) {
        guard case .object(let notes) = value else {
            throw .notAnObject(what: "__metadata__", found: "\(value)")
        }
        for note in notes where note.value.string == nil {
            throw .metadataNotText(key: note.key, found: "\(note.value)")
        }
    }

    /// Every byte of the data belongs to exactly one tensor.
    private static func checkCoverage(
        of data: Range<Int>, by tensors: [String: Tensor]
    ) throws(SafetensorsFlaw) {
        let inOrder = tensors.sorted {
            let (a, b) = ($0.value.bytes, $1.value.bytes)
            return (a.lowerBound, a.upperBound, $0.key) < (b.lowerBound, b.upperBound, $1.key)
        }
        var (end, last) = (data.lowerBound, "")
        for (name, tensor) in inOrder {
            guard tensor.bytes.lowerBound >= end else { throw .overlap(last, name) }
            guard tensor.bytes.lowerBound == end else {
                throw .hole(before: name, bytes: tensor.bytes.lowerBound - end)
            }
            (end, last) = (tensor.bytes.upperBound, name)
        }
        guard end == data.upperBound else { throw .trailingBytes(data.upperBound - end) }
    }
}

extension SafetensorsHeader.Tensor {
    fileprivate init(_ member: JSONMember, dataStart: Int, fileBytes: Int) throws(SafetensorsFlaw) {
        let (name, value) = (member.key, member.value)
        guard case .object(let fields) = value else { throw .notAnObject(what: name, found: "\(value)") }
        if let stray = fields.first(where: { !["dtype", "shape", "data_offsets"].contains($0.key) }) {
            throw .unknownField(tensor: name, field: stray.key)
        }
        guard let dtype = value["dtype"] else { throw .missingField(tensor: name, field: "dtype") }
        guard let type = dtype.string.flatMap(TensorType.init) else {
            throw .unknownType(tensor: name, found: "\(dtype)")
        }
        let shape = try Self.counts("shape", of: name, in: value)
        guard shape.count <= SafetensorsHeader.maximumRank else {
            throw .rankTooHigh(tensor: name, rank: shape.count, limit: SafetensorsHeader.maximumRank)
        }
        let offsets = try Self.counts("data_offsets", of: name, in: value)
        guard offsets.count == 2 else {
            throw .notCounts(
                tensor: name, field: "data_offsets", found: "\(offsets.count) numbers, expected 2")
        }
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end else { throw .reversedOffsets(tensor: name, begin: begin, end: end) }
        guard end <= fileBytes - dataStart else {
            throw .outOfRange(tensor: name, end: end, dataBytes: fileBytes - dataStart)
        }
        let expected = try Self.byteCount(of: name, shape: shape, type: type)
        guard end - begin == expected else {
            throw .sizeMismatch(tensor: name, shape: shape, expected: expected, found: end - begin)
        }
        self.init(type: type, shape: shape, bytes: (dataStart + begin)..<(dataStart + end))
    }

    private static func counts(
        _ field: String, of name: String, in tensor: JSONValue
    ) throws(SafetensorsFlaw) -> [Int] {
        guard let value = tensor[field] else { throw .missingField(tensor: name, field: field) }
        guard case .array(let elements) = value else {
            throw .notCounts(tensor: name, field: field, found: "\(value)")
        }
        var counts: [Int] = []
        for element in elements {
            guard let count = element.integer, count >= 0 else {
                throw .notCounts(tensor: name, field: field, found: "\(element)")
            }
            counts.append(count)
        }
        return counts
    }

    private static func byteCount(
        of name: String, shape: [Int], type: TensorType
    ) throws(SafetensorsFlaw) -> Int {
        var bytes = type.byteCount
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw .sizeOverflow(tensor: name, shape: shape) }
            bytes = product
        }
        return bytes
    }
}
