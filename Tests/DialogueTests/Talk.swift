import Dialogue
import Testing

/// A dialogue with the two tasks of the tests, said with what a head and the recognisers would make of it.
struct Talk {
    private(set) var state = DialogueState(session: "s", createdAt: 0)
    private(set) var record: [(UserTurn, Decision)] = []
    private(set) var developments: [Development] = []
    let book: TaskBook

    static let today = "2026-01-09"

    init(_ book: TaskBook = .clinic) { self.book = book }

    /// Says a sentence.
    ///
    /// - Parameters:
    ///   - dates: words and the days they may mean.
    ///   - times: words and the times they may mean.
    ///   - move: an admissible one that is made instead of the usual one.
    /// - Returns: the reply.
    @discardableResult
    mutating func say(
        _ text: String, _ intent: String = "request_data", confidence: Double = 0.9,
        begins task: String? = nil, yes answer: Bool? = nil, dates: [String: [String]] = [:],
        times: [String: [String]] = [:], correction: IntentCorrection? = nil,
        then further: (task: String, words: String)? = nil,
        isFresh: Bool = false,
        rows: [String]? = nil, choosing move: Move? = nil
    ) -> String {
        let turn = UserTurn(
            number: state.turns + 1, isFresh: isFresh, text: text, time: Int64(state.turns),
            today: Self.today,
            intent: intent, confidence: confidence, isOutOfScope: false,
            candidates: candidates(text, dates, times), answer: answer, task: task,
            further: further.flatMap { further in
                text.range(of: further.words).map {
                    let start = text.utf8.distance(from: text.startIndex, to: $0.lowerBound)
                    return [FurtherTask(task: further.task, start: start)]
                }
            }, correction: correction)
        let development = state.take(turn, in: book)
        let usual = Rules.decide(state, after: development, in: book)
        if let move { #expect(usual.admissible.contains(move)) }
        let decision =
            move.map {
                Decision(
                    move: $0, then: nil, rule: usual.rule, admissible: usual.admissible, propensity: 0.1)
            } ?? usual
        let reply = ReplyWording(book).reply(
            to: decision, after: development, state, found: rows.map(FoundData.rows))
        state.follow(decision)
        record.append((turn, decision))
        developments.append(development)
        return reply
    }

    var action: Action? { record.last?.1.move.action }
    var admissible: [Move] { record.last?.1.admissible ?? [] }
    var rule: Rule? { record.last?.1.rule }
    var values: [String: String] { (state.goal ?? state.completed)?.slots.mapValues(\.value) ?? [:] }

    private func candidates(
        _ text: String, _ dates: [String: [String]], _ times: [String: [String]]
    ) -> [SlotCandidate] {
        let listed = book.lists.flatMap { $0.values(in: text) }
        let found = dates.map { ("date", $0.key, $0.value) } + times.map { ("time", $0.key, $0.value) }
        let placed = found.compactMap { type, words, values in
            text.range(of: words).map { range in
                let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
                return SlotCandidate(
                    type: type, text: words, values: values, bytes: start..<start + words.utf8.count,
                    confidence: 1)
            }
        }
        return (listed + placed).sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }
    }
}

extension String {
    fileprivate func range(of words: String) -> Range<String.Index>? { ranges(of: words).first }
}

extension TaskBook {
    /// A visit, with somebody and with a reminder if that is wanted.
    static let visits = TaskBook(
        tasks: [
            DialogueTask(
                name: "book_visit", intents: ["book_visit"], examples: [],
                slots: [
                    Slot(
                        name: "date", type: .entity(.date), isRequired: true,
                        question: template("Which day?"),
                        needsConfirmation: false, validation: Validation(side: .future)),
                    Slot(
                        name: "specialist", type: .named("specialist"), isRequired: false,
                        question: template("With whom?"), needsConfirmation: false),
                    Slot(
                        name: "reminder_time", type: .entity(.time), isRequired: false,
                        question: template("Reminded when?"), needsConfirmation: false),
                ],
                action: Action(rawValue: "book_visit"),
                confirmation: template(
                    "Book {date.value}[ with the {specialist.value}][, reminder at {reminder_time.value}]?"),
                reply: template("Booked."), nothingFound: nil, data: nil)
        ],
        lists: [WordList(name: "specialist", words: ["dentist": [], "nurse": [], "doctor": []])])

    static let clinic = TaskBook(
        tasks: [
            DialogueTask(
                name: "get_report", intents: ["request_data"], examples: [],
                slots: [
                    Slot(
                        name: "report_type", type: .named("report_type"), isRequired: true,
                        question: template("Which report?"), needsConfirmation: false),
                    Slot(
                        name: "date", type: .entity(.date), isRequired: true,
                        question: template("From which day?"),
                        needsConfirmation: false, validation: Validation(side: .past)),
                ],
                action: .fetchData, confirmation: nil,
                reply: template("Your {report_type} from {date}: {rows}"),
                nothingFound: template("There is no {report_type} from {date.value}."),
                data: .records(
                    RecordQuery(
                        file: "reports.jsonl", matches: ["type": "report_type", "date": "date"], columns: []))
            ),
            DialogueTask(
                name: "book_appointment", intents: ["book_appointment"], examples: [],
                slots: [
                    Slot(
                        name: "day", type: .entity(.date), isRequired: true,
                        question: template("On which day?"),
                        needsConfirmation: false, validation: Validation(side: .future)),
                    Slot(
                        name: "time", type: .entity(.time), isRequired: true,
                        question: template("At what time?"),
                        needsConfirmation: false, validation: Validation(hours: 480...1080)),
                    Slot(
                        name: "reason", type: .text, isRequired: false, question: template("What for?"),
                        needsConfirmation: false),
                ],
                action: Action(rawValue: "book_appointment"),
                confirmation: template("Book {day.value} at {time.value}?"),
                reply: template("Booked for {day.value} at {time.value}."),
                nothingFound: nil, data: nil),
        ],
        lists: [
            WordList(
                name: "report_type",
                words: ["blood_test": ["blood test", "blood work"], "x_ray": ["x-ray", "xray"]])
        ])
}

/// A template that is one.
func template(_ source: String) -> Template {
    do {
        return try Template(source)
    } catch {
        preconditionFailure("\(error)")
    }
}
