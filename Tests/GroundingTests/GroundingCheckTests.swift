import Entities
import Tensors
import Testing

@testable import Grounding

/// Vectors that count letters: near enough to meaning for a law, and the same on every machine.
func vector(_ text: String) -> Embedding {
    var counts = [Float](repeating: 0, count: 32)
    for byte in text.lowercased().utf8 { counts[Int(byte % 32)] += 1 }
    return Embedding(values: counts)
}

func passage(_ id: Int64, _ text: String) -> ContextPassage {
    ContextPassage(id: id, text: text, vectors: ContextPassage.sentences(of: text).map(vector))
}

/// Passages that say one thing of each of ten towns, and the questions that ask for it.
enum Towns {
    static let names = [
        "Arlen", "Bexley", "Corby", "Dunmore", "Elgin", "Farley", "Gorton", "Hexham", "Irvine", "Jarrow",
    ]

    static func text(_ index: Int) -> String {
        "\(names[index]) is a town. The bridge of \(names[index]) was built in \(1801 + index). It never had a port."
    }

    static let terms = TermWeights(topics: names.indices.map { [text($0)] })

    static func lessons() -> [SupportHead.Lesson] {
        var lessons: [SupportHead.Lesson] = []
        for index in names.indices {
            let question = "When was the bridge of \(names[index]) built?"
            let asked = AskedText(question, vector: vector(question), weights: terms)
            let reply = question + " The bridge was built in \(1801 + index)."
            let statement = AskedText(reply, vector: vector(reply), weights: terms)
            for other in names.indices {
                let place = passage(Int64(other), text(other))
                for (number, features) in SupportFeatures.of(asked, in: place).enumerated() {
                    lessons.append(.init(.answer, features, isTrue: other == index && number == 1))
                    lessons.append(.init(.subject, features, isTrue: other == index))
                }
                for (number, features) in SupportFeatures.of(statement, in: place).enumerated() {
                    lessons.append(.init(.support, features, isTrue: other == index && number == 1))
                }
            }
        }
        return lessons
    }

    static let head = SupportHead(fitting: lessons(), terms: terms, penalty: 0.1)
}

@Suite struct GroundingCheckTests {
    private func check(_ question: String, _ towns: [Int], head: SupportHead = Towns.head) throws
        -> GroundingCheck
    {
        let reference = try #require(ReferenceTime(rfc3339: "2026-01-09T10:00:00Z"))
        return GroundingCheck(
            question: question, vector: vector(question),
            passages: towns.map { passage(Int64($0), Towns.text($0)) }, at: reference,
            recognizer: EntityRecognizer(), head: head)
    }

    private func verdict(_ check: inout GroundingCheck, _ sentence: String) -> GroundingCheck.Verdict {
        check.check(sentence, vector: vector(check.statement(of: sentence)))
    }

    @Test func `of a very long text the end is the question`() {
        let short = "When was the bridge of Corby built?"
        #expect(GroundingCheck.asked(of: short) == short)
        let long = String(repeating: "I was there. ", count: 300) + short
        let asked = GroundingCheck.asked(of: long)
        #expect(long.hasSuffix(asked) && asked.hasSuffix(short))
        #expect(Word.words(of: asked).count == 128)
    }

    @Test func `sentences without a vector support nothing`() {
        let text = Towns.text(0)
        let passage = ContextPassage(id: 1, text: text, vectors: [vector(text)])
        #expect(ContextPassage.sentences(of: text).count == 3 && passage.sentences.count == 1)
    }

    @Test func `a supported sentence is released with what supports it`() throws {
        var check = try check("When was the bridge of Corby built?", [0, 2, 5])
        let verdict = verdict(&check, "The bridge was built in 1803.")
        guard case .released(let citation) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(citation.passage == 2)
        #expect(citation.text == "The bridge of Corby was built in 1803.")
    }

    @Test func `a citation's span is its text in the passage`() throws {
        let text = "Über café. Zwölf Brücken! \"Is it?\" he said. End"
        let cut = passage(7, text)
        #expect(cut.sentences.map(\.text) == ["Über café.", "Zwölf Brücken!", "\"Is it?\" he said.", "End"])
        for sentence in cut.sentences {
            #expect(String(decoding: Array(text.utf8)[sentence.span], as: UTF8.self) == sentence.text)
        }
    }

    @Test func `an invented number is replaced by a quotation, once`() throws {
        var check = try check("When was the bridge of Corby built?", [0, 2, 5])
        let first = verdict(&check, "The bridge was built in 1999.")
        let answer = try #require(check.answer)
        #expect(first == .replaced(by: answer))
        #expect(answer.text == "The bridge of Corby was built in 1803.")
        #expect(verdict(&check, "It cost $5.") == .dropped)
    }

    @Test func `a question of another subject is declined`() throws {
        var check = try check("Who painted the ceiling of Zanzibar's cathedral?", [0, 1])
        #expect(!check.isAnswerable)
        #expect(verdict(&check, "The bridge was built in 1801.") == .declined)
    }

    @Test func `of a record each value keeps its label`() throws {
        let reference = try #require(ReferenceTime(rfc3339: "2026-01-09T10:00:00Z"))
        let lines = "Report: blood test of 2026-01-08\nHemoglobin: 13.4 g/dL\nGlucose: 5.1 mmol/L"
        let question = "What does my blood test from yesterday say?"
        var check = GroundingCheck(
            question: question, vector: vector(question), passages: [passage(1, lines)], at: reference,
            recognizer: EntityRecognizer(), head: Towns.head.with(thresholds: [0.5, 0, 1]))
        let reply = "Your hemoglobin was 13.4 g/dl yesterday."
        let first = verdict(&check, reply)
        guard case .released(let citation) = first else {
            Issue.record("\(first): \(check.unsupportedFacts(in: reply))")
            return
        }
        #expect(citation.text == "Hemoglobin: 13.4 g/dL")
        #expect(verdict(&check, "Your glucose was 13.4 g/dL.") == .replaced(by: try #require(check.answer)))
    }

    @Test func `without passages everything is declined`() throws {
        var check = try check("When was the bridge of Corby built?", [])
        #expect(check.answerability == 0)
        #expect(verdict(&check, "In 1803.") == .declined)
    }

    @Test(arguments: ["I don't have that information.", "The context doesn't mention it.", "I do not know."])
    func `a reply that declines is taken so`(sentence: String) throws {
        var check = try check("When was the bridge of Corby built?", [2])
        #expect(verdict(&check, sentence) == .declined)
    }
}

@Suite struct SupportHeadTests {
    @Test func `the same lessons give the same bytes`() {
        let again = SupportHead(fitting: Towns.lessons(), terms: Towns.terms, penalty: 0.1)
        #expect(again.bytes == Towns.head.bytes)
    }

    @Test func `a file is read as it was written`() throws {
        #expect(try SupportHead(bytes: Towns.head.bytes) == Towns.head)
    }

    @Test func `a solved system is solved`() {
        let solution = Logistic.solve([4, 0, 0, 2, 5, 0, 1, 3, 6], [1, 2, 3])
        let rows: [[Double]] = [[4, 2, 1], [2, 5, 3], [1, 3, 6]]
        for (row, target) in zip(rows, [1.0, 2, 3]) {
            let product = zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(product - target) < 1e-12)
        }
    }

    // MARK: Broken files

    /// A file whose body was changed, with the checksum that fits it.
    private func forged(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var body = Array(Towns.head.bytes[20...])
        change(&body)
        let sum = SupportHead.checksum(body[...])
        return Array(Towns.head.bytes[..<12]) + (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
            + body
    }

    private func error(_ bytes: [UInt8]) -> SupportHeadError? {
        do {
            _ = try SupportHead(bytes: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `every cut of the file is refused`() {
        let bytes = Towns.head.bytes
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(error(Array(bytes[..<count])) != nil)
        }
        #expect(error([]) == .truncated(at: 0, wanted: 8, left: 0))
    }

    @Test func `each lie has its own error`() {
        let nan: [UInt8] = [0, 0, 0xC0, 0x7F]
        let count = SupportFeatures.count
        #expect(
            error(Array("nothead!".utf8) + Towns.head.bytes[8...])
                == .notASupportHead(found: Array("nothead!".utf8)))
        var newer = Towns.head.bytes
        newer[8] = 9
        #expect(error(newer) == .unknownVersion(found: 9, expected: 1))
        var changed = Towns.head.bytes
        changed[changed.count - 1] ^= 1
        if case .checksum = error(changed) {} else { Issue.record("a changed byte is not found") }
        #expect(error(forged { $0[0] = 3 }) == .featureCount(found: 3, expected: UInt32(count)))
        #expect(error(forged { $0.replaceSubrange(4..<8, with: nan) }) == .notFinite(field: "means", at: 0))
        let scales = 4 + 4 * count
        #expect(
            error(forged { $0.replaceSubrange(scales..<scales + 4, with: nan) })
                == .notFinite(field: "scales", at: 0))
        let thresholds = scales + 4 * count + 3 * 4 * (count + 1)
        #expect(
            error(forged { $0.replaceSubrange(thresholds..<thresholds + 4, with: [0, 0, 0, 0x40]) })
                == .outOfRange(field: "thresholds", at: 0))
        let rare = thresholds + 12
        #expect(
            error(forged { $0.replaceSubrange(rare..<rare + 4, with: [0, 0, 0, 0]) })
                == .outOfRange(field: "rare", at: 0))
        #expect(
            error(forged { $0.replaceSubrange(rare + 4..<rare + 8, with: [0xFF, 0xFF, 0xFF, 0x7F]) })
                == .termCount(found: 0x7FFF_FFFF, limit: 60_000))
        #expect(error(forged { $0[rare + 9] = 0xFF }) == .badTerm(at: 0))
        #expect(error(forged { $0.append(0) }) == .trailingBytes(1))
    }
}
