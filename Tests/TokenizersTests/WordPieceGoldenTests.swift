import Glibc
import JSON
import ModelFiles
import Testing

@testable import Tokenizers

/// The tokenizer of the default encoder, read once.
enum Encoder {
    static let directory = getenv("SLMD_MODELS").map { String(cString: $0) + "/all-MiniLM-L6-v2" }
    static let wordPiece = Result { try WordPiece(directory: directory ?? "SLMD_MODELS is not set") }
    static let goldens = getenv("SLMD_DATA").map { String(cString: $0) + "/tokenizer/wordpiece.jsonl" }
    /// Written by compare_reference.py.
    static let comparison = getenv("SLMD_TOKENIZER_CASES").map { String(cString: $0) }
}

@Suite(.enabled(if: Encoder.directory != nil, "SLMD_MODELS is not set"))
struct WordPieceGoldenTests {
    let wordPiece: WordPiece

    init() throws { wordPiece = try Encoder.wordPiece.get() }

    @Test(.enabled(if: Encoder.goldens != nil, "SLMD_DATA is not set"))
    func `every golden case has the reference's ids`() throws {
        #expect(try compareCases(in: try #require(Encoder.goldens)) == 2866)
    }

    @Test(
        .enabled(if: Encoder.comparison != nil, "SLMD_TOKENIZER_CASES is not set: run compare_reference.py"))
    func `strings of the comparison script have the reference's ids`() throws {
        #expect(try compareCases(in: try #require(Encoder.comparison)) >= 60_000)
    }

    /// - Returns: how many cases the file has.
    private func compareCases(in path: String) throws -> Int {
        let lines = try MappedFile(path: path).contents().split(separator: UInt8(ascii: "\n"))
        for line in lines {
            let golden = try JSONValue(parsing: Array(line))
            let text = try #require(golden["text"]?.string)
            let ids = try #require(golden["ids"]?.elements).map { $0.integer }
            let found = try wordPiece.encode(text, limit: 100_000, overflow: .fail)
            if found.ids.map({ Int($0.rawValue) }) != ids {
                Issue.record(
                    "\(text.debugDescription) has the ids \(found.ids.map(\.rawValue)), expected \(ids)")
            }
        }
        return lines.count
    }
}
