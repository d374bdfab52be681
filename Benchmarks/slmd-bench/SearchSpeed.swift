import Assistant
import Foundation
import JSON
import Knowledge
import ModelFiles
import SLMClient
import Wire

/// How long a search takes, from the query's text to passages, in turn with what others take for the vectors alone.
struct SearchSpeed {
    private static let turns = 4
    private static let width = 384

    let passages: Int
    let queries: Int
    let peer: Peer?

    /// Prints the figures; false when one is missed.
    func report() throws -> Bool {
        var random = BenchmarkRandom(seed: 3)
        let corpus = try SearchCorpus()
        let texts = try sentences()
        let added = try corpus.add(sources(texts, &random)) { texts in
            texts.map { _ in (0..<Self.width).map { _ in Float(random.below(2001) - 1000) / 1000 } }
                .map(Self.normalised)
        }
        let asked = try questions(&random)
        let memory = Double(try Self.held(by: corpus, asked) - Self.held(by: SearchCorpus(), asked)) / 1e6
        let assistant = try corpus.open()
        for question in asked.prefix(10) {
            _ = try assistant.search(KnowledgeQuery(question), for: SearchCorpus.viewer)
        }
        let times = try measure(asked, assistant)
        try assistant.close()
        print(
            "\(added.passages) passages; added \(Int(Double(added.passages) / added.seconds)) passages/s, without vectors;"
        )
        print("memory more than without them: \(Int(memory)) MB")
        print("from text to passages, ms: p50 \(fixed(times.own.p50)), p99 \(fixed(times.own.p99))")
        for (name, milliseconds) in times.peers {
            print("\(name), vectors alone, ms: p50 \(fixed(milliseconds))")
        }
        guard passages <= 100_000 else { return true }
        let isMet = times.own.p50 <= 5 && memory <= 60 && Double(added.passages) / added.seconds >= 1000
        print("asked at 100,000: p50 ≤ 5 ms, 60 MB, 1,000 passages/s\(isMet ? "" : "  MISSED")")
        return isMet
    }

    private func measure(
        _ questions: [String], _ assistant: LocalAssistant
    ) throws -> (own: (p50: Double, p99: Double), peers: [(String, Double)]) {
        let clock = ContinuousClock()
        var own: [Double] = []
        var others: [String: [Double]] = [:]
        let kinds = ["faiss-flat", "faiss-int8", "numpy", "chroma"]
        for turn in 0..<Self.turns {
            for (number, question) in questions.enumerated() where number % Self.turns == turn {
                let begun = clock.now
                _ = try assistant.search(KnowledgeQuery(question), for: SearchCorpus.viewer)
                own.append((clock.now - begun) / .milliseconds(1))
            }
            for kind in peer == nil ? [] : kinds {
                let request = """
                    {"kind": "\(kind)", "vectors": \(passages), "width": \(Self.width), "runs": \(questions.count / Self.turns)}
                    """
                others[kind, default: []] += try peer?.time(request).map { $0 * 1000 } ?? []
            }
        }
        own.sort()
        return (
            (median(own), own[own.count * 99 / 100]),
            kinds.compactMap { kind in
                guard let seconds = others[kind], !seconds.isEmpty else { return nil }
                return (kind, median(seconds))
            }
        )
    }

    /// Sentences of SciFact's abstracts and SQuAD's paragraphs, so short that two are a passage.
    private func sentences() throws -> [Substring] {
        try (DataFile.lines("scifact/corpus.jsonl") + DataFile.lines("squad2/paragraphs.jsonl")).flatMap {
            line in
            let text = try JSONValue(parsing: Array(line.utf8))["text"]?.string ?? ""
            return text.split(separator: ". ").filter { (30...200).contains($0.utf8.count) }
        }
    }

    /// Two sentences drawn at random a passage, 1,000 passages a source.
    private func sources(
        _ sentences: [Substring], _ random: inout BenchmarkRandom
    ) -> [(name: String, format: DocumentFormat, content: String)] {
        (0..<(passages + 999) / 1000).map { number in
            let records = (0..<min(1000, passages - 1000 * number)).map { _ in
                let two = (0..<2).map { _ in sentences[random.below(sentences.count)] }.joined(
                    separator: ". ")
                let safe = two.filter { $0 != "\"" && $0 != "\\" && $0 >= " " }
                return "{\"said\": \"\(safe)\"}"
            }
            return ("source \(number)", .jsonLines, records.joined(separator: "\n"))
        }
    }

    private func questions(_ random: inout BenchmarkRandom) throws -> [String] {
        let all = try DataFile.lines("squad2/questions.jsonl").compactMap { line in
            try JSONValue(parsing: Array(line.utf8))["question"]?.string
        }
        return Array(random.shuffled(all).prefix(queries))
    }

    private static func normalised(_ values: [Float]) -> [Float] {
        let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / norm }
    }

    /// The memory of a daemon without replies that has answered the questions.
    private static func held(by corpus: SearchCorpus, _ questions: [String]) throws -> Int {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "slmd").path
        let daemon = try RunningDaemon(
            program, folder: corpus.folder, arguments: try SocketLoad.withoutReplies(corpus.folder))
        var connection = try Connection(socket: daemon.socket)
        for question in questions { _ = try connection.search(SearchParams(query: question)) }
        let bytes = try daemon.residentBytes
        try daemon.stop()
        return bytes
    }
}
