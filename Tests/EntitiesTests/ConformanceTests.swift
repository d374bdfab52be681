import Entities
import Foundation
import Glibc
import Testing

/// Cases of Recognizers-Text and duckling, file by file, against the counts that once passed.
@Suite struct ConformanceTests {
    static let data = getenv("SLMD_DATA").map { String(cString: $0) }
    private static let ratchet = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("ratchet.json")

    /// Prints the table. Fewer passes than ratchet.json holds are a failure; more are a request to raise it, and
    /// with SLMD_RATCHET set they are written there.
    @Test(.enabled(if: data != nil, "SLMD_DATA is not set"))
    func `no file passes fewer cases than it did`() throws {
        let data = try #require(Self.data)
        let held = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: Self.ratchet))
        let recognizer = EntityRecognizer()
        var passed = held
        func report(_ file: String, _ count: Int, of all: Int) {
            let share = (Double(1000 * count) / Double(all)).rounded() / 10
            print("\(file): \(count) of \(all), \(share) %")
            let floor = held[file] ?? 0
            #expect(count >= floor, "\(file) passed \(floor) cases before")
            passed[file] = max(floor, count)
        }
        for run in ConformanceRun.all {
            let score = run.score(try ConformanceFile.cases(of: run.file, in: data), by: recognizer)
            report(run.file, score.passed, of: score.all)
        }
        let corpus = try DucklingRun.cases(in: data)
        report(DucklingRun.file, corpus.count { DucklingRun.passes($0, by: recognizer) }, of: corpus.count)
        guard passed != held else { return }
        guard getenv("SLMD_RATCHET") != nil else {
            print("ratchet.json can be raised: run this test with SLMD_RATCHET=1")
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(passed) + Data("\n".utf8)).write(to: Self.ratchet)
    }
}
