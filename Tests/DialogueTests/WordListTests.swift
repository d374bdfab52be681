import Testing

@testable import Dialogue

@Suite struct WordListTests {
    private let list = WordList(
        name: "report_type",
        words: [
            "blood_test": ["blood work", "blood", "don't know"], "blood_pressure": [],
            "x-ray": ["radiograph"],
            "report": [], "reports": [], "prescription": [],
        ])

    struct Case: CustomTestStringConvertible {
        let text: String
        let values: [String]
        /// As they were said.
        let said: [String]
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "my blood test", values: ["blood_test"], said: ["blood test"]),
        Case(text: "BLOOD  Work, please", values: ["blood_test"], said: ["BLOOD  Work"]),
        Case(text: "an x ray or X-Ray", values: ["x-ray", "x-ray"], said: ["x ray", "X-Ray"]),
        Case(
            text: "blood pressure and blood", values: ["blood_pressure", "blood_test"],
            said: ["blood pressure", "blood"]),
        Case(
            text: "blood tests, prescriptions", values: ["blood_test", "prescription"],
            said: ["blood tests", "prescriptions"]),
        Case(text: "report reports", values: ["report", "reports"], said: ["report", "reports"]),
        Case(text: "'blood test'", values: ["blood_test"], said: ["blood test"]),
        Case(text: "I don\u{2019}t know", values: ["blood_test"], said: ["don\u{2019}t know"]),
        Case(text: "naïve é blood", values: ["blood_test"], said: ["blood"]),
        Case(text: "bloody testing", values: [], said: []),
        Case(text: "", values: [], said: []),
    ])
    func `values are found by their words, the longest first`(sentence: Case) {
        let found = list.values(in: sentence.text)
        #expect(found.map(\.values) == sentence.values.map { [$0] })
        #expect(found.map(\.text) == sentence.said)
        for candidate in found {
            #expect(candidate.type == "report_type")
            #expect(Array(sentence.text.utf8)[candidate.bytes].elementsEqual(candidate.text.utf8))
        }
    }

    @Test func `every word of a list means its value`() {
        for (value, synonyms) in list.words {
            for word in WordList.words(of: value, synonyms) {
                #expect(list.values(in: word).map(\.values) == [[value]], "\(word)")
            }
        }
    }

    @Test(arguments: [
        ("Blood_Test", "blood test"), (" X-RAY! ", "x ray"), ("don\u{2019}t", "don't"), ("'it''s'", "it''s"),
        ("...", ""), ("3rd", "3rd"),
    ])
    func `words are compared in small letters and without what stands between them`(
        word: String, folded: String
    ) {
        #expect(WordList.folded(word) == folded)
    }
}
