import Testing

@testable import Learning

struct IntentHeadTests {
    @Test func `a head that was taught nothing ranks nothing`() {
        var scatterer = Scatterer()
        let classifier = IntentHead(settings: HeadSettings()).classifier
        #expect(classifier.isEmpty)
        #expect(classifier.rank(scatterer.features(of: 0)).intents.isEmpty)
    }

    @Test func `an unseen label is learnt at once`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b", "c")
        var head = taughtHead(scatterer.examples(5, of: Array(names[..<2])))
        let novel = scatterer.features(of: 2)
        head.apply(.taught(Example(intent: names[2], features: novel), name: nil))
        #expect(head.classifier.rank(novel).best?.intent == names[2])
        #expect(head.classifier.rank(scatterer.features(of: 0)).best?.intent == names[0])
    }

    @Test func `probabilities sum to one and descend`() throws {
        var scatterer = Scatterer()
        let ranking = taughtHead(scatterer.examples(5, of: try intentNames("a", "b", "c"))).classifier
            .rank(scatterer.features(of: 1))
        #expect(abs(ranking.intents.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
        #expect(
            zip(ranking.intents, ranking.intents.dropFirst()).allSatisfy { $0.probability >= $1.probability })
    }

    @Test func `the same events and seed give the same bytes`() throws {
        var scatterer = Scatterer()
        let examples = scatterer.examples(9, of: try intentNames("a", "b", "c"))
        #expect(taughtHead(examples).encoded() == taughtHead(examples).encoded())
        #expect(taughtHead(examples).digest != taughtHead(examples, seed: 2).digest)
    }

    @Test func `a checkpoint round-trips, and learns on alike`() throws {
        var scatterer = Scatterer()
        var head = taughtHead(scatterer.examples(9, of: try intentNames("a", "b", "c")))
        var copy = try IntentHead(decoding: head.encoded())
        #expect(copy.encoded() == head.encoded())
        for example in scatterer.examples(2, of: try intentNames("a", "b", "c", "d")) {
            head.apply(.taught(example, name: nil))
            copy.apply(.taught(example, name: nil))
        }
        #expect(copy.encoded() == head.encoded())
    }

    @Test func `events together give the bytes of one by one`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b", "c", "d")
        var events = scatterer.examples(5, of: Array(names[..<2])).map { LearningEvent.taught($0, name: nil) }
        events.append(.taught(scatterer.examples(1, of: [names[2]])[0], name: scatterer.features(of: 2)))
        events += scatterer.examples(9, of: Array(names[..<3])).map { .taught($0, name: nil) }
        events.append(.merged(names[2], into: names[0]))
        events += scatterer.examples(3, of: names).map { .taught($0, name: nil) }
        for run in [events.count, 7, 1] {
            var together = IntentHead(settings: HeadSettings())
            var alone = together
            for start in stride(from: 0, to: events.count, by: run) {
                together.apply(Array(events[start..<min(start + run, events.count)]))
            }
            for event in events { alone.apply(event) }
            #expect(together.encoded() == alone.encoded())
        }
    }

    @Test func `class means do not depend on the order of the examples`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b")
        let examples = scatterer.examples(20, of: names)
        let forward = taughtHead(examples)
        let backward = taughtHead(examples.reversed())
        let one = try #require(forward.voices).discriminant
        let other = try #require(backward.voices).discriminant
        for name in names {
            let (row, column) = (try #require(forward.labels[name]), try #require(backward.labels[name]))
            #expect(one.sums[row] == other.sums[column])
            // The inverse follows in single precision: its rounding may differ, its answers hardly.
            for (a, b) in zip(one.weights[row], other.weights[column]) { #expect(abs(a - b) < 2e-3) }
        }
    }

    @Test func `training without keeping the base forgets it, and keeping it does not`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b", "c")
        var head = taughtHead(scatterer.examples(3, of: names))
        let fresh = scatterer.examples(4, of: [names[0]])
        head.apply(.trained(fresh, names: [:], keepingBase: true))
        #expect(head.intents.map(\.examples) == [7, 3, 3])
        head.apply(.trained(fresh, names: [:], keepingBase: false))
        #expect(head.intents.map(\.intent) == [names[0]])
    }

    @Test func `a batch is learnt`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b", "c")
        var head = IntentHead(settings: HeadSettings())
        var steps: [LearningProgress] = []
        head.apply(.trained(scatterer.examples(20, of: names), names: [:], keepingBase: false)) {
            steps.append($0)
        }
        #expect(steps.last == LearningProgress(done: 660, total: 660))
        for kind in 0..<3 {
            #expect(head.classifier.rank(scatterer.features(of: kind)).best?.intent == names[kind])
        }
    }

    @Test(arguments: [20, 100, 300])
    func `few texts in scope are refused, most out of scope are, however many were taught`(count: Int) throws
    {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b", "c")
        var head = IntentHead(settings: HeadSettings())
        head.apply(.trained(scatterer.examples(count, of: names), names: [:], keepingBase: false))
        let classifier = head.classifier
        let known = (0..<600).map { classifier.rank(scatterer.features(of: $0 % 3)) }
        let strange = (0..<600).map { classifier.rank(scatterer.features(of: 3 + $0)) }
        let refused = known.count { $0.isOutOfScope }
        #expect(refused >= 6 && refused <= 60)
        #expect(strange.count { $0.isOutOfScope } > 420)
    }

    @Test func `a renamed intent keeps its examples, a merged one gives them away, a removed one is gone`()
        throws
    {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b", "c", "z")
        var head = taughtHead(scatterer.examples(4, of: Array(names[..<3])))
        head.apply(.renamed(names[0], to: names[3], name: nil))
        #expect(head.classifier.rank(scatterer.features(of: 0)).best?.intent == names[3])
        head.apply(.merged(names[3], into: names[1]))
        #expect(
            head.intents == [
                IntentCount(intent: names[1], examples: 8), IntentCount(intent: names[2], examples: 4),
            ])
        head.apply(.removed(names[2]))
        #expect(head.intents.map(\.intent) == [names[1]])
        #expect(try IntentHead(decoding: head.encoded()).digest == head.digest)
        let before = head.digest
        head.apply(.removed(names[0]))
        head.apply(.merged(names[0], into: names[1]))
        #expect(head.digest == before)
    }

    @Test func `a hundred thousand updates stay finite and right`() throws {
        var scatterer = Scatterer()
        let names = try intentNames("a", "b")
        var discriminant = Discriminant(columns: Features.jointBlocks * Kernels.lanes, ridge: Voices.ridge)
        let kept = scatterer.examples(50, of: names).map { Features.joint($0.features.vector()) }
        discriminant.appendClass(kept[0])
        discriminant.appendClass(kept[1])
        for update in 0..<100_000 {
            _ = discriminant.learn(discriminant.steps([(kept[update % 100], update % 2, false)]))
        }
        #expect(discriminant.weights.values.allSatisfy { $0.isFinite })
        #expect(discriminant.inverse.values.allSatisfy { $0.isFinite })
        let scores = discriminant.scores(kept[2])
        #expect(scores[0] > scores[1])
    }
}
