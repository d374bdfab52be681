import Testing

@testable import Learning

struct EvaluationTests {
    @Test func `an intent's name is trimmed, and its phrase has words`() throws {
        #expect(try IntentName("  BookAppointment ").phrase == "book appointment")
        #expect(try IntentName("book_appointment").phrase == "book appointment")
    }
}
