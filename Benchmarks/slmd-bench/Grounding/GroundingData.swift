import Glibc
import Grounding
import JSON
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// SQuAD 2.0's slice: questions that their paragraph answers, and questions written beside them that it does not.
struct GroundingData {
    struct Question {
        let paragraph: Int
        let text: String
        let isAnswerable: Bool
        /// Reference answers; of an unanswerable question what may be mistaken for one.
        let answers: [String]
        /// Where the reference answers begin in the paragraph, in bytes.
        let starts: [Int]
    }

    /// In the order of the file.
    let articles: [String]
    let paragraphs: [(article: Int, text: String)]
    let questions: [Question]

    /// The head is fitted to all articles but so many, the last of the file; its settings, too.
    private static let testArticles = 2

    var training: Set<Int> { Set(articles.indices.dropLast(Self.testArticles)) }
    var test: Set<Int> { Set(articles.indices.suffix(Self.testArticles)) }

    init() throws {
        var (articles, paragraphs, places) = ([String](), [(article: Int, text: String)](), [String: Int]())
        for (id, title, text) in try Self.strings(["id", "title", "text"], "squad2/paragraphs.jsonl") {
            if articles.last != title { articles.append(title) }
            places[id] = paragraphs.count
            paragraphs.append((articles.count - 1, text))
        }
        let file = "squad2/questions.jsonl"
        questions = try DataFile.lines(file).enumerated().map { number, line in
            let value = try JSONValue(parsing: Array(line.utf8))
            guard let name = value["paragraph"]?.string, let paragraph = places[name],
                let text = value["question"]?.string, let isAnswerable = value["answerable"]?.bool
            else { throw BenchmarkError.badLine(file: file, line: number + 1) }
            return Question(value, paragraph, paragraphs[paragraph].text, text, isAnswerable)
        }
        self.articles = articles
        self.paragraphs = paragraphs
    }

    private static func strings(_ keys: [String], _ file: String) throws -> [(String, String, String)] {
        try DataFile.lines(file).enumerated().map { number, line in
            let value = try JSONValue(parsing: Array(line.utf8))
            let found = keys.compactMap { value[$0]?.string }
            guard found.count == 3 else { throw BenchmarkError.badLine(file: file, line: number + 1) }
            return (found[0], found[1], found[2])
        }
    }

    func article(of question: Question) -> Int { paragraphs[question.paragraph].article }
}

extension GroundingData.Question {
    fileprivate init(
        _ value: JSONValue, _ paragraph: Int, _ passage: String, _ text: String, _ isAnswerable: Bool
    ) {
        let answers = value["answers"]?.elements ?? []
        self.paragraph = paragraph
        self.text = text
        self.isAnswerable = isAnswerable
        self.answers =
            isAnswerable
            ? answers.compactMap { $0["text"]?.string }
            : value["plausible"]?.elements?.compactMap(\.string) ?? []
        starts = answers.compactMap { $0["start"]?.integer }.map {
            String(String.UnicodeScalarView(passage.unicodeScalars.prefix($0))).utf8.count
        }
    }
}

/// The data with its vectors: what the head is fitted to and measured on.
final class GroundingTexts {
    let data: GroundingData
    let passages: [ContextPassage]
    private let tokenizer: WordPiece
    private let encoder: SentenceEncoder
    private var vectors: [String: Embedding] = [:]

    init(_ data: GroundingData) throws {
        self.data = data
        let models = unsafe getenv("SLMD_MODELS").map { unsafe String(cString: $0) } ?? "models"
        let tokenizer = try WordPiece(directory: "\(models)/all-MiniLM-L6-v2")
        let encoder = try SentenceEncoder(
            directory: "\(models)/all-MiniLM-L6-v2", precision: .int8, pool: ComputePool(threads: 2))
        self.tokenizer = tokenizer
        self.encoder = encoder
        passages = try data.paragraphs.enumerated().map { index, paragraph in
            let sentences = ContextPassage.sentences(of: paragraph.text)
            let vectors = try Self.encode(sentences, tokenizer, encoder)
            return ContextPassage(id: Int64(index), text: paragraph.text, vectors: vectors)
        }
    }

    private static func encode(
        _ texts: [String], _ tokenizer: WordPiece, _ encoder: SentenceEncoder
    ) throws -> [Embedding] {
        let tokens = try texts.map {
            try tokenizer.encode($0, limit: encoder.maximumTokens, overflow: .truncate).ids
        }
        return encoder.encode(tokens).map(\.sentence)
    }

    func vector(_ text: String) throws -> Embedding {
        if let known = vectors[text] { return known }
        let vector = try Self.encode([text], tokenizer, encoder)[0]
        vectors[text] = vector
        return vector
    }

    /// The passages whose best sentence is nearest to a question, among those of some articles.
    func nearest(_ count: Int, to question: GroundingData.Question, in articles: Set<Int>) throws -> [Int] {
        let vector = try vector(question.text)
        let scored = passages.indices.filter { articles.contains(data.paragraphs[$0].article) }.map { index in
            (index: index, score: passages[index].sentences.map { $0.vector.cosine(to: vector) }.max() ?? -1)
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(count).map(\.index)
    }

    /// Which sentences of its paragraph hold a reference answer.
    func holdsAnswer(_ question: GroundingData.Question) -> [Bool] {
        passages[question.paragraph].sentences.map { sentence in
            question.starts.contains { sentence.span.contains($0) }
        }
    }
}

/// How often a value of one kind is above one of the other; 0.5 where they are alike.
func areaUnderCurve(positive: [Float], negative: [Float]) -> Double {
    let all = (positive.map { ($0, true) } + negative.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var (below, wins, index) = (0.0, 0.0, 0)
    while index < all.count {
        let end = all[index...].firstIndex { $0.0 > all[index].0 } ?? all.count
        let positives = Double(all[index..<end].count { $0.1 })
        let negatives = Double(end - index) - positives
        wins += positives * (below + negatives / 2)
        below += negatives
        index = end
    }
    return wins / (Double(positive.count) * Double(negative.count))
}

/// The value that so large a share of all is below.
func quantile(_ share: Double, of values: [Float]) -> Float {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
}
