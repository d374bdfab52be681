import Glibc
import ModelFiles
import Testing

@testable import Tokenizers

/// The tokenizer of the default encoder, read once.
enum Encoder {
    static let directory = getenv("SLMD_MODELS").map { String(cString: $0) + "/all-MiniLM-L6-v2" }
    static let wordPiece = Result { try WordPiece(directory: directory ?? "SLMD_MODELS is not set") }
    static let goldens = getenv("SLMD_DATA").map { String(cString: $0) + "/tokenizer/wordpiece.jsonl" }
}

@Suite(.enabled(if: Encoder.directory != nil, "SLMD_MODELS is not set"))
struct WordPieceGoldenTests {
    let wordPiece: WordPiece

    init() throws { wordPiece = try Encoder.wordPiece.get() }

    @Test(.enabled(if: Encoder.goldens != nil, "SLMD_DATA is not set"))
    func `every golden case has the reference's ids`() throws {
        let file = try MappedFile(path: try #require(Encoder.goldens))
        var cases = 0
        for line in file.contents().split(separator: UInt8(ascii: "\n")) {
            let golden = try JSONValue(parsing: Array(line))
            let text = try #require(golden["text"]?.string)
            let ids = try #require(golden["ids"]?.elements).map { $0.integer }
            let found = try wordPiece.encode(text, limit: 100_000, overflow: .fail)
            #expect(found.ids.map { Int($0.rawValue) } == ids, "\(text.debugDescription)")
            cases += 1
        }
        #expect(cases == 2866)
    }
}
