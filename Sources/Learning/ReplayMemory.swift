/// What is known of an example once its intent has a number.
typealias LabelledExample = (features: Features, label: Int)

/// Examples kept for replay: at most `capacity` a class, each example seen equally likely to be among them, and
/// the features of the class's name.
///
/// - Note: Vitter, *Random Sampling with a Reservoir*, 1985.
struct ReplayMemory: Sendable, Equatable {
    struct Class: Sendable, Equatable {
        var name: Features?
        var examples: [Features] = []
        /// How many examples the class has had.
        var seen = 0

        var count: Int { examples.count + (name == nil ? 0 : 1) }
        subscript(index: Int) -> Features {
            if let name, index == examples.count { return name }
            return examples[index]
        }
    }

    struct Place: Sendable, Hashable {
        let label: Int
        let index: Int
    }

    static let capacity = 64
    var classes: [Class] = []

    mutating func keep(_ features: Features, label: Int, randomness: inout Randomness) {
        classes[label].seen += 1
        if classes[label].examples.count < Self.capacity {
            classes[label].examples.append(features)
        } else {
            let place = randomness.below(classes[label].seen)
            if place < Self.capacity { classes[label].examples[place] = features }
        }
    }

    mutating func merge(_ source: Int, into target: Int, randomness: inout Randomness) {
        var kept = classes[target].examples + classes[source].examples
        while kept.count > Self.capacity { kept.remove(at: randomness.below(kept.count)) }
        classes[target].examples = kept
        classes[target].seen += classes[source].seen
        classes.remove(at: source)
    }

    /// Keeps each of `examples` in turn, and makes a lesson of it with what it is replayed with.
    mutating func lessons(
        _ examples: [LabelledExample], randomness: inout Randomness
    ) -> [Voices.Lesson] {
        examples.map { features, label in
            let isWeighed = classes[label].count >= IntentHead.fewestToWeigh
            keep(features, label: label, randomness: &randomness)
            return Voices.Lesson(
                x: features.vector(), label: label, isWeighed: isWeighed,
                replayed: draw(IntentHead.replaysPerExample - 1, &randomness))
        }
    }

    func draw(_ count: Int, _ randomness: inout Randomness) -> [LabelledExample] {
        (0..<count).map { _ in draw(&randomness) }
    }

    /// An example of a class drawn evenly from the classes: balanced, however many examples each has.
    private func draw(_ randomness: inout Randomness) -> LabelledExample {
        let label = randomness.below(classes.count)
        return (classes[label][randomness.below(classes[label].count)], label)
    }

    /// nil: the features of a name.
    func example(_ place: Place) -> Features? {
        let examples = classes[place.label].examples
        return place.index < examples.count ? examples[place.index] : nil
    }

    /// Every example in it, and the names, in a random order.
    func shuffled(_ randomness: inout Randomness) -> [Place] {
        var places: [Place] = []
        for label in classes.indices {
            for index in 0..<classes[label].count { places.append(Place(label: label, index: index)) }
        }
        for last in stride(from: places.count - 1, to: 0, by: -1) {
            places.swapAt(last, randomness.below(last + 1))
        }
        return places
    }
}
