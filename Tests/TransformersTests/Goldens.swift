import Glibc
import JSON
import ModelFiles
import Tokenizers

/// What Goldens/make_goldens.py and Goldens/make_decoders.py wrote.
enum Goldens {
    private static let directory =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        .joined(separator: "/") + "/Goldens"

    static func path(_ file: String) -> String { "\(directory)/\(file)" }

    static func tokens(_ name: String) throws -> [[TokenID]] {
        let bytes = try MappedFile(path: path("\(name).json")).contents()
        return try (JSONValue(parsing: bytes).elements ?? []).map { row in
            (row.elements ?? []).compactMap { $0.integer.map { TokenID(rawValue: Int32($0)) } }
        }
    }

    static func rows(_ name: String, dimension: Int) throws -> [[Float]] {
        let bytes = try MappedFile(path: path("\(name).f32")).contents()
        let floats = bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map {
                Float(bitPattern: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
            }
        }
        return stride(from: 0, to: floats.count, by: dimension).map { Array(floats[$0..<$0 + dimension]) }
    }
}

/// The fetched model, or nil when `make models` has not run.
let miniLM: String? = {
    let models = getenv("SLMD_MODELS").map { String(cString: $0) } ?? "models"
    let directory = "\(models)/all-MiniLM-L6-v2"
    return access("\(directory)/model.safetensors", R_OK) == 0 ? directory : nil
}()

/// The largest difference between components.
func worstDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}
