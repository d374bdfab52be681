import Testing

@testable import Learning

/// Sentences of a small language: the vectors of a word are its own directions, the same in every run.
struct SlotLanguage {
    static let width = 16

    /// Words of `text`; `[word](type)` marks one.
    static func example(_ marked: String) throws -> SlotExample {
        let annotated = try AnnotatedText(parsing: marked)
        return try SlotExample(
            annotated.spans, words: words(annotated.text), features: features(annotated.text))
    }

    static func words(_ text: String) -> [Range<Int>] {
        var start = 0
        return text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { word in
            defer { start += word.count + 1 }
            return start..<start + word.count
        }
    }

    static func features(_ text: String) -> WordFeatures {
        let vectors = text.split(separator: " ").flatMap { word in
            var own = Randomness(state: word.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
            return (0..<WordFeatures.blockCount * width).map { _ in Float(own.below(2001)) / 1000 - 1 }
        }
        let count = vectors.count / (WordFeatures.blockCount * width)
        return WordFeatures(tokens: vectors, width: width, words: (0..<count).map { $0..<$0 + 1 })
    }

    static let lessons = [
        "show my [blood test](report) from [monday](date)", "send the [x ray](report) of [today](date)",
        "i need [blood test](report)", "my [x ray](report) please", "book [monday](date) for me",
        "hello there", "is [today](date) free",
    ]

    static func learner(_ lessons: [String] = lessons, seed: UInt64 = 1) throws -> SlotLearner {
        var learner = SlotLearner(width: width, seed: seed)
        for lesson in lessons { learner.learn(try example(lesson), of: try IntentName("a")) }
        return learner
    }
}

extension SlotLearner {
    /// The slots that are found in a text.
    fileprivate func found(_ text: String) -> [SlotExample.Span] {
        tagger.slots(of: SlotLanguage.features(text)).map {
            SlotExample.Span(type: $0.type, words: $0.words)
        }
    }

    fileprivate var bytes: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }
}

struct SlotTests {
    @Test func `what was taught is found, in other sentences too`() throws {
        let learner = try SlotLanguage.learner()
        for lesson in SlotLanguage.lessons {
            let example = try SlotLanguage.example(lesson)
            #expect(learner.found(try AnnotatedText(parsing: lesson).text) == example.spans, "\(lesson)")
        }
        let other = try SlotLanguage.example("send my [blood test](report) of [today](date)")
        #expect(learner.found("send my blood test of today") == other.spans)
        #expect(learner.types.map(\.examples) == [4, 4])
    }

    @Test func `one example of a new type holds, and undoes nothing`() throws {
        var learner = try SlotLanguage.learner()
        let lesson = try SlotLanguage.example("call [doctor smith](person) now")
        learner.learn(lesson, of: try IntentName("b"))
        let slots = learner.tagger.slots(of: lesson.features)
        #expect(slots.map(\.words) == [1..<3])
        #expect(slots[0].type.description == "person" && slots[0].confidence >= SlotLearner.sureness)
        for lesson in SlotLanguage.lessons {
            let example = try SlotLanguage.example(lesson)
            #expect(learner.found(try AnnotatedText(parsing: lesson).text) == example.spans, "\(lesson)")
        }
    }

    @Test func `the same examples in the same order give the same bytes`() throws {
        #expect(try SlotLanguage.learner().bytes == SlotLanguage.learner().bytes)
        #expect(try SlotLanguage.learner().bytes != SlotLanguage.learner(seed: 2).bytes)
    }

    @Test func `a checkpoint gives the same learner, which learns on alike`() throws {
        var learner = try SlotLanguage.learner()
        var reader = ByteReader(learner.bytes)
        var read = try SlotLearner(from: &reader)
        try reader.finish()
        #expect(read == learner)
        let lesson = try SlotLanguage.example("call [doctor smith](person) now")
        learner.learn(lesson, of: try IntentName("b"))
        read.learn(lesson, of: try IntentName("b"))
        #expect(read.bytes == learner.bytes)
    }

    @Test func `every checkpoint that is cut short is refused`() throws {
        let bytes = try SlotLanguage.learner(["a [b](x)"]).bytes
        for length in stride(from: 0, to: bytes.count, by: 997) {
            var reader = ByteReader(bytes, to: length)
            #expect(throws: CheckpointError.self) { try SlotLearner(from: &reader) }
        }
    }

    @Test func `a fit finds what it was given, and learning goes on after it`() throws {
        var learner = SlotLearner(width: SlotLanguage.width, seed: 1)
        learner.fit(
            try SlotLanguage.lessons.map {
                (intent: try IntentName("a"), slots: try SlotLanguage.example($0))
            }
        ) { _, _ in }
        learner.learn(
            try SlotLanguage.example("call [doctor smith](person) now"), of: try IntentName("b"))
        #expect(learner.found("show my blood test from monday").map(\.words) == [2..<4, 5..<6])
        #expect(learner.found("call doctor smith now").map(\.words) == [1..<3])
    }

    @Test func `a fit forgets nothing that was learnt before it`() throws {
        var learner = SlotLearner(width: SlotLanguage.width, seed: 1)
        learner.learn(
            try SlotLanguage.example("call [doctor smith](person) now"), of: try IntentName("b"))
        let lessons = try SlotLanguage.lessons.map {
            (intent: try IntentName("a"), slots: try SlotLanguage.example($0))
        }
        let visits = learner.visits(fitting: lessons.count)
        var last = (done: 0, total: 0)
        learner.fit(lessons) { last = ($0, $1) }
        #expect(last == (visits, visits))
        #expect(learner.found("show my blood test from monday").map(\.words) == [2..<4, 5..<6])
        #expect(learner.found("call doctor smith now").map(\.words) == [1..<3])
    }

    @Test func `no more than a bound is kept of a type, however much is taught`() throws {
        var memory = SlotMemory()
        memory.appendType()
        var randomness = Randomness(state: 1)
        let example = try SlotLanguage.example("[a](x)")
        for _ in 0..<1000 { memory.keep(example, types: [0], &randomness) }
        #expect(memory.count == SlotMemory.capacity && memory.kinds[1].seen == 1000)
    }

    @Test func `a thousand lessons stay finite`() throws {
        var learner = SlotLearner(width: SlotLanguage.width, seed: 1)
        for number in 0..<1000 {
            let lesson = SlotLanguage.lessons[number % SlotLanguage.lessons.count]
            learner.learn(try SlotLanguage.example(lesson), of: try IntentName("a"))
        }
        let slots = learner.tagger.slots(of: SlotLanguage.features("my x ray of monday"))
        #expect(slots.allSatisfy { $0.confidence.isFinite && $0.confidence > 0.5 })
    }

    @Test func `a type is less plausible with an intent that was taught without it, the more so the oftener`()
        throws
    {
        let names = try intentNames("a", "b", "c")
        var company = SlotCompany()
        for _ in 0..<9 { company.meet([0], with: names[0]) }
        company.meet([1], with: names[1])
        func logs(_ shares: [Float]) -> [Float] {
            company.logPlausibility(
                of: 2, given: zip(names, shares).map { RankedIntent(intent: $0, probability: $1) })
        }
        func expect(_ found: [Float], _ expected: [Float]) {
            for (found, right) in zip(found, expected) {
                #expect(abs(found - Exponential.log(right)) < 1e-5)
            }
        }
        expect(logs([1, 0, 0]), [1, 0.1])
        expect(logs([0, 1, 0]), [0.5, 1])
        expect(logs([0, 0, 1]), [1, 1])
        expect(logs([0.5, 0.25, 0.25]), [0.875, 0.55])
        expect(logs([]), [1, 1])
        company.rename(names[1], to: names[0])
        expect(logs([1, 0, 0]), [1, 1])
        company.remove(names[0])
        expect(logs([1, 0, 0]), [1, 1])
    }

    @Test func `a head with slots round-trips, and one without is the same as before they came`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b")
        let plain = scatterer.examples(4, of: names)
        let slots = try SlotLanguage.example("my [x ray](report) please")
        let marked = plain.map { Example(intent: $0.intent, features: $0.features, slots: slots) }
        let head = taughtHead(marked)
        #expect(try IntentHead(decoding: head.encoded()).encoded() == head.encoded())
        #expect(head.slotNames.map(\.examples) == [8])
        let ranking = taughtHead(plain).classifier.rank(plain[0].features)
        #expect(head.classifier.rank(plain[0].features).best == ranking.best)
        #expect(taughtHead(plain).tagger == nil)
        var together = IntentHead(settings: HeadSettings())
        together.apply(marked.map { LearningEvent.taught($0, name: nil) })
        #expect(together.encoded() == head.encoded())
    }

    @Test func `slots that end inside words, or lie beyond what is read, are refused`() throws {
        let type = try SlotName("x")
        let features = SlotLanguage.features("show reports")
        let inside = SlotSpan(type: type, bytes: 5..<11)
        #expect(throws: SlotAlignmentError.insideWord(inside, word: 5..<12)) {
            try SlotExample([inside], words: [0..<4, 5..<12], features: features)
        }
        let beyond = SlotSpan(type: type, bytes: 13..<15)
        #expect(throws: SlotAlignmentError.unread(beyond)) {
            try SlotExample([beyond], words: [0..<4, 5..<12], features: features)
        }
    }

    @Test func `a lesson round-trips, and each lie of one is refused`() throws {
        let annotated = try AnnotatedText(parsing: "my [x ray](report) please")
        let lesson = SlotLesson(
            spans: annotated.spans, example: try SlotLanguage.example("my [x ray](report) please"))
        let bytes = lesson.encoded()
        #expect(try SlotLesson(decoding: bytes, in: annotated.text) == lesson)
        #expect(throws: CheckpointError.self) { try SlotLesson(decoding: bytes, in: "my x") }
        for length in 0..<min(bytes.count, 60) {
            #expect(throws: CheckpointError.self) {
                try SlotLesson(decoding: Array(bytes[..<length]), in: annotated.text)
            }
        }
        #expect(throws: CheckpointError.trailingBytes(1)) {
            try SlotLesson(decoding: bytes + [0], in: annotated.text)
        }
    }
}

struct TagChainTests {
    /// Scores and steps drawn at random for two types: five tags.
    private func drawn(words: Int, seed: UInt64) -> (scores: [Float], chain: TagChain) {
        var randomness = Randomness(state: seed)
        func unit() -> Float { Float(randomness.below(4001)) / 1000 - 2 }
        var chain = TagChain()
        for _ in 0..<4 { chain.appendTag() }
        let steps = (0..<5).map { tag in
            (0..<5).map { TagChain.predecessors(of: tag, 5).contains($0) ? unit() : 0 }
        }
        chain = TagChain(steps: steps, means: chain.means, squares: chain.squares)
        return ((0..<words * 5).map { _ in unit() }, chain)
    }

    /// Every sequence that is allowed, with its score in double precision.
    private func sequences(_ scores: [Float], _ chain: TagChain, words: Int) -> [(tags: [Int], score: Double)]
    {
        var sequences: [(tags: [Int], score: Double)] = [([], 0)]
        for word in 0..<words {
            sequences = sequences.flatMap { sequence in
                (0..<5).compactMap { tag in
                    var score = sequence.score + Double(scores[word * 5 + tag])
                    if let before = sequence.tags.last {
                        guard TagChain.predecessors(of: tag, 5).contains(before) else { return nil }
                        score += Double(chain.steps[tag][before])
                    } else if SlotTags.isFurther(tag) {
                        return nil
                    }
                    return (sequence.tags + [tag], score)
                }
            }
        }
        return sequences
    }

    @Test(arguments: [1, 2, 3, 5]) func `beliefs and the best path agree with all sequences`(words: Int) {
        let (scores, chain) = drawn(words: words, seed: UInt64(words))
        let all = sequences(scores, chain, words: words)
        let largest = all.map(\.score).max() ?? 0
        let total = all.reduce(0) { $0 + exponential($1.score - largest) }
        #expect(chain.best(scores) == all.max { $0.score < $1.score }?.tags)
        let beliefs = Beliefs(scores, tags: 5, factors: chain.factors)
        for word in 0..<words {
            for tag in 0..<5 {
                let right = all.filter { $0.tags[word] == tag }.reduce(0) {
                    $0 + exponential($1.score - largest)
                }
                #expect(abs(Double(beliefs.probability(of: tag, at: word)) - right / total) < 1e-5)
            }
        }
        for (first, end) in [(0, 1), (0, words), (words - 1, words)] {
            for tag in [1, 3] {
                let right = all.filter { sequence in
                    sequence.tags[first] == tag
                        && sequence.tags[(first + 1)..<max(first + 1, end)].allSatisfy { $0 == tag + 1 }
                        && (end == words || sequence.tags[end] != tag + 1)
                }.reduce(0) { $0 + exponential($1.score - largest) }
                let found = beliefs.probability(ofSlot: first..<end, first: tag)
                #expect(abs(Double(found) - right / total) < 1e-5)
            }
        }
    }

    private func exponential(_ x: Double) -> Double { Double(Exponential.exp(Float(x))) }
}

struct CorrectedTextTests {
    @Test func `bytes of a corrected text are traced to those that were written`() {
        var text = CorrectedText()
        text.append("i ")
        text.append("need", inPlaceOf: "ned")
        text.append(" it ")
        text.append("as soon as possible", inPlaceOf: "asap")
        text.append("!")
        #expect(text.text == "i need it as soon as possible!")
        let corrections = text.corrections
        #expect(corrections.original(0..<1) == 0..<1)
        #expect(corrections.original(2..<6) == 2..<5)
        #expect(corrections.original(7..<9) == 6..<8)
        #expect(corrections.original(13..<17) == 9..<13)
        #expect(corrections.original(29..<30) == 13..<14)
        #expect(corrections.corrected(9..<13) == 10..<29)
        #expect(corrections.corrected(2..<5) == 2..<6)
    }
}
