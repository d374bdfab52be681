import Entities
import Grounding
import Testing

/// What a reply may say, and what it may not, when the clock shows Friday, 9 January 2026, 10:00.
@Suite struct FactCheckTests {
    private static let recognizer = EntityRecognizer()

    private func unsupported(_ sentence: String, in passages: [String], said: [String] = []) throws
        -> [String]
    {
        let reference = try #require(ReferenceTime(rfc3339: "2026-01-09T10:00:00Z"))
        let check = FactCheck(
            passages: passages, said: said, at: reference, recognizer: Self.recognizer)
        let facts = check.unsupported(in: sentence)
        for fact in facts {
            #expect(String(decoding: Array(sentence.utf8)[fact.span], as: UTF8.self) == fact.text)
        }
        return facts.map(\.text)
    }

    private static let blood = """
        Report: blood test of 2026-01-08
        Hemoglobin: 13.4 g/dL, Glucose: 5.1 mmol/L
        Cholesterol: 180 mg/dL, Ferritin: 40 ng/mL
        """
    private static let curie = """
        Marie Skłodowska Curie was born in Warsaw on 7 November 1867. She won two Nobel Prizes, in 1903 and 1911. \
        Her laboratory had 1,000 visitors. It cost $12 to enter, and 20% of the visitors were students.
        """
    private static let people =
        "Name: Alice Brown, Age: 34, Mail: alice@example.org\nName: Bob Stone, Age: 29, Phone: +49 30 1234567"

    @Test(arguments: [
        // Amounts and their units
        (blood, "Your hemoglobin was 13.4 g/dl."), (blood, "The hemoglobin is 13.4."),
        (blood, "Hemoglobin: 13.40 g/dL."), (blood, "13.4 g/dL"), (blood, "Glucose is 5.1 mmol/l."),
        (blood, "Hemoglobin is 13.4 g/dL and glucose is 5.1 mmol/L."),
        (blood, "Your cholesterol, as measured, was 180 mg/dL."), (blood, "The ferritin was 40 ng/mL."),
        ("value: 13.4, unit: g/dL", "The value is 13.4 g/dL."),
        ("The road is 5 km long.", "It is five kilometres long."),
        ("It weighs 2.5 kg.", "It weighs 2.5 kilograms."),
        ("The fever was 38.5 °C.", "The fever was 38.5 degrees Celsius."),
        ("It takes 90 minutes.", "It takes 1.5 hours."), ("It costs 12 euros.", "The cost is €12."),
        ("US prices rose from US$3 per barrel.", "Prices rose from $3."), (curie, "It cost 12 dollars."),
        (curie, "20 percent of the visitors were students."),
        // Numbers
        (curie, "The laboratory had 1000 visitors."), (curie, "She won 2 Nobel Prizes."),
        (curie, "She won two Nobel Prizes."), ("There are 3 dogs.", "There are three dogs."),
        ("About 1.2 million people live there.", "About 1,200,000 people live there."),
        ("She finished 3rd.", "She finished third."),
        ("It holds between 20 and 30 people.", "It holds 20 to 30 people."),
        (curie, "One of her prizes was the first of its kind."),
        // Times
        (blood, "The blood test was yesterday."), (blood, "The report is of Jan 8."),
        (blood, "The report is of 8 January 2026."), (blood, "The report is of January 2026."),
        (blood, "The report is of 2026."), ("The meeting is at 17:00.", "The meeting is at 5 pm."),
        (curie, "She was born in 1867."), (curie, "She was born in November 1867."),
        (curie, "She was born on November 7th, 1867."), (curie, "She was honoured in 1903."),
        ("The embargo began in October 1973.", "It began in 1973."),
        ("It has been open since 1974.", "It opened in 1974."),
        ("The shop is open now.", "The shop is now open."), ("She came on Monday.", "She came on Monday."),
        // Names
        (curie, "MARIE CURIE was born in Warsaw."), (curie, "Curie's laboratory had visitors."),
        (curie, "Marie Sklodowska Curie won Nobel prizes."), (curie, "Visitors were students."),
        (curie, "Marie Curie."), ("The Anglo-Norman kings ruled.", "The Normans ruled."),
        ("The U.S. prices rose.", "Prices in the US rose."), ("Vitamin B12 was normal.", "B12 was normal."),
        ("The Zürich office is closed.", "The Zurich office is closed."),
        ("The COVID-19 test was negative.", "The COVID-19 test was negative."),
        (curie, "According to the passage, she was born in Warsaw."), (curie, "Yes, she was born in Warsaw."),
        (curie, "I think she's from Warsaw."),
        // Addresses
        (people, "Write to alice@example.org."), (people, "Write to Alice@Example.org."),
        (people, "Call +49 30 1234567."),
        ("See https://example.org/help for more.", "See https://example.org/help."),
        // Records
        (people, "Alice Brown is 34."), (people, "Bob is 29 and Alice is 34."), (people, "Bob's age is 29."),
        // Denials
        ("There is no blood test on 8 January.", "There is no blood test on January 8."),
        ("The old bridge was not destroyed.", "The old bridge wasn't destroyed."),
        ("Warsaw, which was never a port, is the capital of Poland.", "Warsaw is the capital of Poland."),
        ("No, the museum is open.", "The museum is open."),
    ])
    func `what the context says is supported`(context: String, sentence: String) throws {
        #expect(try unsupported(sentence, in: [context]) == [])
    }

    @Test(arguments: [
        // Amounts and their units
        (blood, "Your hemoglobin was 13.5 g/dL.", ["13.5 g/dL"]),
        (blood, "Hemoglobin is 13.4 mg/dL.", ["13.4 mg/dL"]),
        (blood, "Hemoglobin is 134 g/dL.", ["134 g/dL"]), (blood, "Hemoglobin is 13.4 %.", ["13.4 %"]),
        ("The road is 5 km long.", "It is 5 miles long.", ["5 miles"]),
        ("The fever was 38.5 °C.", "The fever was 38.5 °F.", ["38.5 °F"]),
        ("It takes 90 minutes.", "It takes 90 hours.", ["90 hours"]),
        ("It costs 12 euros.", "It costs $12.", ["$12"]),
        (curie, "20 visitors were students.", ["20"]), (curie, "It cost €12 to enter.", ["€12"]),
        (curie, "21 % of the visitors were students.", ["21 %"]),
        // Numbers of other labels and names
        ("Hemoglobin 13.4, Glucose 5.1", "Glucose is 13.4.", ["13.4"]),
        (blood, "Glucose is 13.4 g/dL.", ["13.4 g/dL"]),
        (blood, "Hemoglobin is 5.1 mmol/L and glucose is 13.4 g/dL.", ["5.1 mmol/L", "13.4 g/dL"]),
        (blood, "Your ferritin, as measured, was 180 mg/dL.", ["180 mg/dL"]),
        (people, "Bob is 34.", ["34"]), (people, "Alice Brown is 29 and Bob is 34.", ["29", "34"]),
        ("Alice is 34. Bob is 29.", "Bob is 34.", ["34"]), ("There are 3 cats.", "There are 3 dogs.", ["3"]),
        // Numbers
        (curie, "She won three Nobel Prizes.", ["three"]),
        (curie, "The laboratory had 100 visitors.", ["100"]),
        (curie, "The laboratory had 10,000 visitors.", ["10,000"]),
        ("She finished 3rd.", "She finished fourth.", ["fourth"]),
        ("Vitamin B12 was normal.", "There were 12 tests.", ["12"]),
        ("Room L202 is free.", "There are 202 rooms.", ["202"]),
        ("The COVID-19 test was negative.", "There were 19 tests.", ["19"]),
        ("It holds between 20 and 30 people.", "It holds 20 to 40 people.", ["20 to 40"]),
        // Times
        (blood, "The blood test was today.", ["today"]),
        (blood, "The report is of 7 January 2026.", ["7 January 2026"]),
        (blood, "The report is of 8 January 2025.", ["8 January 2025"]),
        (blood, "The report is of 8 February.", ["8 February"]),
        (blood, "The blood test was on Monday.", ["Monday"]), (curie, "She was born in 1868.", ["1868"]),
        (curie, "She was born in December 1867.", ["December 1867"]),
        ("The meeting is at 17:00.", "The meeting is at 6 pm.", ["6 pm"]),
        ("The embargo began in October 1973.", "It began on 5 October 1973.", ["5 October 1973"]),
        (curie, "She won a prize two years ago.", ["two years ago"]),
        // Names
        (curie, "Pierre Curie was born in Warsaw.", ["Pierre Curie"]),
        (curie, "She was born in Paris.", ["Paris"]),
        (curie, "Paris is where she was born.", ["Paris"]), (curie, "The Polish scientist won.", ["Polish"]),
        ("John Brown met Ann Smith.", "John Smith met her.", ["John Smith"]),
        ("Vitamin B12 was normal.", "Vitamin B6 was normal.", ["Vitamin B6"]),
        ("The COVID-19 test was negative.", "The COVID-20 test was negative.", ["COVID-20"]),
        (curie, "NASA paid for it.", ["NASA"]), (curie, "She said: Einstein helped.", ["Einstein"]),
        // Addresses
        (people, "Write to bob@example.org.", ["bob@example.org"]),
        (people, "Call +49 30 1234568.", ["+49 30 1234568"]),
        (
            "See https://example.org/help for more.", "See https://example.com/help.",
            ["https://example.com/help"]
        ),
        // Denials
        (
            "There is no blood test on 8 January.", "There is a blood test on 8 January.",
            ["There is a blood test on"]
        ),
        (
            "The old bridge was not destroyed.", "The old bridge was destroyed.",
            ["The old bridge was destroyed"]
        ),
        ("The museum opens on Sundays.", "The museum never opens on Sundays.", ["never"]),
        ("The treaty was signed in Paris.", "The treaty was not signed in Paris.", ["not"]),
    ])
    func `what the context does not say is found`(context: String, sentence: String, expected: [String])
        throws
    {
        #expect(try unsupported(sentence, in: [context]) == expected)
    }

    @Test(arguments: [
        ("Is it 12 km to Kraków?", "It is 12 km to Krakow.", []),
        ("Where does Bob live?", "Bob lives in Rome.", ["Rome"]),
        ("I was there on 3 May.", "You were there on 3 May.", []), ("Call me Zoë.", "Sorry, Zoe.", []),
    ])
    func `what the user said may be repeated`(said: String, sentence: String, expected: [String]) throws {
        #expect(try unsupported(sentence, in: [], said: [said]) == expected)
    }

    @Test func `facts are told with their kinds in the sentence's order`() throws {
        let reference = try #require(ReferenceTime(rfc3339: "2026-01-09T10:00:00Z"))
        let check = FactCheck(passages: [Self.blood], said: [], at: reference)
        let facts = check.facts(in: "Hemoglobin was 13.4 g/dL yesterday, says Dr Grey.")
        #expect(facts.map(\.fact.kind) == [.amount, .time, .name])
        #expect(facts.map(\.isSupported) == [true, true, false])
    }

    @Test(arguments: ["", " ", "…", "\u{0}", "13.4 g/dL ", String(repeating: "Ab 1 ", count: 2_000)])
    func `any text is read`(text: String) throws {
        #expect(try unsupported(text, in: [text]) == [])
    }
}
