import Entities
import Foundation

/// A line of duckling's corpus of numerals and ordinals.
struct DucklingNumeral: Decodable {
    /// `numeral` or `ordinal`.
    let dim: String
    let text: String
    let value: Double
}

/// A family of duckling's corpora and how it is run.
struct DucklingRun: Sendable {
    /// The name of its file, such as `AmountOfMoney`.
    let family: String
    let kinds: Set<EntityKind>

    static let all = [
        DucklingRun(family: "AmountOfMoney", kinds: [.money]),
        DucklingRun(family: "Distance", kinds: [.quantity]),
        DucklingRun(family: "Duration", kinds: [.duration]),
        DucklingRun(family: "Email", kinds: [.email]),
        DucklingRun(family: "Quantity", kinds: [.quantity]),
        DucklingRun(family: "Temperature", kinds: [.temperature]),
        DucklingRun(
            family: "Time", kinds: [.date, .time, .dateTime, .dateRange, .timeRange, .dateTimeRange]),
        DucklingRun(family: "Volume", kinds: [.quantity]),
    ]

    /// What the corpora are relative to, but for `diffCorpus`.
    private static let reference = ReferenceTime(rfc3339: "2013-02-12T04:30:00-02:00")
    private static let references = ["diffCorpus": ReferenceTime(rfc3339: "2013-02-15T04:30:00-02:00")]

    /// One score for each corpus of the family. A case passes if one entity is the whole text and has the meaning; a case of
    /// a negative corpus, if there is none.
    func scores(in data: String, by recognizer: EntityRecognizer) throws -> [ConformanceScore] {
        let corpora = try DucklingCorpus.named(family, in: data).cases
        return corpora.sorted { $0.key < $1.key }.map { corpus, cases in
            var score = ConformanceScore(
                file: "duckling/\(family).hs" + (corpus == "allExamples" ? "" : " \(corpus)"))
            let reference = Self.references[corpus] ?? Self.reference
            for spec in cases {
                let found = recognizer.entities(in: spec.text, of: kinds, at: reference)
                score.count(Self.passes(spec, found, at: reference)) {
                    "\(spec.text.debugDescription): \(spec.meaning.map { "\($0)" } ?? "nothing"), not \(found.map(\.rendered))"
                }
            }
            return score
        }
    }

    private static func passes(_ spec: DucklingCase, _ found: [Entity], at reference: ReferenceTime?) -> Bool
    {
        guard let meaning = spec.meaning else { return found.isEmpty }
        guard let reference, found.count == 1, found[0].text == spec.text else { return false }
        return DucklingMeaning(of: found[0], at: reference).isMeant(by: meaning)
    }
}

extension DucklingRun {
    /// The corpora of numerals and ordinals. A case passes if one entity is the whole text and has the value.
    static func numerals(in data: String, by recognizer: EntityRecognizer) throws -> ConformanceScore {
        var score = ConformanceScore(file: "duckling/numeral_ordinal.jsonl")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(data)/duckling_en/numeral_ordinal.jsonl"))
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let spec = try JSONDecoder().decode(DucklingNumeral.self, from: Data(line))
            let kind = spec.dim == "ordinal" ? EntityKind.ordinal : .number
            let found = recognizer.entities(in: spec.text, of: [kind])
            score.count(found.first.map { passes(spec, $0) } ?? false) {
                "\(spec.text.debugDescription): \(spec.value), not \(found.map(\.rendered))"
            }
        }
        return score
    }

    private static func passes(_ spec: DucklingNumeral, _ entity: Entity) -> Bool {
        guard entity.text == spec.text else { return false }
        switch entity.value {
        case .number(let number, _): return abs(number.double - spec.value) <= 1e-9 * max(1, abs(spec.value))
        case .ordinal(let ordinal): return ordinal.origin == .start && Double(ordinal.offset) == spec.value
        default: return false
        }
    }
}
