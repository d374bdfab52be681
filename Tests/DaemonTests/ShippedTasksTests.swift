import Dialogue
import Foundation
import Testing

@testable import slmd

/// `etc/slmd/tasks.yaml`, and what its two tasks ask for.
@Suite struct ShippedTasksTests {
    private let book: TaskBook

    init() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../etc/slmd/tasks.yaml").standardizedFileURL.path
        book = try TasksFile(path: path).tasks
    }

    private func task(_ name: String) throws -> DialogueTask {
        try #require(book.task(named: name))
    }

    @Test func `it has two tasks, both begun by many sentences`() {
        #expect(book.tasks.map(\.name) == ["get_report", "book_appointment"])
        for task in book.tasks {
            #expect(!task.intents.isEmpty)
            #expect(task.examples.count >= 10)
        }
    }

    @Test func `a report needs its type and a day that is past, and is fetched`() throws {
        let report = try task("get_report")
        #expect(report.intents.contains("request_data"))
        #expect(report.slots.map(\.name) == ["report_type", "date"])
        #expect(report.slots.map(\.isRequired) == [true, true])
        #expect(report.slot(named: "report_type")?.type == .named("report_type"))
        #expect(report.slot(named: "date")?.validation == Validation(side: .past))
        #expect(report.action == .fetchData)
        #expect(report.confirmation == nil)
        let query = RecordQuery(
            file: "reports.jsonl", matches: ["type": "report_type", "date": "date"], columns: [])
        #expect(report.data == .records(query))
    }

    @Test func `an appointment needs a day to come and a time, and is confirmed before it is booked`() throws
    {
        let appointment = try task("book_appointment")
        #expect(appointment.slots.filter(\.isRequired).map(\.name) == ["date", "time"])
        #expect(appointment.slot(named: "date")?.validation.side == .future)
        #expect(appointment.confirmation != nil)
        #expect(appointment.action == Action(rawValue: "book_appointment"))
        #expect(appointment.data == nil)
    }

    @Test func `what is not known is left out of the sentences`() throws {
        let appointment = try task("book_appointment")
        var slots = [
            "date": FilledSlot(value: "2026-01-09", text: "tomorrow", turn: 1),
            "time": FilledSlot(value: "16:00", text: "at 4", turn: 1),
        ]
        #expect(
            appointment.confirmation?.filled(with: slots)
                == "Shall I book an appointment on 2026-01-09 at 16:00?")
        slots["with"] = FilledSlot(value: "dentist", text: "dentist", turn: 1)
        slots["reason"] = FilledSlot(value: "check-up", text: "checkup", turn: 1)
        #expect(
            appointment.confirmation?.filled(with: slots)
                == "Shall I book an appointment with the dentist on 2026-01-09 at 16:00 for the check-up?")
        let report = [
            "report_type": FilledSlot(value: "blood_test", text: "blood work", turn: 1),
            "date": FilledSlot(value: "2026-01-08", text: "yesterday", turn: 1),
        ]
        #expect(
            try task("get_report").nothingFound?.filled(with: report)
                == "I have no blood test from 2026-01-08.")
    }

    @Test(arguments: [
        ("I need my blood work from yesterday", "blood_test"), ("the x-rays please", "x_ray"),
        ("my cat scan", "ct_scan"), ("show the MRI", "mri"), ("EKG", "ecg"), ("a Sonogram", "ultrasound"),
        ("urine analysis", "urine_test"), ("both biopsies", "biopsy"), ("my prescriptions", "prescription"),
        ("I need report", nil), ("what the scan showed", nil),
    ])
    func `reports are known by everyday words`(text: String, type: String?) throws {
        let list = try #require(book.lists.first { $0.name == "report_type" })
        #expect(list.values(in: text).flatMap(\.values) == (type.map { [$0] } ?? []))
    }
}
