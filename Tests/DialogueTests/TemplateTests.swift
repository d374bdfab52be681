import Testing

@testable import Dialogue

@Suite struct TemplateTests {
    private let slots = [
        "report_type": FilledSlot(value: "blood_test", text: "blood work", turn: 1),
        "date": FilledSlot(value: "2026-01-08", text: "yesterday", turn: 1),
        "mail": FilledSlot(value: "a_b@c.org", text: "A_B@c.org", turn: 2),
        "sly": FilledSlot(value: "{date}", text: "[{date}]", turn: 2),
    ]

    struct Case: CustomTestStringConvertible {
        let template: String
        let says: String
        var testDescription: String { template }
    }

    @Test(arguments: [
        Case(template: "Goodbye.", says: "Goodbye."),
        Case(template: "", says: ""),
        Case(template: "{report_type} from {date}", says: "blood work from yesterday"),
        Case(template: "{report_type.value} from {date.value}", says: "blood test from 2026-01-08"),
        Case(template: "{mail.value}", says: "a_b@c.org"),
        Case(template: "{{date}} [[or]]", says: "{date} [or]"),
        Case(template: "{sly}{sly.value}", says: "[{date}]{date}"),
        Case(template: "at {time}.", says: "at ."),
        Case(template: "Here:[ with {who}][ from {date}].", says: "Here: from yesterday."),
        Case(template: "[{date} at {time}]none", says: "none"),
        Case(template: "[{{{date}}}]", says: "{yesterday}"),
        Case(template: "Found: {rows}", says: "Found: a\nb"),
        Case(template: "[Found: {rows}]", says: "Found: a\nb"),
    ])
    func `places take what was said or meant, and nothing else changes`(sentence: Case) throws {
        #expect(try Template(sentence.template).filled(with: slots, rows: ["a", "b"]) == sentence.says)
    }

    @Test func `brackets around rows are left out where there are none`() throws {
        #expect(try Template("Nothing[: {rows}].").filled(with: [:]) == "Nothing.")
    }

    @Test(arguments: [
        ("{date", Template.Fault.openBrace, "expected a } after a {, found the end; a brace itself is {{"),
        ("date}", .closeBrace, "expected a { before a }, found none; a brace itself is }}"),
        ("{}", .emptyPlace, "expected the name of a slot in {}, found nothing"),
        ("[{a}", .openBracket, "expected a ] after a [, found the end; a bracket itself is [["),
        ("{a}]", .closeBracket, "expected a [ before a ], found none; a bracket itself is ]]"),
        ("[{a} [{b}] ]", .innerBracket, "expected no [ between [ and ], found one; a bracket itself is [["),
        ("[a]", .noPlace, "expected a slot between [ and ], found none; a bracket itself is [["),
        ("{a.text}", .badForm(place: "a.text"), "expected {slot} or {slot.value}, found {a.text}"),
        ("{.value}", .badForm(place: ".value"), "expected {slot} or {slot.value}, found {.value}"),
        ("{a.value.b}", .badForm(place: "a.value.b"), "expected {slot} or {slot.value}, found {a.value.b}"),
    ])
    func `a fault says what was expected and found`(source: String, fault: Template.Fault, says: String) {
        #expect(throws: fault) { try Template(source) }
        #expect(fault.description == says)
    }

    @Test func `it knows the slots it names, those in brackets too`() throws {
        let template = try Template("{a} {b.value}[ {c}] {rows}")
        #expect(template.slots == ["a", "b", "c"])
        #expect(template.tellsRows)
        #expect(try !Template("{a} rows").tellsRows)
        #expect(try Template("[{a}: {rows}]").tellsRows)
    }

    @Test func `a literal says what it is, whatever that is`() {
        #expect(Template(literal: "{date} ]").filled(with: slots) == "{date} ]")
        #expect(Template(literal: "").filled(with: slots) == "")
    }
}
