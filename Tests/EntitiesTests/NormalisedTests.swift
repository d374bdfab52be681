import Entities
import Testing

/// What is relative is so to Monday, 7 November 2016, 16:12.
@Suite struct NormalisedTests {
    private static let recognizer = EntityRecognizer()

    private func normalised(_ text: String, leaning lean: TimeLean = .future) throws -> [String] {
        let reference = try #require(ReferenceTime(rfc3339: "2016-11-07T16:12:00+01:00"))
        return Self.recognizer.entities(in: text, at: reference).map {
            "\($0.kind.rawValue) \($0.value.normalised(leaning: lean, at: reference) ?? "none")"
        }
    }

    @Test(arguments: [
        ("it was 1,234.50", "number 1234.5"), ("two thirds of it", "number 2/3"),
        ("the 3rd page", "ordinal 3"), ("the second-to-last page", "ordinal end-1"),
        ("the last page", "ordinal end"), ("20 percent", "percentage 20%"),
        ("between 20 and 30 apples", "numberrange [20,30)"), ("more than 3 apples", "numberrange (3,)"),
        ("it costs 12.5 euros", "money 12.50 EUR"), ("it costs 12 euros", "money 12 EUR"),
        ("it costs $25", "money 25 dollar"), ("I have five kilos", "quantity 5 kg"),
        ("it drives 100 km/h", "quantity 100 km/h"), ("a flat of 60 square metres", "quantity 60 m²"),
        ("half a litre", "quantity 0.5 L"), ("he is 87 years old", "age 87 year"),
        ("it is -5 °C", "temperature -5 °C"), ("yes please", "boolean yes"), ("nope", "boolean no"),
        ("mail bob@example.org", "email bob@example.org"), ("haemoglobin 13.4 g/dL", "quantity 13.4 g/dL"),
        ("a sugar of 5.2 mmol/l", "quantity 5.2 mmol/L"), ("90 mg per decilitre", "quantity 90 mg/dL"),
        ("drip it at 40 ml/h", "quantity 40 mL/h"), ("she is 5'6\" tall", "quantity 5.5 ft"),
        ("he is 5’9", "quantity 5.75 ft"),
    ])
    func `ways of saying the same have one text`(text: String, expected: String) throws {
        #expect(try normalised(text).contains(expected))
    }

    @Test(arguments: [
        ("the results from yesterday", "date 2016-11-06"), ("book it for the 9th", "date 2016-11-09"),
        ("at 5", "time 17:00"), ("at 5 am", "time 05:00"), ("at 9", "time 09:00"), ("at noon", "time 12:00"),
        ("today at 3", "datetime 2016-11-07T15:00"), ("today at 6", "datetime 2016-11-07T18:00"),
        ("Thursday at half past two", "datetime 2016-11-10T14:30"),
        ("last week", "daterange 2016-10-31/2016-11-07"), ("scans since 2014", "daterange 2014-01-01/.."),
        ("between 3 and 5 pm tomorrow", "datetimerange 2016-11-08T15:00/2016-11-08T17:00"),
        ("from 2 to 4", "timerange 14:00/16:00"), ("it takes 90 minutes", "duration PT90M"),
        ("every Monday", "set XXXX-WXX-1"),
        ("every second Tuesday at 8:15", "set XXXX-WXX-2T08:15"), ("every second day", "set P2D"),
        ("every second", "set PT1S"), ("on 30 February 2017", "date none"),
    ])
    func `times that are to come`(text: String, expected: String) throws {
        #expect(try normalised(text) == [expected])
    }

    @Test(arguments: [
        ("what I said on the 9th", "date 2016-10-09"), ("what I said on Thursday", "date 2016-11-03"),
        ("Thursday at half past two", "datetime 2016-11-03T14:30"),
        ("the report of March", "daterange 2016-03-01/2016-04-01"),
        ("today at 3", "datetime 2016-11-07T15:00"),
    ])
    func `times that have been`(text: String, expected: String) throws {
        #expect(try normalised(text, leaning: .past) == [expected])
    }

    private static let nines = String(repeating: "9", count: 400)

    @Test(arguments: [
        ("10^400", "number none"), ("it weighs 1e400 kg", "quantity none"), ("9e999%", "percentage none"),
        ("it costs 1e400 dollars", "money none"), ("more than 1e400 apples", "numberrange none"),
        ("1e-400", "number none"), (nines, "number none"), ("0e4096", "number 0"),
        ("0.\(nines)", "number 1"), ("12.5\(nines)", "number 12.6"),
        ("1.5\(nines.map { _ in "0" }.joined())", "number 1.5"),
        ("0.\(nines.map { _ in "0" }.joined())", "number 0"), ("1e300", "number 1E+300"),
    ])
    func `a number that cannot be told has no value, and the others their own`(
        text: String, expected: String
    ) throws {
        #expect(try normalised(text) == [expected])
    }

    @Test(arguments: [
        "in \(nines) hours", "in \(nines).\(nines) hours", "for \(nines).\(nines) days",
        "0.\(nines) hours ago",
    ])
    func `lengths beyond all time are read, and none is called infinite`(text: String) throws {
        #expect(try !normalised(text).contains { $0.contains("inf") || $0.contains("nan") })
    }

    @Test func `what is exact stays so`() {
        let numbers = ["0.1": "0.1", "1/3": "1/3", "9007199254740993": "9007199254740993"]
        for (text, expected) in numbers {
            let entities = Self.recognizer.entities(in: text, of: [.number])
            guard case .number(let number, _)? = entities.first?.value else {
                Issue.record("\(text) is no number")
                continue
            }
            #expect(number.normalised == expected)
        }
    }
}
