import Assistant
import Foundation
import Testing
import Wire

@testable import slmd

/// The model's folder, when it has been fetched.
let miniLM: String? = ProcessInfo.processInfo.environment["SLMD_MODELS"].flatMap { models in
    let folder = "\(models)/all-MiniLM-L6-v2"
    return FileManager.default.fileExists(atPath: "\(folder)/model.safetensors") ? folder : nil
}

/// What only the assistant can refuse, with the model, over a socket. One daemon serves the whole story.
@Suite(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
struct RealAssistantTests {
    private func configuration(_ folder: String) throws -> AssistantConfiguration {
        AssistantConfiguration(
            stateDirectory: "\(folder)/state", encoder: EncoderSettings(directory: try #require(miniLM)))
    }

    @Test func `texts and labels that cannot be are refused one by one, and a lesson is in force at once`()
        async throws
    {
        try await Folder.temporary { folder in
            let assistant = try LocalAssistant(configuration: try configuration(folder), logger: .silent)
            try await TestDaemon.with(service: assistant) { daemon in
                var client = try daemon.client()
                #expect(try client.ask(PredictParams(text: "hello")).status == .notTrained)
                for text in ["", "  \n\t "] {
                    try client.send(PredictParams(text: text), id: 1)
                    #expect(try client.nextError().kind == .emptyText)
                }
                try client.send(PredictParams(text: String(repeating: "a", count: 1 << 20)), id: 1)
                let tooLong = try client.nextError()
                #expect(tooLong.kind == .textTooLong)
                #expect(tooLong.expected == "at most 65536 bytes")
                #expect(tooLong.found == "1048576 bytes")
                for label in [String(repeating: "x", count: 10_000), "", "a\u{0}b", "a\nb"] {
                    try client.send(TeachParams(intent: label, text: "hello"), id: 1)
                    #expect(try client.nextError().kind == .badLabel)
                }
                #expect(try client.ask(TeachParams(intent: "greet", text: "hello there")).event == 1)
                #expect(try client.ask(PredictParams(text: "he\u{0}llo there")).intent == "greet")
                let long = String(repeating: "hello ", count: 1000)
                let cut = try client.ask(PredictParams(text: long))
                #expect(cut.tokens == TokenCounts(read: 256, total: 1002))
                try client.send(PredictParams(text: long, overflow: .error), id: 1)
                #expect(try client.nextError().kind == .textTooLong)
                try client.send(RemoveIntentParams(intent: "nobody"), id: 1)
                #expect(try client.nextError().kind == .notFound)
                try client.send(TrainParams(examples: []), id: 1)
                #expect(try client.nextError().kind == .invalidParams)
            }
            try assistant.close()
        }
    }

    @Test func `marked slots are taught over the socket, and found among the entities`() async throws {
        try await Folder.temporary { folder in
            let assistant = try LocalAssistant(configuration: try configuration(folder), logger: .silent)
            try await TestDaemon.with(service: assistant) { daemon in
                var client = try daemon.client()
                for text in [
                    "show my [blood test](report_type) from [yesterday](day)",
                    "i want the [x ray](report_type) of [last week](day)",
                    "can i see my [blood test](report_type)", "where is the [mri scan](report_type)",
                ] {
                    _ = try client.ask(TeachParams(intent: "find_report", text: text, isMarked: true))
                }
                let answer = try client.ask(PredictParams(text: "¿Show me the x ray of yesterday?"))
                let report = try #require(answer.entities.first { $0.type == "report_type" })
                #expect(report.text == "x ray" && report.value == "x ray" && report.confidence > 0.5)
                #expect(report.bytes == 14..<19 && report.characters == 13..<18)
                #expect(answer.entities.contains { $0.type == "date" })
                try client.send(TeachParams(intent: "a", text: "show [my", isMarked: true), id: 1)
                let error = try client.nextError()
                #expect(error.kind == .invalidParams && error.message.contains("byte 5"))
                let plain = try client.ask(TeachParams(intent: "a", text: "show [my"))
                #expect(plain.intent == "a")
            }
            try assistant.close()
        }
    }

    @Test func `a state that a daemon uses is refused to a second`() async throws {
        try await Folder.temporary { folder in
            let configuration = try configuration(folder)
            let first = try LocalAssistant(configuration: configuration, logger: .silent)
            let error = try #require(throws: AssistantError.self) {
                _ = try LocalAssistant(configuration: configuration, logger: .silent)
            }
            guard case .stateInUse = error else { throw error }
            #expect(ExitStatus(error) == .temporary)
            try first.close()
        }
    }
}
