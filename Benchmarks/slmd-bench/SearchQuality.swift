import Assistant
import Glibc
import JSON
import Knowledge
import ModelFiles

/// What search finds of public questions, through the splitter, the store and the index.
enum SearchQuality {
    /// A question and where its answer is: a source, and the bytes of it if only they count.
    struct Question {
        let text: String
        let sources: Set<String>
        var bytes: Range<Int>?
        /// On which settings were chosen.
        let isChosenOn: Bool
    }

    /// Prints the figures; false when one is missed.
    static func report() throws -> Bool {
        let encoder = try TextVectors()
        print("what is found             questions    hit@1    hit@5  nDCG@10   asked")
        return try report(try squad(), "SQuAD", encoder, asked: (0.78, 0.95, 0))
            && report(try scifact(), "SciFact", encoder, asked: (0, 0, 0.7))
    }

    private static func report(
        _ set: (sources: [(name: String, format: DocumentFormat, content: String)], questions: [Question]),
        _ name: String, _ encoder: TextVectors, asked: (first: Double, five: Double, gain: Double)
    ) throws -> Bool {
        let corpus = try SearchCorpus()
        _ = try corpus.add(set.sources, encoder.vectors)
        let assistant = try corpus.open()
        let ranks = try set.questions.map { try rank(of: $0, assistant) }
        try assistant.close()
        var isMet = true
        for (part, chosenOn) in [("all", nil), ("chosen on", true), ("others", false)] as [(String, Bool?)] {
            let measured = zip(set.questions, ranks).filter { chosenOn == nil || $0.0.isChosenOn == chosenOn }
                .map(\.1)
            let (first, five, gain) = (
                share(measured) { $0.first }, share(measured) { $0.five }, share(measured) { $0.gain }
            )
            // A dev set is asked for where there is one.
            let isAsked = asked.gain > 0 ? chosenOn == false : chosenOn == nil
            let met = !isAsked || first >= asked.first && five >= asked.five && gain >= asked.gain
            isMet = isMet && met
            let goal = asked.gain > 0 ? "nDCG@10 ≥ \(asked.gain)" : "\(asked.first), \(asked.five)"
            print(
                padded("\(name), \(part)", 25, left: false), padded("\(measured.count)", 9),
                thousandths(first),
                thousandths(five), thousandths(gain), isAsked ? "  \(goal)\(met ? "" : "  MISSED")" : "")
        }
        return isMet
    }

    private static func share(
        _ ranks: [(first: Double, five: Double, gain: Double)],
        _ value: ((first: Double, five: Double, gain: Double)) -> Double
    ) -> Double {
        ranks.reduce(0) { $0 + value($1) } / Double(max(1, ranks.count))
    }

    private static func thousandths(_ value: Double) -> String {
        let digits = "\(1000 + Int((value * 1000).rounded()))".dropFirst()
        return padded(value >= 0.9995 ? "1.000" : "0.\(digits)", 8)
    }

    /// Sources are ranked by their best passage where whole sources count, else passages as they come.
    private static func rank(
        of question: Question, _ assistant: LocalAssistant
    ) throws -> (first: Double, five: Double, gain: Double) {
        let query = KnowledgeQuery(question.text, limit: question.bytes == nil ? 40 : 10)
        let results = try assistant.search(query, for: SearchCorpus.viewer).results.map(\.found.passage)
        var seen: Set<String> = []
        let hits = results.filter { question.bytes != nil || seen.insert($0.source).inserted }.map {
            passage in
            question.sources.contains(passage.source)
                && (question.bytes.map { $0.overlaps(passage.span) } ?? true)
        }
        let gains = hits.prefix(10).enumerated().reduce(0.0) {
            $0 + ($1.element ? 1 / log2(Double($1.offset + 2)) : 0)
        }
        let ideal = (0..<min(10, question.sources.count)).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
        return (
            hits.first == true ? 1 : 0, hits.prefix(5).contains(true) ? 1 : 0,
            ideal > 0 ? min(1, gains / ideal) : 0
        )
    }

    /// An article a document, paragraphs apart. Settings were chosen on the articles with odd places.
    private static func squad() throws -> (
        sources: [(name: String, format: DocumentFormat, content: String)], questions: [Question]
    ) {
        var articles: [(name: String, content: String)] = []
        var places: [String: (source: String, bytes: Range<Int>)] = [:]
        for line in try DataFile.lines("squad2/paragraphs.jsonl") {
            let value = try JSONValue(parsing: Array(line.utf8))
            guard let id = value["id"]?.string, let title = value["title"]?.string,
                let text = value["text"]?.string
            else { throw BenchmarkError.badLine(file: "squad2/paragraphs.jsonl", line: places.count + 1) }
            if articles.last?.name != title {
                articles.append((title, "# " + title.split(separator: "_").joined(separator: " ")))
            }
            let start = articles[articles.count - 1].content.utf8.count + 2
            articles[articles.count - 1].content += "\n\n" + text
            places[id] = (title, start..<start + text.utf8.count)
        }
        let odd = Set(
            Set(articles.map(\.name)).sorted().enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
        let questions = try DataFile.lines("squad2/questions.jsonl").compactMap { line -> Question? in
            let value = try JSONValue(parsing: Array(line.utf8))
            guard value["answerable"]?.bool == true, let text = value["question"]?.string,
                let place = value["paragraph"]?.string.flatMap({ places[$0] })
            else { return nil }
            return Question(
                text: text, sources: [place.source], bytes: place.bytes,
                isChosenOn: odd.contains(place.source))
        }
        return (articles.map { ($0.name, .markdown, $0.content) }, questions)
    }

    /// An abstract a document. Settings were chosen on the claims for training.
    private static func scifact() throws -> (
        sources: [(name: String, format: DocumentFormat, content: String)], questions: [Question]
    ) {
        let sources = try DataFile.lines("scifact/corpus.jsonl").enumerated().map { number, line in
            let value = try JSONValue(parsing: Array(line.utf8))
            guard let id = name(value["id"]), let title = value["title"]?.string,
                let text = value["text"]?.string
            else { throw BenchmarkError.badLine(file: "scifact/corpus.jsonl", line: number + 1) }
            return (name: id, format: DocumentFormat.markdown, content: "# \(title)\n\n\(text)")
        }
        let questions = try ["train", "dev"].flatMap { part in
            try DataFile.lines("scifact/claims_\(part).jsonl").compactMap { line -> Question? in
                let value = try JSONValue(parsing: Array(line.utf8))
                guard let claim = value["claim"]?.string else { return nil }
                return Question(
                    text: claim, sources: Set(value["cited"]?.elements?.compactMap(name) ?? []),
                    isChosenOn: part == "train")
            }
        }
        return (sources, questions)
    }

    private static func name(_ value: JSONValue?) -> String? {
        value.flatMap { $0.string ?? $0.integer.map { "\($0)" } }
    }
}
