import Foundation
import Testing

@testable import Assistant

/// Snapshots that say how the head does on examples that are never taught.
@Suite struct HeldBackTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Two that the colours teach, and one of an intent that nothing teaches.
    private static let lines = "red\tred house\ngreen\tgreen hill\nblue\tblue sea\n"

    private func settings(_ content: String, name: String = "held.tsv") throws -> AssistantConfiguration {
        var settings = configuration(directory)
        let path = "\(directory.path)/\(name)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        settings.heldBack = path
        return settings
    }

    @Test func `a snapshot has the head's accuracy, and an unknown intent counts as wrong`() throws {
        let assistant = try open(try settings(Self.lines))
        let empty = try assistant.snapshot(named: "empty")
        #expect(empty.accuracy == 0 && empty.heldBack == 3)
        try assistant.trainColours()
        #expect(try assistant.snapshot(named: "colours").accuracy == 2.0 / 3)
        try assistant.teach("blue sea", "blue")
        #expect(try assistant.content(ofSnapshot: nil).summary.accuracy == 1)
        #expect(try assistant.content(ofSnapshot: "colours").summary.heldBack == 3)
        #expect(try assistant.snapshots().map(\.accuracy) == [2.0 / 3, 0])
        #expect(assistant.status().heldBack == HeldBackStatus(count: 3))
        try assistant.close()
    }

    @Test func `the accuracy is what an evaluation says, in every form of the file`() throws {
        let forms = [
            ("held.tsv", "red\tgreen leaf\ngreen\tgreen hill\n"),
            ("held.csv", "text,intent\n\"green leaf\",red\ngreen hill,green\n"),
            (
                "held",
                #"{"text":"green leaf","intent":"red"}"# + "\n" + #"{"text":"green hill","intent":"green"}"#
            ),
        ]
        for (name, content) in forms {
            let assistant = try open(try settings(content, name: name))
            try assistant.trainColours()
            let evaluated = try assistant.evaluate(
                [
                    LabelledText(text: "green leaf", intent: "red"),
                    LabelledText(text: "green hill", intent: "green"),
                ], progress: { _ in })
            let snapshot = try assistant.snapshot(named: name)
            #expect(snapshot.accuracy == evaluated.accuracy && snapshot.accuracy == 0.5, "\(name)")
            try assistant.close()
        }
    }

    @Test func `without held-back examples nothing is said`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        let made = try assistant.snapshot(named: "plain")
        #expect(made.accuracy == nil && made.heldBack == nil)
        #expect(assistant.status().heldBack == nil)
        try assistant.close()
    }

    @Test(arguments: [
        ("no tab", ", line 1: "), ("red\ta\nalso none", ", line 2: "), ("", "there are no examples"),
        ("red\t \n", "example 1: the text is empty"),
    ])
    func `a file that cannot be read is told, and the daemon serves on`(
        content: String, reason: String
    ) throws {
        let assistant = try open(try settings(content))
        try assistant.trainColours()
        #expect(assistant.status().heldBack?.fault?.contains(reason) == true)
        #expect(try assistant.snapshot(named: "s").heldBack == nil)
        try assistant.reload(try settings(Self.lines))
        #expect(assistant.status().heldBack == HeldBackStatus(count: 3))
        #expect(try assistant.snapshot(named: "t").heldBack == 3)
        try assistant.close()
    }

    @Test func `a missing file is told too`() throws {
        var settings = configuration(directory)
        settings.heldBack = "\(directory.path)/nowhere.tsv"
        let assistant = try open(settings)
        #expect(assistant.status().heldBack?.fault?.contains("nowhere.tsv") == true)
        try assistant.close()
    }

    @Test func `a snapshot that is made anew without a lesson is measured anew`() throws {
        let assistant = try open(try settings(Self.lines))
        try assistant.trainColours()
        try assistant.teach("blue sea", "blue")
        #expect(try assistant.snapshot(named: "s").accuracy == 1)
        _ = try assistant.erase(.event(2)) { _ in }
        #expect(try assistant.snapshots().map(\.accuracy) == [2.0 / 3])
        try assistant.close()
    }
}
