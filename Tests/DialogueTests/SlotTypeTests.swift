import Testing

@testable import Dialogue

@Suite struct SlotTypeTests {
    @Test(arguments: EntitySlot.allCases)
    func `a recogniser's type has its name`(kind: EntitySlot) {
        #expect(SlotType(kind.rawValue) == .entity(kind))
        #expect(SlotType.entity(kind).name == kind.rawValue)
    }

    @Test(arguments: ["text", "report_type", "date", "datetime", ""])
    func `a type's name gives the type`(name: String) {
        #expect(SlotType(name).name == name)
    }

    @Test func `text is any answer, and other names are types of the user's own`() {
        #expect(SlotType("text") == .text)
        #expect(SlotType("report_type") == .named("report_type"))
        #expect(SlotType("Date") == .named("Date"))
    }
}
