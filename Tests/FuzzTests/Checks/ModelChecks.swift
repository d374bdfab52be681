import JSON
import ModelFiles
import Tensors
import Tokenizers

extension FuzzTarget {
    /// A header's tensors lie in the file one after the other.
    func checkSafetensors(_ bytes: [UInt8]) throws {
        _ = try? JSONValue(parsing: bytes)  // any error will do, here and below
        guard let header = try? SafetensorsHeader(parsing: bytes.span.bytes) else { return }
        var covered = 0
        for (name, tensor) in header.tensors {
            try promise(
                tensor.bytes.lowerBound >= 8 && tensor.bytes.upperBound <= bytes.count, "\(name) lies inside")
            try promise(
                tensor.bytes.count == tensor.shape.reduce(tensor.type.byteCount, *), "\(name) has its size")
            covered += tensor.bytes.count
        }
        let dataStart = header.tensors.values.map(\.bytes.lowerBound).min() ?? bytes.count
        try promise(covered == bytes.count - dataStart, "each byte is covered once")
    }

    /// A header's tensors are whole blocks that lie in the file one after the other, and a vocabulary's lists agree.
    func checkGGUF(_ bytes: [UInt8]) throws {
        guard let header = try? GGUFHeader(parsing: bytes.span.bytes) else { return }
        for (name, tensor) in header.tensors {
            let type = tensor.type
            try promise(tensor.bytes.upperBound <= bytes.count, "\(name) lies inside")
            try promise(
                tensor.bytes.count == tensor.shape.reduce(type.blockBytes, *) / type.blockCount,
                "\(name) has its size")
            let floats = type.dequantised(bytes.span.bytes.extracting(tensor.bytes))
            try promise(floats.count == tensor.shape.reduce(1, *), "\(name) has its numbers")
        }
        let ranges = header.tensors.values.map(\.bytes).sorted { $0.lowerBound < $1.lowerBound }
        for (one, next) in zip(ranges, ranges.dropFirst()) {
            try promise(one.upperBound <= next.lowerBound, "tensors do not overlap")
        }
        guard let vocabulary = try? GGUFVocabulary(header.metadata) else { return }
        let tokens = vocabulary.tokens
        try promise(vocabulary.types.count == tokens.count, "each token has a type")
        for merge in vocabulary.merges {
            try promise(
                tokens[merge.left] + tokens[merge.right] == tokens[merge.merged], "a merge is of its parts")
        }
        try promise(
            vocabulary.special.values.allSatisfy(tokens.indices.contains), "special tokens are tokens")
    }

    /// A text has ids of the vocabulary, the same ones under any limit, and twice as many when it is said twice.
    func checkTokenizer(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let wordPiece = try wordPiece.get()
        let whole = try wordPiece.encode(text, limit: 1 << 20, overflow: .fail)
        try promise(whole.fullCount == whole.ids.count && !whole.truncated, "all of it is counted")
        try promise(
            whole.ids.allSatisfy { 0..<wordPiece.vocabularySize ~= Int($0.rawValue) },
            "ids are of the vocabulary")
        let cut = try wordPiece.encode(text, limit: 5, overflow: .truncate)
        let kept = min(5, whole.ids.count)
        try promise(cut.ids == whole.ids.prefix(kept - 1) + whole.ids.suffix(1), "a limit leaves the ids")
        try promise(cut.fullCount == whole.fullCount, "a limit leaves the count")
        let inner = Array(whole.ids[1..<(whole.ids.count - 1)])
        let twice = try wordPiece.encode("\(text) \(text)", limit: 1 << 20, overflow: .fail)
        try promise(
            twice.ids[1..<(twice.ids.count - 1)] == (inner + inner)[...],
            "words do not depend on their neighbours")
    }
}

private let wordPiece = Result { try WordPiece(directory: FuzzFolder.path + "/vocabulary") }
