import Entities
import Foundation
import Glibc
import Testing

/// Cases of Recognizers-Text and duckling, file by file, against the counts that once passed and the shares that are asked.
@Suite struct ConformanceTests {
    static let data = setting("SLMD_DATA")
    private static let ratchet = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("ratchet.json")

    /// Prints the table. Fewer passes than ratchet.json holds are a failure; more are a request to raise it, and
    /// with SLMD_RATCHET set they are written there. SLMD_FAILURES names a file whose failed cases are printed.
    @Test(.enabled(if: data != nil, "SLMD_DATA is not set"))
    func `no file passes fewer cases than it did, nor than are asked`() throws {
        let data = try #require(Self.data)
        let recognizer = EntityRecognizer()
        let specified = try ConformanceRun.all.map {
            $0.score(try ConformanceFile.cases(of: $0.file, in: data), by: recognizer)
        }
        let duckling =
            try [DucklingRun.numerals(in: data, by: recognizer)]
            + DucklingRun.all.flatMap { try $0.scores(in: data, by: recognizer) }
        for scores in [specified, duckling] {
            let lines = scores.map(\.line) + [ConformanceScore.sum(scores)]
            print(([ConformanceScore.head] + lines).joined(separator: "\n"))
        }
        for score in specified + duckling {
            let asked = ConformanceAsked.shares[score.file] ?? 0
            #expect(score.share >= asked, "\(score.file): \(asked) % are asked")
            if Self.setting("SLMD_FAILURES") == score.file { print(score.failures.joined(separator: "\n")) }
        }
        try hold(specified + duckling)
    }

    @Test(.enabled(if: data != nil, "SLMD_DATA is not set"))
    func `every case of every file is run`() throws {
        let data = try #require(Self.data)
        let folder = "\(data)/recognizers_text"
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        #expect(Set(files.filter { $0.hasSuffix(".json") }) == Set(ConformanceRun.all.map(\.file)))
        let cases = try ConformanceRun.all.map { try ConformanceFile.cases(of: $0.file, in: data).count }
        #expect(cases.reduce(0, +) == 5_701)
        let corpora = try FileManager.default.contentsOfDirectory(atPath: "\(data)/duckling_en")
        // The numerals and ordinals are run from numeral_ordinal.jsonl.
        let families = Set(DucklingRun.all.map(\.family)).union(["Numeral", "Ordinal"])
        #expect(Set(corpora.filter { $0.hasSuffix(".hs") }) == Set(families.map { "\($0).hs" }))
    }

    private func hold(_ scores: [ConformanceScore]) throws {
        let held = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: Self.ratchet))
        var raised = held
        for score in scores {
            let floor = held[score.file] ?? 0
            #expect(score.passed >= floor, "\(score.file) passed \(floor) cases before")
            raised[score.file] = max(floor, score.passed)
        }
        guard raised != held else { return }
        guard Self.setting("SLMD_RATCHET") != nil else {
            print("ratchet.json can be raised: run this test with SLMD_RATCHET=1")
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(raised) + Data("\n".utf8)).write(to: Self.ratchet)
    }

    private static func setting(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
