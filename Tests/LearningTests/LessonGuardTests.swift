import Testing

@testable import Learning

@Suite struct LessonGuardTests {
    private static let second: Int64 = 1_000_000
    private static let hour = 3600 * second

    private func contradiction(_ surprise: Double) -> LessonEvidence {
        LessonEvidence(surprise: surprise, isSupported: false)
    }

    private let agreement = LessonEvidence(surprise: 0.1, isSupported: true)

    /// Any lessons at any times, the same for a seed.
    private func lessons(_ seed: UInt64) -> [(evidence: LessonEvidence, uid: UInt32, time: Int64)] {
        var random = Randomness(state: seed)
        var time: Int64 = 1_700_000_000 * Self.second
        return (0..<2000).map { _ in
            time += Int64(random.below(3)) * Int64(random.below(Int(Self.hour / 10))) - Self.second
            let surprise = Double(random.below(700)) / 100
            let evidence = LessonEvidence(surprise: surprise, isSupported: random.below(2) == 0)
            return (evidence, UInt32(random.below(3)), time)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `an account stays in its bounds, and what contradicts nobody is always learnt`(seed: UInt64) {
        var lessonGuard = LessonGuard()
        for (evidence, uid, time) in lessons(seed) {
            let judgement = lessonGuard.judge(evidence, of: uid, at: time)
            #expect(evidence.surprise > LessonGuard.tolerance || judgement == .learnt)
            let trust = lessonGuard.account(of: uid, at: time).trust
            #expect(trust >= -LessonGuard.debt && trust <= LessonGuard.credit)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `what one user does is nothing to another, and the accounts are all there is to keep`(seed: UInt64) {
        var (together, alone) = (LessonGuard(), LessonGuard())
        for (number, lesson) in lessons(seed).enumerated() {
            let judgement = together.judge(lesson.evidence, of: lesson.uid, at: lesson.time)
            if lesson.uid == 1 {
                #expect(alone.judge(lesson.evidence, of: 1, at: lesson.time) == judgement)
            }
            if number % 100 == 0 {  // a restart
                together = LessonGuard(
                    accounts: (0..<3).map { together.account(of: $0, at: lesson.time) })
            }
        }
        let now: Int64 = 1_800_000_000 * Self.second
        #expect(alone.account(of: 1, at: now) == together.account(of: 1, at: now))
    }

    @Test(arguments: [Self.second, 60 * Self.second, Self.hour])
    func `contradictions are learnt up to the credit and what time gives back, however they are spaced`(
        pause: Int64
    ) {
        var lessonGuard = LessonGuard()
        var learnt = 0.0
        for number in 0..<1000 {
            let judgement = lessonGuard.judge(contradiction(3), of: 7, at: Int64(number) * pause)
            if judgement == .learnt { learnt += 3 }
        }
        let hours = Double(1000 * pause) / Double(Self.hour)
        #expect(learnt <= LessonGuard.credit + min(hours * LessonGuard.hourly, LessonGuard.credit))
    }

    @Test func `a right lesson after each wrong one buys no more wrong ones`() {
        var lessonGuard = LessonGuard()
        let learnt = (0..<1000).count { number in
            _ = lessonGuard.judge(agreement, of: 7, at: Int64(number) * Self.second)
            return lessonGuard.judge(contradiction(3), of: 7, at: Int64(number) * Self.second) == .learnt
        }
        #expect(Double(learnt) * 3 < 2 * LessonGuard.credit)
    }

    @Test func `one wrong lesson in ten is an honest mistake and never held`() {
        var lessonGuard = LessonGuard()
        for number in 0..<5000 {
            let evidence = number % 10 == 9 ? contradiction(4) : agreement
            #expect(lessonGuard.judge(evidence, of: 7, at: Int64(number) * Self.second) == .learnt)
        }
    }

    @Test func `a debt is paid by time and by lessons that agree`() {
        func indebted() -> LessonGuard {
            var lessonGuard = LessonGuard()
            for _ in 0..<100 { _ = lessonGuard.judge(contradiction(5), of: 7, at: 0) }
            return lessonGuard
        }
        var patient = indebted()
        let hours = (LessonGuard.debt + 10) / LessonGuard.hourly
        #expect(patient.judge(contradiction(5), of: 7, at: Int64(hours) * Self.hour + Self.second) == .learnt)
        var diligent = indebted()
        for _ in 0..<200 { _ = diligent.judge(agreement, of: 7, at: 0) }
        #expect(diligent.judge(contradiction(5), of: 7, at: 0) == .learnt)
        var impatient = indebted()
        #expect(impatient.judge(contradiction(5), of: 7, at: Self.hour) == .held)
    }

    @Test func `lessons come in bursts and at a rate, and a refusal says when the next is welcome`() {
        var lessonGuard = LessonGuard(settings: GuardSettings(lessonsPerMinute: 60, burst: 5))
        var time: Int64 = 0
        for _ in 0..<5 { #expect(lessonGuard.admit(7, at: time) == nil) }
        for _ in 0..<20 {
            let delay = lessonGuard.admit(7, at: time)
            #expect(delay == Self.second)
            #expect(lessonGuard.admit(7, at: time + Self.second - 2) != nil)
            time += delay ?? 0
            #expect(lessonGuard.admit(7, at: time) == nil)
        }
        #expect(lessonGuard.admit(8, at: time) == nil)
    }

    @Test func `a clock that is set back gives nothing`() {
        var lessonGuard = LessonGuard(settings: GuardSettings(lessonsPerMinute: 60, burst: 1))
        #expect(lessonGuard.admit(7, at: Self.hour) == nil)
        #expect(lessonGuard.admit(7, at: 0) != nil)
        #expect(lessonGuard.account(of: 7, at: .min / 2).lessons == 0)
    }

    @Test func `what a lesson says is held against the head and the examples of others`() throws {
        let names = try intentNames("a", "b", "c")
        var scatterer = Scatterer()
        let examples = scatterer.examples(20, of: Array(names[..<2]))
        let head = taughtHead(examples)
        var index = ExampleIndex()
        for example in examples {
            index.insert(example.features, intent: example.intent, from: .init(event: 1, uid: 0))
        }
        let text = scatterer.features(of: 0)
        func evidence(_ intent: IntentName, except uid: UInt32 = 7) -> LessonEvidence {
            LessonEvidence(
                Example(intent: intent, features: text), ranking: head.classifier.rank(text), taughtBy: uid,
                among: index)
        }
        #expect(evidence(names[0]).surprise < LessonGuard.tolerance && evidence(names[0]).isSupported)
        #expect(evidence(names[1]).surprise > LessonGuard.tolerance && !evidence(names[1]).isSupported)
        #expect(evidence(names[2]).surprise > LessonGuard.tolerance && !evidence(names[2]).isSupported)
        // The same text again says nothing new, whoever taught it.
        index.insert(text, intent: names[0], from: .init(event: 2, uid: 7))
        #expect(evidence(names[0]).surprise < LessonGuard.tolerance && !evidence(names[0]).isSupported)
        // A teacher's own examples neither speak for him nor against him.
        #expect(evidence(names[1], except: 0).surprise < evidence(names[1]).surprise)
    }

    @Test func `a wrong label surprises little less because its teacher gave it before`() throws {
        let names = try intentNames("a", "b")
        var scatterer = Scatterer()
        let examples = scatterer.examples(20, of: names)
        var (head, index) = (taughtHead(examples), ExampleIndex())
        for example in examples {
            index.insert(example.features, intent: example.intent, from: .init(event: 1, uid: 0))
        }
        let lesson = Example(intent: names[1], features: scatterer.features(of: 0, noise: 0.3))
        func surprise() -> Double {
            LessonEvidence(
                lesson, ranking: head.classifier.rank(lesson.features), taughtBy: 7, among: index
            ).surprise
        }
        let first = surprise()
        for number in 0..<10 {
            head.apply(.taught(lesson, name: nil))
            index.insert(lesson.features, intent: names[1], from: .init(event: Int64(number + 2), uid: 7))
        }
        #expect(surprise() > 0.8 * first)
    }

    /// What is left of the trust of one who teaches `count` lessons as `c`, each of the kind that `kind` says, where
    /// others taught `a` and `b`; and how many of them were held.
    private func founder(of count: Int, kind: (Int) -> Int) throws -> (trust: Double, held: Int) {
        let names = try intentNames("a", "b", "c")
        var scatterer = Scatterer()
        var (head, index) = (IntentHead(settings: HeadSettings(seed: 1)), ExampleIndex())
        for example in scatterer.examples(20, of: Array(names[..<2])) {
            head.apply(.taught(example, name: nil))
            index.insert(example.features, intent: example.intent, from: .init(event: 1, uid: 0))
        }
        var (lessonGuard, held) = (LessonGuard(), 0)
        for number in 0..<count {
            let lesson = Example(intent: names[2], features: scatterer.features(of: kind(number)))
            let ranking = head.classifier.rank(lesson.features)
            let evidence = LessonEvidence(lesson, ranking: ranking, taughtBy: 7, among: index)
            guard lessonGuard.judge(evidence, of: 7, at: 0) == .learnt else {
                held += 1
                continue
            }
            head.apply(.taught(lesson, name: nil))
            index.insert(lesson.features, intent: names[2], from: .init(event: Int64(number + 2), uid: 7))
        }
        return (lessonGuard.account(of: 7, at: 0).trust, held)
    }

    @Test func `an intent that nobody contradicts is learnt from its one teacher`() throws {
        let founder = try founder(of: 60) { _ in 2 }
        #expect(founder.held == 0 && founder.trust > LessonGuard.credit * 3 / 4)
    }

    @Test(arguments: [0, 1, 2])
    func `others' texts are no intent of their own under a new name`(kinds: Int) throws {
        let copier = try founder(of: 60) { number in kinds < 2 ? kinds : number % 2 }
        #expect(copier.held > 40 && copier.trust < 0)
    }

    @Test func `of one class no part is distinct from another, of two classes both are`() {
        var scatterer = Scatterer()
        func vectors(_ kind: Int, _ count: Int) -> SentenceVectors {
            var vectors = SentenceVectors(width: 16)
            for _ in 0..<count { vectors.append(scatterer.features(of: kind)) }
            return vectors
        }
        let (ones, others) = (vectors(0, 12), vectors(1, 9))
        #expect(ones.distinctness(from: others) > 3 && ones.belonging(against: others) > 1)
        #expect(ones.distinctness(from: others) == others.distinctness(from: ones))
        for count in [8, 16, 100] {
            #expect(abs(ones.distinctness(from: vectors(0, count))) < 0.5)
        }
        var strayed = others
        strayed.append(scatterer.features(of: 0))
        #expect(strayed.belonging(against: ones) < -1)
    }

    @Test func `before anything is known nothing contradicts`() throws {
        let name = try intentNames("a")[0]
        let nothing = Ranking(intents: [], familiarity: 0, isOutOfScope: false)
        var scatterer = Scatterer()
        let example = Example(intent: name, features: scatterer.features(of: 0))
        let evidence = LessonEvidence(example, ranking: nothing, taughtBy: 7, among: ExampleIndex())
        #expect(evidence.surprise == 0)
    }
}
