import Dialogue
import Entities
import Testing

@testable import Assistant

/// What sentences give the slots of tasks, from the recognisers to the reply. All is said on Friday, 9 January 2026, at
/// 10:00 where nothing else is set.
@Suite struct DialogueValueTests {
    let assistant: LocalAssistant

    init() throws {
        var configuration = configuration(try TemporaryDirectory())
        configuration.tasks = try Self.book()
        assistant = try LocalAssistant(
            configuration: configuration, encoding: .words(), logger: quiet,
            clock: WallClock { 1_767_952_800_000_000 })
    }

    private static func slot(
        _ name: String, _ type: EntitySlot, _ question: String, isRequired: Bool = true,
        side: Validation.Side? = nil, least: Double? = nil, most: Double? = nil
    ) throws -> Slot {
        Slot(
            name: name, type: .entity(type), isRequired: isRequired, question: try Template(question),
            needsConfirmation: false, validation: Validation(side: side, least: least, most: most))
    }

    private static func task(
        _ name: String, _ examples: [String], _ slots: [Slot], reply: String, confirm: String? = nil
    ) throws -> DialogueTask {
        DialogueTask(
            name: name, intents: [], examples: examples, slots: slots, action: Action(rawValue: name),
            confirmation: try confirm.map { try Template($0) }, reply: try Template(reply), nothingFound: nil,
            data: nil)
    }

    private static func book() throws -> TaskBook {
        TaskBook(
            tasks: [
                try task(
                    "visit", ["book a visit", "book a visit at", "can I come by at"],
                    [
                        slot("day", .date, "Which day?", side: .future), slot("time", .time, "What time?"),
                        slot("people", .number, "", isRequired: false, least: 1, most: 9),
                    ],
                    reply: "Booked: {day.value} at {time.value}.", confirm: "{day.value} at {time.value}?"),
                try task(
                    "trip", ["plan a trip", "plan a trip from to"],
                    [
                        slot("arrival", .date, "From when?", side: .future),
                        slot("departure", .date, "Until when?", side: .future),
                    ],
                    reply: "Trip {arrival.value} to {departure.value}."),
                try task(
                    "note",
                    [
                        "note the meeting and the reminder", "meet at and remind me at",
                        "remind me at, meet at",
                    ],
                    [slot("meeting", .time, "Meeting?"), slot("reminder", .time, "Reminder?")],
                    reply: "Meeting {meeting.value}, reminder {reminder.value}."),
                try task(
                    "alarm", ["set an alarm", "set an alarm at"],
                    [slot("when", .dateTime, "When?", side: .future)], reply: "Alarm {when.value}."),
                try task(
                    "print", ["print the results", "print the results from"],
                    [slot("day", .date, "From which day?", side: .past)], reply: "Printed {day.value}."),
            ])
    }

    /// Says sentences one after the other.
    ///
    /// - Parameter clock: the time of day, as `16:00`.
    /// - Returns: the last reply.
    private func reply(to texts: String..., at clock: String = "10:00") throws -> String {
        var reply = ""
        let session = "\(texts) \(clock)"
        for text in texts {
            let message = UserMessage(
                Utterance(text, by: Contributor(uid: 1, pid: 1, session: session)),
                clock: ReferenceTime(rfc3339: "2026-01-09T\(clock):00Z"))
            reply = try assistant.say([message])[0].get().reply
        }
        return reply
    }

    @Test(arguments: [
        ("5", "17:00"), ("at 5", "17:00"), ("make it 5", "17:00"), ("let's say 9", "09:00"), ("17", "17:00"),
        ("8 please", "08:00"), ("1730", "17:30"), ("12", "12:00"), ("0", "00:00"), ("seven", "07:00"),
        ("5 would be fine", "17:00"),
    ])
    func `a number alone is a time where one is asked for`(text: String, time: String) throws {
        #expect(try reply(to: "book a visit", "tomorrow", text) == "2026-01-10 at \(time)?")
    }

    @Test(arguments: ["5 people", "room 5", "73", "I have 2 children", "1999", "5.5"])
    func `a number of something else is no time`(text: String) throws {
        let reply = try reply(to: "book a visit", "tomorrow", text)
        #expect(reply.hasSuffix("What time?"))
    }

    @Test func `a half of the day that is chosen is told at once`() throws {
        #expect(try reply(to: "book a visit at 5") == "I take that as 17:00. Which day?")
        #expect(try reply(to: "book a visit at 5pm") == "Which day?")
    }

    @Test func `a correction stays near the time that it corrects`() throws {
        #expect(try reply(to: "book a visit", "tomorrow", "21:00", "make it 8") == "2026-01-10 at 20:00?")
        #expect(try reply(to: "book a visit", "tomorrow", "10:00", "make it 8") == "2026-01-10 at 08:00?")
        #expect(try reply(to: "book a visit", "tomorrow", "10:00", "no, 5") == "2026-01-10 at 17:00?")
        let booked = try reply(to: "book a visit", "tomorrow", "10:00", "make it 5", "yes")
        #expect(booked == "Booked: 2026-01-10 at 17:00.")
    }

    @Test(arguments: ["the 3rd", "from the 3rd", "3rd", "third", "on the 3rd", "from the third please"])
    func `a rank alone is a day where one is asked for`(text: String) throws {
        #expect(try reply(to: "print the results", text).hasSuffix("Printed 2026-01-03."))
    }

    @Test func `a day of a month may stand in the first sentence`() throws {
        #expect(try reply(to: "print the results from the 3rd") == "Printed 2026-01-03.")
        #expect(try reply(to: "book a visit", "12") == "I take that as 2026-01-12. What time?")
    }

    @Test func `a time of today that is past is not taken`() throws {
        #expect(
            try reply(to: "book a visit today at 3pm", at: "16:00")
                == "\"15:00\"? That is past already. What time?")
        #expect(
            try reply(to: "book a visit", "today", "at 3pm", at: "16:00")
                == "That is past already. What time?")
        #expect(
            try reply(to: "book a visit at 3pm", "today", at: "16:00")
                == "\"3pm\"? That is past already. What time?")
        #expect(try reply(to: "book a visit", "today", "at 5", at: "16:00") == "2026-01-09 at 17:00?")
        // Of the halves one is past, and so is not meant.
        #expect(try reply(to: "book a visit", "today", "at 9", at: "16:00") == "2026-01-09 at 21:00?")
        #expect(try reply(to: "book a visit", "today", "at 4pm", at: "16:00") == "2026-01-09 at 16:00?")
        #expect(try reply(to: "book a visit", "tomorrow", "at 3pm", at: "16:00") == "2026-01-10 at 15:00?")
    }

    @Test func `a time alone is the next moment that has it`() throws {
        #expect(try reply(to: "set an alarm at 3pm", at: "10:00") == "Alarm 2026-01-09T15:00.")
        #expect(try reply(to: "set an alarm at 3pm", at: "16:00") == "Alarm 2026-01-10T15:00.")
        #expect(
            try reply(to: "set an alarm today at 3pm", at: "16:00")
                == "\"today at 3pm\"? That is past already. When?")
    }

    @Test func `who comes by at a time sets no limit`() throws {
        #expect(try reply(to: "can I come by at 3pm", "tomorrow") == "2026-01-10 at 15:00?")
        #expect(try reply(to: "book a visit", "I'd stop by on Monday at 3pm") == "2026-01-12 at 15:00?")
    }

    @Test(arguments: [
        ("plan a trip from Monday to Friday", "Trip 2026-01-12 to 2026-01-16."),
        ("plan a trip from the 20th to the 25th", "Trip 2026-01-20 to 2026-01-25."),
        ("plan a trip on Monday until Friday", "Trip 2026-01-12 to 2026-01-16."),
        ("note: meet at 3pm, remind me at 2pm", "Meeting 15:00, reminder 14:00."),
        ("note: remind me at 2pm, meet at 3pm", "Meeting 15:00, reminder 14:00."),
        ("remind me at 2pm of the meeting at 3pm", "Meeting 15:00, reminder 14:00."),
    ])
    func `two values of a type fill two slots`(text: String, reply: String) throws {
        #expect(try self.reply(to: text) == reply)
    }

    @Test func `a later value that puts an earlier one right counts`() throws {
        #expect(try reply(to: "book a visit on Monday at 10am, no, Tuesday") == "2026-01-13 at 10:00?")
    }

    @Test func `of two values for one slot it is told which is taken`() throws {
        #expect(
            try reply(to: "book a visit", "Monday or Tuesday") == "I take that as 2026-01-12. What time?")
    }

    @Test func `what cannot be taken of a first sentence is told`() throws {
        #expect(
            try reply(to: "book a visit yesterday") == "\"yesterday\"? That cannot be taken. Which day?")
        #expect(
            try reply(to: "book a visit yesterday at 10am")
                == "\"2026-01-08\"? That cannot be taken. Which day?")
        #expect(
            try reply(to: "print the results from tomorrow")
                == "\"tomorrow\"? That cannot be taken. From which day?")
    }

    @Test func `what is done cannot be cancelled any more`() throws {
        let talk = ["book a visit", "tomorrow", "10am", "yes"]
        #expect(try reply(to: talk[0], talk[1], talk[2], talk[3], "cancel") == "That is done already.")
        #expect(
            try reply(to: talk[0], talk[1], talk[2], talk[3], "never mind, cancel it")
                == "That is done already.")
        #expect(try reply(to: talk[0], talk[1], talk[2], "cancel") == "Cancelled.")
    }
}
