import Testing

@testable import Learning

@Suite struct ExampleIndexTests {
    private func cosine(_ a: Features, _ b: Features) -> Double {
        func product(_ a: Features, _ b: Features) -> Double {
            (0..<a.blockWidth).reduce(0) { $0 + Double(a.quantised[$1]) * Double(b.quantised[$1]) }
        }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }

    @Test(arguments: [0, 1, 5, 400])
    func `the nearest are those of a sum over all, without one teacher's`(count: Int) throws {
        let names = try intentNames("a", "b", "c")
        var scatterer = Scatterer()
        var index = ExampleIndex()
        var kept: [(source: ExampleIndex.Source, features: Features)] = []
        for number in 0..<count {
            let features = scatterer.features(of: number % 3)
            let source = ExampleIndex.Source(event: Int64(number), uid: UInt32(number % 2))
            index.insert(features, intent: names[number % 3], from: source)
            kept.append((source, features))
        }
        #expect(index.count == count)
        let probe = scatterer.features(of: 1)
        let found = index.nearest(7, to: probe, exceptOf: 0)
        let expected = kept.filter { $0.source.uid == 1 }
            .map { (event: $0.source.event, cosine: cosine($0.features, probe)) }
            .sorted { $0.cosine > $1.cosine }.prefix(7)
        #expect(found.count == expected.count)
        for (neighbour, expected) in zip(found, expected) {
            #expect(abs(Double(neighbour.similarity) - expected.cosine) < 1e-5)
        }
        #expect(Set(found.map(\.source.event)) == Set(expected.map(\.event)))
    }

    @Test func `a lesson that the log had already is not there twice`() throws {
        let name = try intentNames("a")[0]
        var scatterer = Scatterer()
        var index = ExampleIndex()
        for number in 1...3 {
            index.insert(
                scatterer.features(of: 0), intent: name, from: .init(event: 7, example: Int64(number), uid: 1)
            )
        }
        index.follow(scatterer.features(of: 0), intent: name, from: .init(event: 7, uid: 1))
        #expect(index.count == 3)
        for event in [8, 9, 9] as [Int64] {
            index.follow(scatterer.features(of: 0), intent: name, from: .init(event: event, uid: 1))
        }
        #expect(index.count == 5)
    }

    @Test func `who teaches much leaves what others taught`() throws {
        let name = try intentNames("a")[0]
        var scatterer = Scatterer()
        var index = ExampleIndex()
        for number in 0..<20 {
            index.insert(
                scatterer.features(of: 0), intent: name, from: .init(event: Int64(number), uid: 1))
        }
        for number in 20..<2000 {
            index.insert(
                scatterer.features(of: 0), intent: name, from: .init(event: Int64(number), uid: 2))
        }
        #expect(index.count == 20 + ExampleIndex.shelfCapacity)
        let others = index.nearest(100, to: scatterer.features(of: 0), exceptOf: 2)
        #expect(Set(others.map(\.source.event)) == Set(0..<20))
    }

    @Test func `it is never fuller than its capacity, and a new intent finds room`() throws {
        var scatterer = Scatterer()
        var index = ExampleIndex()
        for number in 0..<ExampleIndex.capacity + 500 {
            let name = try IntentName("intent \(number / 200)")
            index.insert(
                scatterer.features(of: 0, width: 4), intent: name, from: .init(event: Int64(number), uid: 1))
        }
        #expect(index.count == ExampleIndex.capacity)
        let late = scatterer.features(of: 3, width: 4)
        index.insert(late, intent: try IntentName("late"), from: .init(event: -1, uid: 1))
        #expect(index.count == ExampleIndex.capacity)
        #expect(index.nearest(ExampleIndex.capacity, to: late).contains { $0.source.event == -1 })
    }

    @Test func `examples go with their intent, and leave with it`() throws {
        let names = try intentNames("a", "b", "c")
        var scatterer = Scatterer()
        var index = ExampleIndex()
        for number in 0..<30 {
            index.insert(
                scatterer.features(of: number % 3), intent: names[number % 3],
                from: .init(event: Int64(number), uid: 1))
        }
        index.rename(names[0], to: names[1])
        index.remove(names[2])
        #expect(index.count == 20)
        let left = index.nearest(30, to: scatterer.features(of: 0))
        #expect(left.count == 20 && left.allSatisfy { $0.intent == names[1] })
        index.rename(names[1], to: names[1])
        #expect(index.count == 20)
    }

    @Test func `features of another width are passed over`() throws {
        let name = try intentNames("a")[0]
        var scatterer = Scatterer()
        var index = ExampleIndex()
        index.insert(scatterer.features(of: 0), intent: name, from: .init(event: 1, uid: 1))
        index.insert(scatterer.features(of: 0, width: 8), intent: name, from: .init(event: 2, uid: 1))
        #expect(index.count == 1)
        #expect(index.nearest(3, to: scatterer.features(of: 0, width: 8)).isEmpty)
    }

    @Test func `each voice says something of every intent, and has a name`() throws {
        let names = try intentNames("a", "b")
        var scatterer = Scatterer()
        let head = taughtHead(scatterer.examples(10, of: names))
        #expect(Voices.names.count == Voices.count)
        let sayings = head.sayings(of: scatterer.features(of: 1))
        #expect(sayings.map(\.voice) == Voices.names)
        for saying in sayings {
            #expect(Set(saying.ranked.map(\.intent)) == Set(names))
            #expect(abs(saying.ranked.reduce(0) { $0 + $1.probability } - 1) < 1e-5)
        }
        // Together they are the prediction.
        let text = scatterer.features(of: 1)
        let logits = head.classifier.logits(text)
        for (label, intent) in head.names.enumerated() {
            let sum = head.sayings(of: text).reduce(Float(0)) { sum, saying in
                sum + saying.share * (saying.ranked.first { $0.intent == intent }?.logit ?? .nan)
            }
            #expect(abs(sum - logits[label]) < 1e-3)
        }
        #expect(IntentHead(settings: HeadSettings()).sayings(of: text).isEmpty)
    }

    @Test func `the vectors of an intent are those of one teacher, or those of all others`() throws {
        let names = try intentNames("a", "b")
        var (index, scatterer) = (ExampleIndex(), Scatterer())
        for (name, uid) in [(0, 7), (0, 7), (0, 8), (0, 0), (1, 9)] as [(Int, UInt32)] {
            index.insert(scatterer.features(of: 0), intent: names[name], from: .init(event: 1, uid: uid))
        }
        #expect(index.vectors(of: names[0], by: 7).count == 2)
        #expect(index.vectors(of: names[0], by: 7, isOthers: true).count == 2)
        #expect(index.vectors(of: names[1], by: 7).count == 0)
        #expect(index.isTaught(names[0], exceptOf: 7) && !index.isTaught(names[1], exceptOf: 9))
    }
}
