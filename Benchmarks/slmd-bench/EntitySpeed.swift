import ArgumentParser
import Entities

/// What finding entities costs: start-up, short sentences, and the worst of texts.
struct EntitySpeed: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Time the recogniser of entities.")

    private static let reference = ReferenceTime(rfc3339: "2016-11-07T16:12:00+01:00")

    private static let sentences = [
        "I need my blood test report from Monday", "Book a table for 4 at 7pm tomorrow, please",
        "Send 25 euros to bob@example.org and call +44 20 7946 0958", "no, the 9th",
        "I weigh 82.5 kg and I'm 6 feet 1 inch tall", "What did I spend between March 3 and last Friday?",
    ]
    /// Repeated until nothing more is read.
    private static let repeated = [
        "one ", "1,1", "1 ", "twenty-", "one and ", "1.1.", "a@", "a.b.", "::", "(1", "+1-", "$1 ",
        "1 dollar ",
        "hundred ", "half a ", "1/", "one out of ", "between 1 and ", "one million ", "fifths ", "one fifth ",
        "5 feet 2 ", "http://a.b/", "#", "x'", "\u{301}", "é", "1e1", "\"1\"", "> 1 or more ", "no ", "1-",
        "12 ",
        "urn:uuid:", "1 in ", "one hundred and ", "minus ", "monday ", "next ", "every other ", "from 3 to ",
        "may 5 ", "at 5 ", "the day before ", "1:1", "2010-10-", "5pm-", "last year and ",
        "two weeks before ",
    ]
    /// One of each class of words that the grammars tell apart: any two of them are repeated, too.
    private static let classes = [
        "may", "monday", "mondays", "day", "days", "h", "summer", "morning", "mornings", "lunch", "am",
        "next",
        "tomorrow", "now", "few", "end", "monthly", "twenties", "before", "since", "around", "christmas",
        "est",
        "within", "of", "the", "from", "to", "between", "and", "or", "at", "on", "in", "by", "every", "other",
        "half", "past", "quarter", "ago", "week", "year", "first", "last", "5", "31", "2015", "1,234",
        "20150131",
        "5th", "five", "twenty", "hundred", "million", "fifths", "point", "minus", "out", "more", "than",
        "dozen",
        "%", "percent", "$", "dollars", "cents", "feet", "inches", "km", "degrees", "celsius", "years", "old",
        "no", "yes", "a@b.org", "http://a.b", "#", "@", "::", "1.1", "+44", "(", ")", "-", "/", ":", ",", ".",
        "'", "\"", "^", "~", "½", "é",
    ]

    func run() throws {
        var missed = false
        func report(_ what: String, asked: Double, measured: Double, unit: String) {
            missed = missed || measured > asked
            print("\(what): asked \(asked) \(unit), measured \((measured * 100).rounded() / 100) \(unit)")
        }
        let opening = median(of: 9) { _ = EntityRecognizer() }
        report("opening the grammars", asked: 50, measured: opening * 1e3, unit: "ms")
        let recognizer = EntityRecognizer()
        for sentence in Self.sentences {
            let time = median(of: 99) {
                for _ in 0..<10 { _ = recognizer.entities(in: sentence, at: Self.reference) }
            }
            report("\"\(sentence)\"", asked: 100, measured: time * 1e5, unit: "µs")
        }
        let pieces = Self.repeated + pairs
        let slowest = pieces.map { ($0, time(repeating: $0, runs: 1, recognizer)) }
            .sorted { $0.1 > $1.1 }.prefix(Self.timedAgain)
        // The machine does something else, too.
        let again = slowest.map { ($0.0, time(repeating: $0.0, runs: 9, recognizer)) }
        for (piece, time) in again where time > 0.05 {
            print("\(piece.debugDescription)…: \((time * 1e5).rounded() / 100) ms")
        }
        if let worst = again.max(by: { $0.1 < $1.1 }) {
            report(
                "the worst of \(pieces.count) texts, \(worst.0.debugDescription)…", asked: 50,
                measured: worst.1 * 1e3, unit: "ms")
        }
        if missed { throw ExitCode.failure }
    }

    private static let timedAgain = 20

    private var pairs: [String] {
        Self.classes.flatMap { first in
            Self.classes.map { second in first == second ? "\(first) " : "\(first) \(second) " }
        } + Self.classes
    }

    /// Of a text as long as is read, in seconds.
    private func time(repeating piece: String, runs: Int, _ recognizer: EntityRecognizer) -> Double {
        let text = String(repeating: piece, count: EntityRecognizer.longestText / piece.utf8.count + 1)
        return median(of: runs) { _ = recognizer.entities(in: text, at: Self.reference) }
    }

    /// Of the seconds `body` takes.
    private func median(of runs: Int, _ body: () -> Void) -> Double {
        let times = (0..<runs).map { _ in ContinuousClock().measure(body) }
        return times.sorted()[runs / 2] / .seconds(1)
    }
}
