import Testing

@testable import Dialogue

@Suite struct TaskBookTests {
    private func task(_ name: String, slots: [Slot] = []) -> DialogueTask {
        DialogueTask(
            name: name, intents: [name], examples: [], slots: slots, action: Action(rawValue: name),
            confirmation: nil, reply: Template(literal: "Done."), nothingFound: nil, data: nil)
    }

    @Test func `tasks and slots are found by name`() {
        let slot = Slot(
            name: "date", type: .entity(.date), isRequired: true, question: Template(literal: "When?"),
            needsConfirmation: false)
        let book = TaskBook(tasks: [task("a"), task("b", slots: [slot])])
        #expect(book.task(named: "b")?.slot(named: "date") == slot)
        #expect(book.task(named: "b")?.slot(named: "time") == nil)
        #expect(book.task(named: "c") == nil)
        #expect(TaskBook().task(named: "a") == nil)
    }
}
