import Dialogue
import Foundation
import Testing

@testable import slmd

@Suite struct TasksFileTests {
    @Test func `every key is read`() throws {
        let yaml = """
            tasks:
              transfer:
                intents: [send_money, 'yes']
                examples: [Send money, "2"]
                action: do_transfer
                confirm: "Send {amount.value}[ to {who}]?"
                reply: "Sent {{{amount}}}."
                slots:
                  amount: {type: money, question: How much?, min: 1, max: 99.5, confirm: true}
                  who: {type: person, required: false}
                  at: {type: datetime, question: "When, {who}?", when: future, between: "08:00-17:30"}
              look_up:
                examples: [Look it up]
                slots: {day: {type: date, when: past, question: Which day?}, why: {type: text, question: Why?}}
                data: {file: r.csv, match: {The Day: day}, columns: [id, 7]}
                reply: "{rows}"
                nothing_found: "None on {day}."
            types:
              person: learnt
              colour: {dark_red: [crimson, no], green: }
            phrases: {greeting: a, welcome: t, pleased: u, no_answer: b, unclear: c, no_task: d, unfitting: e, invalid: f, past: g, assumed: h, afterwards: v,
              cancelled: i, too_late: j, change: k, corrected: l, not_learnt: m, did_you_mean: n, choices: o,
              nothing_found: p, unreadable: q, done: r, farewell: s}
            """
        let file = try TasksFile(yaml: yaml, file: "f")
        let transfer = DialogueTask(
            name: "transfer", intents: ["send_money", "yes"], examples: ["Send money", "2"],
            slots: [
                Slot(
                    name: "amount", type: .entity(.money), isRequired: true,
                    question: try Template("How much?"),
                    needsConfirmation: true, validation: Validation(least: 1, most: 99.5)),
                Slot(
                    name: "who", type: .named("person"), isRequired: false, question: Template(literal: ""),
                    needsConfirmation: false),
                Slot(
                    name: "at", type: .entity(.dateTime), isRequired: true,
                    question: try Template("When, {who}?"),
                    needsConfirmation: false, validation: Validation(side: .future, hours: 480...1050)),
            ],
            action: Action(rawValue: "do_transfer"),
            confirmation: try Template("Send {amount.value}[ to {who}]?"),
            reply: try Template("Sent {{{amount}}}."), nothingFound: nil, data: nil)
        let lookUp = DialogueTask(
            name: "look_up", intents: [], examples: ["Look it up"],
            slots: [
                Slot(
                    name: "day", type: .entity(.date), isRequired: true, question: try Template("Which day?"),
                    needsConfirmation: false, validation: Validation(side: .past)),
                Slot(
                    name: "why", type: .text, isRequired: true, question: try Template("Why?"),
                    needsConfirmation: false),
            ],
            action: .fetchData, confirmation: nil, reply: try Template("{rows}"),
            nothingFound: try Template("None on {day}."),
            data: .records(
                RecordQuery(file: "r.csv", matches: ["The Day": "day"], columns: ["id", "7"])))
        let colour = WordList(name: "colour", words: ["dark_red": ["crimson", "no"], "green": []])
        #expect(file.tasks == TaskBook(tasks: [transfer, lookUp], lists: [colour]))
        #expect(
            Mirror(reflecting: file.phrases).children.map { $0.value as? String }
                == "atubcdefghvijklmnopqrs".map { "\($0)" })
    }

    @Test(arguments: ["", "# nothing\n", "tasks:\ntypes:\nphrases:\n", "~", "tasks: {}\n"])
    func `an empty file has no tasks and the usual phrases`(yaml: String) throws {
        let file = try TasksFile(yaml: yaml, file: "f")
        #expect(file.tasks == TaskBook())
        #expect(file.phrases == Phrases())
    }

    @Test func `what is done goes by the task's own name where no data are fetched`() throws {
        let yaml = "tasks: {wave: {intents: [wave], reply: Hi}}"
        #expect(try TasksFile(yaml: yaml, file: "f").tasks.task(named: "wave")?.action.rawValue == "wave")
    }

    @Test func `a task asks a database beside its file`() throws {
        let yaml = """
            tasks:
              look:
                intents: [look]
                slots: {day: {type: date, question: Q}}
                data: {query: of_day}
                reply: "{rows}"
            queries:
              of_day: {database: r.db, sql: "SELECT a FROM t WHERE d >= :day_from AND d < :day_to"}
              unused: {database: /srv/r.db, sql: SELECT 1}
            """
        let query = try DatabaseQuery(
            name: "of_day", database: "./r.db", sql: "SELECT a FROM t WHERE d >= :day_from AND d < :day_to")
        let file = try TasksFile(yaml: yaml, file: "f")
        #expect(file.tasks.task(named: "look")?.data == .database(query))
        #expect(file.tasks.task(named: "look")?.action == .fetchData)
    }

    static let queryMistakes = [
        Mistake(
            "queries: {q: {sql: SELECT 1}}",
            says: "f:1:11: queries.q.database: expected the path of an SQLite database, found nothing"),
        Mistake(
            "queries: {q: {database: d}}", says: "f:1:11: queries.q.sql: expected a SELECT, found nothing"),
        Mistake(
            "queries:\n  q:\n    database: d\n    sql: DROP TABLE t",
            says: "f:4:10: queries.q.sql: expected SELECT or WITH first, found DROP"),
        Mistake(
            task: "intents: [i]\nreply: R\ndata: {query: x}",
            says: "f:5:19: tasks.t.data.query: there is no query x"),
        Mistake(
            "tasks: {t: {intents: [i], reply: R, slots: {day: {type: date, question: Q}}, data: {query: q}}}\n"
                + "queries: {q: {database: d, sql: 'SELECT :dya'}}",
            says: "f:1:92: tasks.t.data.query: there is no slot dya; did you mean day?"),
        Mistake(
            task: "intents: [i]\nreply: R\ndata: {query: x, file: y}",
            says: "f:5:19: tasks.t.data.query: there is no query x\nf:5:22: unknown key tasks.t.data.file"),
    ]

    struct Mistake: CustomTestStringConvertible {
        let yaml: String
        let says: String
        var testDescription: String { says }

        init(_ yaml: String, says: String) { (self.yaml, self.says) = (yaml, says) }

        /// In a task that has no other mistake; line 3 begins `yaml`, indented by four.
        init(task yaml: String, says: String) {
            let indented = yaml.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
            self.init("tasks:\n  t:\n" + indented.joined(separator: "\n"), says: says)
        }

        /// In a slot `s` with a question; line 6 begins `yaml`, indented by eight.
        init(slot yaml: String, says: String) {
            self.init(
                task: "intents: [i]\nreply: Done\nslots:\n  s:\n    question: Q\n    " + yaml, says: says)
        }

        /// In the values of a type; line 3 begins `yaml`, indented by four.
        init(type yaml: String, says: String) {
            self.init("types:\n  w:\n    " + yaml.replacing("\n", with: "\n    "), says: says)
        }
    }

    static let taskMistakes = [
        Mistake("task: {}", says: "f:1:1: unknown key task; did you mean tasks?"),
        Mistake("tasks: [t]", says: "f:1:8: tasks: expected names and tasks, found a list"),
        Mistake("tasks:\n  t: go", says: "f:2:6: tasks.t: expected keys and values, found go"),
        Mistake(
            "tasks:\n  a b: {}", says: "f:2:3: tasks: expected names of letters, digits, _ and -, found a b"),
        Mistake(
            "tasks:\n  [a]: {}",
            says: "f:2:3: tasks: expected names of letters, digits, _ and -, found a list"),
        Mistake("tasks:\n  t: {}\n  t: {}", says: "f:2:3: given more than once: t"),
        Mistake(
            "tasks:\n  1: {intents: [i], reply: R}\n  '1': {intents: [i], reply: R}",
            says: "f:3:3: given more than once: tasks.1"),
        Mistake(
            task: "reply: R",
            says: "f:2:3: tasks.t: expected intents or examples that begin it, found neither"),
        Mistake(
            task: "intents: []\nexamples: []\nreply: R",
            says: "f:2:3: tasks.t: expected intents or examples that begin it, found neither"),
        Mistake(task: "intents: i\nreply: R", says: "f:3:14: tasks.t.intents: expected a list, found i"),
        Mistake(
            task: "examples: [a, {b: c}]\nreply: R",
            says: "f:3:19: tasks.t.examples: expected texts of at most 2000 bytes, found keys and values"),
        Mistake(
            task: "examples: [a, '']\nreply: R",
            says: "f:3:19: tasks.t.examples: expected texts of at most 2000 bytes, found \"\""),
        Mistake(
            "tasks:\n  a: {examples: [Do it], reply: R}\n  b: {examples: [\"do it!\"], reply: R}",
            says:
                "f:3:18: tasks.b.examples: expected sentences that begin no other task, found do it!, which begins a"
        ),
        Mistake(
            task: "intents: [i]",
            says: "f:2:3: tasks.t.reply: expected what is said when it is done, found nothing"),
        Mistake(
            task: "intents: [i]\nreplay: R\nreply: R",
            says: "f:4:5: unknown key tasks.t.replay; did you mean tasks.t.reply?"),
        Mistake(
            task: "intents: [i]\nreply: {a: b}",
            says: "f:4:12: tasks.t.reply: expected a text of at most 2000 bytes, found keys and values"),
        Mistake(
            task: "intents: [i]\nreply: R {",
            says: "f:4:12: tasks.t.reply: expected a } after a {, found the end; a brace itself is {{"),
        Mistake(
            task: "intents: [i]\nreply: R\nconfirm: R]",
            says: "f:5:14: tasks.t.confirm: expected a [ before a ], found none; a bracket itself is ]]"),
        Mistake(
            task: "intents: [i]\nreply: R {dat}\nslots: {date: {type: date, question: Q}}",
            says: "f:4:12: tasks.t.reply: there is no slot dat; did you mean date?"),
        Mistake(
            task: "intents: [i]\nreply: R\nconfirm: R[ {who.value}]",
            says: "f:5:14: tasks.t.confirm: there is no slot who"),
        Mistake(
            task: "intents: [i]\nreply: R {rows}",
            says: "f:4:12: tasks.t.reply: expected {rows} only in the reply of a task with data, found {rows}"
        ),
        Mistake(
            task: "intents: [i]\nreply: R\nnothing_found: N",
            says: "f:5:20: tasks.t.nothing_found: expected data too, where nothing may be found, found none"),
    ]

    static let actionMistakes = [
        Mistake(
            task: "intents: [i]\nreply: R\naction: clarify",
            says: "f:5:13: tasks.t.action: expected fetch_data, or a name of your own, found clarify"),
        Mistake(
            task: "intents: [i]\nreply: R\naction: ask_missing_info",
            says: "f:5:13: tasks.t.action: expected fetch_data, or a name of your own, found ask_missing_info"
        ),
        Mistake(
            task: "intents: [i]\nreply: R\naction: do it",
            says: "f:5:13: tasks.t.action: expected fetch_data, or a name of your own, found do it"),
        Mistake(
            "tasks:\n  end: {intents: [i], reply: R}",
            says: "f:2:3: tasks.end.action: expected fetch_data, or a name of your own, found end"),
        Mistake(
            task: "intents: [i]\nreply: R\naction: fetch_data",
            says: "f:2:3: tasks.t.data: expected what fetch_data reads, found nothing"),
        Mistake(
            task: "intents: [i]\nreply: R\naction: look\ndata: {file: r}",
            says: "f:5:13: tasks.t.action: expected fetch_data, where there are data, found look"),
        Mistake(
            task: "intents: [i]\nreply: R\ndata: {columns: [a]}",
            says: "f:5:5: tasks.t.data.file: expected a file of records, or a query, found nothing"),
        Mistake(
            task: "intents: [i]\nreply: R\ndata: {file: r, match: {day: date}}",
            says: "f:5:34: tasks.t.data.match.day: there is no slot date"),
        Mistake(
            task:
                "intents: [i]\nreply: R\ndata: {file: r, match: {d: dat}}\nslots: {date: {type: date, question: Q}}",
            says: "f:5:32: tasks.t.data.match.d: there is no slot dat; did you mean date?"),
        Mistake(
            task: "intents: [i]\nreply: R\ndata: {file: r, match: {d: [date]}}",
            says: "f:5:32: tasks.t.data.match.d: expected the name of a slot, found a list"),
        Mistake(
            task: "intents: [i]\nreply: R\ndata: {file: r, match: [d]}",
            says: "f:5:28: tasks.t.data.match: expected columns and slots, found a list"),
    ]

    static let slotMistakes = [
        Mistake(
            task: "intents: [i]\nreply: R\nslots:\n  s: {question: Q}",
            says:
                "f:6:7: tasks.t.slots.s.type: expected boolean, date, datetime, duration, email, money, number, "
                + "ordinal, percentage, phone, quantity, time, url, text or a name under types, found nothing"
        ),
        Mistake(
            slot: "type: dat", says: "f:8:15: tasks.t.slots.s.type: there is no type dat; did you mean date?"),
        Mistake(slot: "type: colour", says: "f:8:15: tasks.t.slots.s.type: there is no type colour"),
        Mistake(
            "types: {report: {a: [b]}}\ntasks: {t: {intents: [i], reply: R, slots: {s: {type: repot, question: Q}}}}",
            says: "f:2:55: tasks.t.slots.s.type: there is no type repot; did you mean report?"),
        Mistake(
            task: "intents: [i]\nreply: R\nslots:\n  s: {type: date}",
            says: "f:6:7: tasks.t.slots.s.question: expected a question that asks for it, found nothing"),
        Mistake(
            slot: "type: date\n    colour: x", says: "f:9:9: unknown key tasks.t.slots.s.colour"),
        Mistake(
            slot: "type: date\n    required: maybe",
            says: "f:9:19: tasks.t.slots.s.required: expected true or false, found maybe"),
        Mistake(
            slot: "type: date\n    when: then",
            says: "f:9:15: tasks.t.slots.s.when: expected past, future, found then"),
        Mistake(
            slot: "type: time\n    when: past",
            says:
                "f:9:15: tasks.t.slots.s.when: expected a slot of type date, datetime, found one of type time"
        ),
        Mistake(
            slot: "type: date\n    min: 1",
            says:
                "f:9:14: tasks.t.slots.s.min: expected a slot of type number, ordinal, percentage, money, quantity, "
                + "found one of type date"),
        Mistake(
            slot: "type: number\n    min: few",
            says: "f:9:14: tasks.t.slots.s.min: expected a number, found few"),
        Mistake(
            slot: "type: number\n    max: .inf",
            says: "f:9:14: tasks.t.slots.s.max: expected a number, found .inf"),
        Mistake(
            slot: "type: number\n    min: 5\n    max: 4.5",
            says: "f:10:14: tasks.t.slots.s.max: expected at least min, 5.0, found 4.5"),
        Mistake(
            slot: "type: time\n    between: 8-18",
            says: "f:9:18: tasks.t.slots.s.between: expected times such as 08:00-18:00, found 8-18"),
        Mistake(
            slot: "type: time\n    between: 18:00-08:00",
            says: "f:9:18: tasks.t.slots.s.between: expected times such as 08:00-18:00, found 18:00-08:00"),
        Mistake(
            slot: "type: time\n    between: 08:00-24:00",
            says: "f:9:18: tasks.t.slots.s.between: expected times such as 08:00-18:00, found 08:00-24:00"),
        Mistake(
            task: "intents: [i]\nreply: R\nslots: {rows: {type: date, question: Q}}",
            says: "f:5:13: tasks.t.slots: expected names other than rows, which the data have, found rows"),
        Mistake(
            task: "intents: [i]\nreply: R\nslots: {a.b: {type: date, question: Q}}",
            says: "f:5:13: tasks.t.slots: expected names of letters, digits, _ and -, found a.b"),
        Mistake(
            task: "intents: [i]\nreply: R\nslots: [s]",
            says: "f:5:12: tasks.t.slots: expected names and slots, found a list"
        ),
    ]

    static let typeMistakes = [
        Mistake(
            "types:\n  date: {a: [b]}",
            says: "f:2:3: types: expected names that no built-in type has, found date"),
        Mistake(
            "types:\n  w: {}",
            says: "f:2:6: types.w: expected values and the words for them, or learnt, found keys and values"),
        Mistake(
            "types:\n  w:",
            says: "f:2:5: types.w: expected values and the words for them, or learnt, found nothing"),
        Mistake(
            "types:\n  w: learned",
            says: "f:2:6: types.w: expected values and the words for them, or learnt, found learned"),
        Mistake(type: "a: b", says: "f:3:8: types.w.a: expected a list of words, found b"),
        Mistake(
            type: "a b: [c]", says: "f:3:5: types.w: expected names of letters, digits, _ and -, found a b"),
        Mistake(
            type: "a: [x, Y z]\nb: [y-Z]",
            says: "f:4:9: types.w.b: expected words that mean no other value, found y-Z, which means a"),
        Mistake(
            type: "a: [b]\nb: [c]",
            says: "f:4:5: types.w.b: expected words that mean no other value, found b, which means a"
        ),
        Mistake(
            type: "a: ['!']", says: "f:3:9: types.w.a: expected words with letters or digits, found !"),
        Mistake(
            type: "a: [[b]]", says: "f:3:9: types.w.a: expected texts of at most 2000 bytes, found a list"),
    ]

    static let phraseMistakes = [
        Mistake(
            "phrases: {no_answr: N}",
            says: "f:1:11: unknown key phrases.no_answr; did you mean phrases.no_answer?"),
        Mistake(
            "phrases: {done: [D]}",
            says: "f:1:17: phrases.done: expected a text of at most 2000 bytes, found a list"),
        Mistake("phrases: Hello", says: "f:1:10: phrases: expected keys and values, found Hello"),
    ]

    static let syntaxMistakes = [
        Mistake("- a", says: "f:1:1: expected keys and values, found something else"),
        Mistake("tasks: {}\n---\ntasks: {}", says: "f:2:1: but found another document"),
        Mistake("tasks: {}\n\u{7}", says: "f:2:1: control characters are not allowed"),
        Mistake("tasks: *t", says: "f:1:8: found undefined alias"),
    ]

    @Test(
        arguments: taskMistakes + queryMistakes + actionMistakes + slotMistakes + typeMistakes
            + phraseMistakes
            + syntaxMistakes)
    func `a mistake is named with its line, what was expected and what was found`(mistake: Mistake) throws {
        #expect(Self.complaint(mistake.yaml) == mistake.says)
    }

    @Test func `all mistakes are told at once, by line`() {
        let yaml = """
            phrases: {dne: D}
            tasks:
              t: {intents: [i], reply: "{a}", slots: {s: {type: none}}}
            types: {w: {}}
            """
        #expect(
            Self.complaint(yaml)?.split(separator: "\n").map { $0.prefix(8) } == [
                "f:1:11: ", "f:3:28: ", "f:3:43: ", "f:3:53: ", "f:4:12: ",
            ])
    }

    @Test func `of very many mistakes the first are told, and how many more there are`() {
        let yaml = (1...250).map { "k\($0): 1\n" }.joined()
        let says = Self.complaint(yaml)?.split(separator: "\n") ?? []
        #expect(says.count == 101)
        #expect(says.first == "f:1:1: unknown key k1")
        #expect(says.last == "and 150 more")
    }

    struct Size: CustomTestStringConvertible {
        let of: String
        let most: Int
        let yaml: @Sendable (Int) -> String
        let says: String
        var testDescription: String { of }
    }

    private static func many(_ count: Int, _ item: (Int) -> String) -> String {
        (1...count).map(item).joined(separator: ", ")
    }

    private static func task(_ rest: String) -> String { "tasks: {t: {reply: R, \(rest)}}" }

    static let sizes = [
        Size(
            of: "tasks", most: 200,
            yaml: { "tasks: {" + many($0) { "t\($0): {intents: [i], reply: R}" } + "}" },
            says: "tasks: expected at most 200 of them, found 201"),
        Size(
            of: "slots", most: 50,
            yaml: { task("intents: [i], slots: {" + many($0) { "s\($0): {type: text, question: Q}" } + "}") },
            says: "tasks.t.slots: expected at most 50 of them, found 51"),
        Size(
            of: "intents", most: 100, yaml: { task("intents: [" + many($0) { "i\($0)" } + "]") },
            says: "tasks.t.intents: expected at most 100 of them, found 101"),
        Size(
            of: "examples", most: 2000, yaml: { task("examples: [" + many($0) { "e\($0)" } + "]") },
            says: "tasks.t.examples: expected at most 2000 of them, found 2001"),
        Size(
            of: "columns", most: 100,
            yaml: { task("intents: [i], data: {file: r, columns: [" + many($0) { "c\($0)" } + "]}") },
            says: "tasks.t.data.columns: expected at most 100 of them, found 101"),
        Size(
            of: "types", most: 200, yaml: { "types: {" + many($0) { "w\($0): {a: [b]}" } + "}" },
            says: "types: expected at most 200 of them, found 201"),
        Size(
            of: "values", most: 1000, yaml: { "types: {w: {" + many($0) { "v\($0): [w\($0)]" } + "}}" },
            says: "types.w: expected at most 1000 of them, found 1001"),
        Size(
            of: "words", most: 100, yaml: { "types: {w: {v: [" + many($0) { "w\($0)" } + "]}}" },
            says: "types.w.v: expected at most 100 of them, found 101"),
        Size(
            of: "bytes of a name", most: 64,
            yaml: { "types: {" + String(repeating: "w", count: $0) + ": {a: [b]}}" },
            says: "types: expected names of letters, digits, _ and -, found wwwww"),
        Size(
            of: "bytes of a text", most: 2000,
            yaml: { "phrases: {done: " + String(repeating: "d", count: $0) + "}" },
            says: "phrases.done: expected a text of at most 2000 bytes, found ddddd"),
        Size(
            of: "bytes of the file", most: 1 << 20, yaml: { String(repeating: "#", count: $0) },
            says: "f:1:1: expected at most 1048576 bytes, found more"),
        Size(
            of: "aliases", most: 20,
            yaml: { "types: {a: &a {b: [c]}, " + many($0) { "w\($0): *a" } + "}" },
            says: "f:1:1: expected at most 20 aliases, found 21"),
    ]

    @Test(arguments: sizes)
    func `so many there may be, and no more`(size: Size) {
        #expect(Self.complaint(size.yaml(size.most)) == nil)
        #expect(Self.complaint(size.yaml(size.most + 1))?.contains(size.says) == true)
    }

    @Test func `the examples of all tasks are counted together`() {
        func examples(_ task: String, _ count: Int) -> String {
            "\(task): {reply: R, examples: [" + Self.many(count) { "\(task) \($0)" } + "]}"
        }
        #expect(Self.complaint("tasks: {\(examples("a", 1000)), \(examples("b", 1000))}") == nil)
        #expect(
            Self.complaint("tasks: {\(examples("a", 1000)), \(examples("b", 1001))}")?.hasSuffix(
                "tasks.b.examples: expected at most 2000 of all tasks, found 2001") == true)
    }

    @Test func `a list that has a name is good in several places`() throws {
        let yaml = "types: {a: &colours {red: [crimson], green: }, b: *colours}"
        let lists = try TasksFile(yaml: yaml, file: "f").tasks.lists
        #expect(lists.map(\.name) == ["a", "b"])
        #expect(lists[0].words == lists[1].words)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `what is nested very deeply is refused`(opening: String) {
        #expect(Self.complaint(String(repeating: opening, count: 200_000)) != nil)
    }

    @Test func `aliases in aliases cost no time without end, not even as keys`() {
        var yaml = "a0: &a0 [x, y, z]\n"
        for level in 1...6 {
            yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(Self.complaint(yaml + "? *a6\n: b\n")?.contains("unknown key a0") == true)
        #expect(
            Self.complaint(yaml + "a7: [*a6, *a6, *a6]\n") == "f:1:1: expected at most 20 aliases, found 21")
    }

    private static func complaint(_ yaml: String) -> String? {
        do {
            _ = try TasksFile(yaml: yaml, file: "f")
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a file that is not there, is not text or is a folder says so`() async throws {
        try await Folder.temporary { folder in
            let file = "\(folder)/tasks.yaml"
            #expect(throws: SettingsError.unreadable(file: file, reason: "no such file")) {
                try TasksFile(path: file)
            }
            try Data([0xFF, 0xFE, 0x41]).write(to: URL(filePath: file))
            #expect(throws: SettingsError.unreadable(file: file, reason: "not UTF-8 text")) {
                try TasksFile(path: file)
            }
            let error = #expect(throws: SettingsError.self) { try TasksFile(path: folder) }
            #expect(error?.description.hasPrefix("\(folder): cannot be read") == true)
        }
    }
}
