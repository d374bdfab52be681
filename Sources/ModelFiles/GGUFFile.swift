public import Tensors

/// Named tensors and metadata in a GGUF file, mapped read-only; the map ends with the value.
public struct GGUFFile: ~Copyable, Sendable {
    /// As given, for messages.
    public let path: String
    /// What the file holds.
    public let header: GGUFHeader
    private let file: MappedFile

    /// Opens the file and proves its header sound; the numbers themselves stay unread.
    public init(path: String) throws(GGUFError) {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch {
            throw .file(error)
        }
        do {
            header = try file.withBytes { bytes throws(GGUFFlaw) in try GGUFHeader(parsing: bytes) }
        } catch {
            throw .malformed(path: path, error)
        }
        self.file = file
        self.path = path
    }

    /// The vocabulary of its tokenizer, proven to agree with itself.
    public func vocabulary() throws(GGUFError) -> GGUFVocabulary {
        do {
            return try GGUFVocabulary(header.metadata)
        } catch {
            throw .malformed(path: path, error)
        }
    }

    /// The type and the blocks of a tensor as they lie in the file.
    ///
    /// - Parameter shape: what the caller expects, outermost extent first; another one is an error.
    /// - Complexity: touches only this tensor's pages.
    public borrowing func withBlocks<R>(
        _ name: String, shape: [Int], _ body: (GGUFTensorType, RawSpan) -> R
    ) throws(GGUFError) -> R {
        guard let tensor = header.tensors[name] else { throw .noSuchTensor(path: path, tensor: name) }
        guard tensor.shape == shape else {
            throw .shapeMismatch(path: path, tensor: name, expected: shape, found: tensor.shape)
        }
        return file.withBytes { file in body(tensor.type, file.extracting(tensor.bytes)) }
    }

    /// The numbers of a tensor as floats, rows first, each as the format defines it.
    ///
    /// - Complexity: O(elements).
    public func floats(_ name: String, shape: [Int]) throws(GGUFError) -> [Float] {
        try withBlocks(name, shape: shape) { type, blocks in type.dequantised(blocks) }
    }
}
