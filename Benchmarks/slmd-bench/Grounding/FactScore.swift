import Entities
import Grounding

/// What the check of facts does with sentences of the test articles, as they are and with a fact changed.
struct FactScore {
    private(set) var passed = 0.0
    private(set) var numbersFound = 0.0
    private(set) var namesFound = 0.0

    init(_ texts: GroundingTexts) throws {
        guard let reference = ReferenceTime(rfc3339: "2026-01-09T10:00:00Z") else { return }
        let recognizer = EntityRecognizer()
        var (sentences, clean, numbers, foundNumbers, names, foundNames) = (0, 0, 0, 0, 0, 0)
        for (index, passage) in texts.passages.enumerated()
        where texts.data.test.contains(texts.data.paragraphs[index].article) {
            let check = FactCheck(
                passages: [passage.text], said: [], at: reference, recognizer: recognizer)
            for sentence in passage.sentences {
                sentences += 1
                if check.unsupported(in: sentence.text).isEmpty { clean += 1 }
                let facts = check.facts(in: sentence.text).filter(\.isSupported).map(\.fact)
                if let changed = facts.lazy.compactMap({ Self.numberChanged($0, sentence.text) }).first(
                    where: { !passage.text.contains($0.number) })
                {
                    numbers += 1
                    if !check.unsupported(in: changed.text).isEmpty { foundNumbers += 1 }
                }
                if let name = facts.first(where: { $0.kind == .name && $0.span.lowerBound > 0 }) {
                    names += 1
                    let changed = Self.replacing(name.span, by: "Zanzibar", in: sentence.text)
                    if !check.unsupported(in: changed).isEmpty { foundNames += 1 }
                }
            }
        }
        passed = Double(clean) / Double(max(1, sentences))
        numbersFound = Double(foundNumbers) / Double(max(1, numbers))
        namesFound = Double(foundNames) / Double(max(1, names))
    }

    /// The sentence with the first digit of a fact made another, and the number it then has.
    private static func numberChanged(_ fact: Fact, _ sentence: String) -> (number: String, text: String)? {
        guard [.number, .amount, .time].contains(fact.kind),
            let digit = fact.text.firstIndex(where: { "0"..."9" ~= $0 })
        else { return nil }
        let number = String(fact.text[digit...].prefix { $0.isNumber })
        let other = number.first == "7" ? "8" + number.dropFirst() : "7" + number.dropFirst()
        let changed = fact.text[..<digit] + other + fact.text[digit...].dropFirst(number.count)
        return (other, replacing(fact.span, by: String(changed), in: sentence))
    }

    private static func replacing(_ span: Range<Int>, by text: String, in sentence: String) -> String {
        let bytes = Array(sentence.utf8)
        return String(
            decoding: bytes[..<span.lowerBound] + Array(text.utf8) + bytes[span.upperBound...], as: UTF8.self)
    }
}
