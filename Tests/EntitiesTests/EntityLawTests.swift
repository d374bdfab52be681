import Entities
import Testing

private let recognizer = EntityRecognizer()

@Suite struct EntityLawTests {
    private static let texts = [
        "Send 25 euros to bob@example.org and call +44 20 7946 0958 about the 3rd bill, half a million in all",
        "Ünïcödé 👌🏽 100元 is ⅔ of 5 feet 2 inches — or #naïve @a 10.0.0.1",
        "between 20 and 30 percent of -5 °C, 87 yo, 1,234,567.89 and more than 3/4",
    ]

    @Test(arguments: texts)
    func `an entity's text is what stands at its bytes and at its characters`(text: String) {
        let (utf8, scalars) = (Array(text.utf8), Array(text.unicodeScalars))
        let entities = recognizer.entities(in: text)
        #expect(entities.count > 3)
        for entity in entities {
            #expect(utf8[entity.bytes].elementsEqual(entity.text.utf8))
            #expect(scalars[entity.characters].elementsEqual(entity.text.unicodeScalars))
        }
    }

    @Test(arguments: texts)
    func `entities are in order and none is over another`(text: String) {
        let ranges = recognizer.entities(in: text).map(\.bytes)
        for (earlier, later) in zip(ranges, ranges.dropFirst()) {
            #expect(earlier.upperBound <= later.lowerBound)
        }
    }

    @Test(arguments: texts)
    func `words before a text move its entities and change nothing else`(text: String) {
        let (alone, moved) = (recognizer.entities(in: text), recognizer.entities(in: "Well then: " + text))
        let kinds: Set<EntityKind> = [.boolean]
        let before = alone.filter { !kinds.contains($0.kind) }
        let after = moved.filter { !kinds.contains($0.kind) }
        #expect(before.map(\.value) == after.map(\.value))
        #expect(before.map { $0.bytes.lowerBound + 11 } == after.map(\.bytes.lowerBound))
    }

    @Test(arguments: [
        "", " ", "\u{0}", "\u{FEFF}", "\u{301}\u{301}", "....", "((((", "1e", "1^", "1e99999", "-", "+", "@",
        "://", "#",
        "99999999999999999999999999", "1/0", "one over zero", "0/1",
        "100 trillion trillion trillion trillion",
        "1.1.1.1.1.1.1", "::::::", "a@@b", "$", "½½½", "\r\n", "1\u{202F}234", "%%%", "{}",
        "one half half half",
    ])
    func `odd texts have entities in their bounds or none`(text: String) {
        for entity in recognizer.entities(in: text) {
            #expect(entity.bytes.upperBound <= text.utf8.count)
            #expect(!entity.text.isEmpty)
        }
    }

    @Test func `what follows the part that is read has no entities`() {
        let text = String(repeating: "é ", count: EntityRecognizer.longestText) + "5 miles"
        #expect(recognizer.entities(in: text).isEmpty)
        #expect(recognizer.entities(in: "5 miles " + text).map(\.text) == ["5 miles"])
    }

    private static let exact: [(String, Rational?)] = [
        ("one hundred and three and two thirds", Rational(numerator: 311, denominator: 3)),
        ("1,234.5", Rational(numerator: 2469, denominator: 2)),
        ("half a dozen", Rational(numerator: 6, denominator: 1)),
        ("minus twenty-one trillion", Rational(numerator: -21_000_000_000_000, denominator: 1)),
        ("0.1", Rational(numerator: 1, denominator: 10)),
        ("2.5^-1", Rational(numerator: 2, denominator: 5)),
    ]

    @Test(arguments: exact)
    func `numbers are exact`(text: String, expected: Rational?) throws {
        let entity = try #require(recognizer.entities(in: text, of: [.number]).first)
        guard case .number(.exact(let value), _) = entity.value else {
            Issue.record("\(text) is \(entity.value)")
            return
        }
        #expect(value == expected)
    }

    private static let digits: [(Double, String)] = [
        (1e-12, "1E-12"), (0.0001, "0.0001"), (0.00001, "1E-05"), (2.0 / 3, "0.666666666666667"),
        (1e15, "1E+15"),
        (123_456_789_012_345, "123456789012345"), (-0.5, "-0.5"), (0.999_999_999_999_999_9, "1"), (0, "0"),
    ]

    @Test(arguments: digits)
    func `numbers are written to fifteen digits`(value: Double, expected: String) {
        #expect(Number.rounded(value).significantDigits(15) == expected)
    }

    private static let written: [(String, EntityKind, String?)] = [
        ("I'd like half a litre", EntityKind.quantity, "half a litre"),
        ("it was £2.5m", .money, "£2.5m"),
        ("my order is 48213377", .number, "48213377"),
        ("see docs.python.org.", .url, "docs.python.org"),
        ("I am done.It works", .number, nil),
        ("at 6pm", .quantity, nil),
        ("say \"I have 10\" twice", .quantity, nil),
        ("flight BA2490", .number, nil),
        ("yes please", .boolean, "yes"),
        ("invoice no. 20260108-77", .boolean, nil), ("invoice no. 20260108-77", .phone, nil),
        ("No. 5 is too many", .boolean, "No"), ("phone no. 555-123-4567", .phone, "555-123-4567"),
        ("he said '5' and \"7\"", .quantity, nil), ("rock of the 60's", .quantity, nil),
        ("5'11\" tall", .quantity, "5'11\""), ("13.4 g/dL", .quantity, "13.4 g/dL"),
        ("more than 3 kg", .quantity, "3 kg"),
        ("the second-to-last page", .ordinal, "second-to-last"),
    ]

    @Test(arguments: written)
    func `what people write`(text: String, kind: EntityKind, expected: String?) {
        let found = recognizer.entities(in: text).first { $0.kind == kind }
        #expect(found?.text == expected)
    }
}
