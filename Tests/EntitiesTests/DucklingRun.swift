import Entities
import Foundation

/// A line of duckling's corpus of numerals and ordinals.
struct DucklingCase: Decodable {
    /// `numeral` or `ordinal`.
    let dim: String
    let text: String
    let value: Double
}

enum DucklingRun {
    static let file = "duckling/numeral_ordinal.jsonl"

    static func cases(in data: String) throws -> [DucklingCase] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(data)/duckling_en/numeral_ordinal.jsonl"))
        return try bytes.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(DucklingCase.self, from: Data($0))
        }
    }

    /// A case passes if one entity is the whole text and has the value.
    static func passes(_ spec: DucklingCase, by recognizer: EntityRecognizer) -> Bool {
        let kind = spec.dim == "ordinal" ? EntityKind.ordinal : .number
        guard let entity = recognizer.entities(in: spec.text, of: [kind]).first, entity.text == spec.text
        else {
            return false
        }
        switch entity.value {
        case .number(let number, _): return abs(number.double - spec.value) <= 1e-9 * max(1, abs(spec.value))
        case .ordinal(let ordinal): return ordinal.origin == .start && Double(ordinal.offset) == spec.value
        default: return false
        }
    }
}
