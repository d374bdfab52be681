/// Named tensors in a safetensors file, mapped read-only; the map ends with the value.
public struct SafetensorsFile: ~Copyable, Sendable {
    /// As given, for messages.
    public let path: String
    /// What the file holds.
    public let header: SafetensorsHeader
    private let file: MappedFile

    /// Opens the file and proves its header sound; the numbers themselves stay unread.
    public init(path: String) throws(SafetensorsError) {
        let file = try Self.map(path)
        header = try Self.header(of: file, at: path)
        self.file = file
        self.path = path
    }

    private static func map(_ path: String) throws(SafetensorsError) -> MappedFile {
        do {
            return try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
    }

    private static func header(
        of file: borrowing MappedFile, at path: String
    ) throws(SafetensorsError) -> SafetensorsHeader {
        do {
            return try file.withBytes { bytes throws(SafetensorsFlaw) in
                try SafetensorsHeader(parsing: bytes)
            }
        } catch {
            throw .malformed(path: path, error)
        }
    }

    /// The names, sorted.
    public var tensorNames: [String] { header.tensors.keys.sorted() }

    /// The extents of a tensor, outermost first.
    public func shape(of name: String) throws(SafetensorsError) -> [Int] {
        try tensor(name).shape
    }

    /// The numbers of an F32, F16, BF16 or I8 tensor as floats, rows first; each converts exactly.
    ///
    /// - Parameter shape: what the caller expects; another one is an error.
    /// - Complexity: O(elements); touches only this tensor's pages.
    public func floats(_ name: String, shape: [Int]) throws(SafetensorsError) -> [Float] {
        let tensor = try tensor(name, shape: shape)
        let convert = try converter(for: name, tensor.type)
        return file.withBytes { file in convert(file.extracting(tensor.bytes)) }
    }

    private func tensor(_ name: String) throws(SafetensorsError) -> SafetensorsHeader.Tensor {
        guard let tensor = header.tensors[name] else { throw .noSuchTensor(path: path, tensor: name) }
        return tensor
    }

    private func tensor(_ name: String, shape: [Int]) throws(SafetensorsError) -> SafetensorsHeader.Tensor {
        let tensor = try tensor(name)
        guard tensor.shape == shape else {
            throw .shapeMismatch(path: path, tensor: name, expected: shape, found: tensor.shape)
        }
        return tensor
    }

    private func converter(
        for name: String, _ type: TensorType
    ) throws(SafetensorsError) -> (RawSpan) -> [Float] {
        switch type {
        case .float32: { copiedFloats(of: $0) }
        case .float16: { converted($0) { (bits: UInt16) in Float(Float16(bitPattern: bits)) } }
        case .bfloat16: { converted($0) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) } }
        case .int8: { converted($0) { (value: Int8) in Float(value) } }
        default: throw .unsupportedType(path: path, tensor: name, type)
        }
    }
}

/// Each `Bits` of `bytes` in turn, converted.
private func converted<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ convert: (Bits) -> Float
) -> [Float] {
    let width = MemoryLayout<Bits>.size
    var floats = [Float](repeating: 0, count: bytes.byteCount / width)
    for index in floats.indices {
        floats[index] = convert(bytes.integer(at: index * width, as: Bits.self))
    }
    return floats
}
