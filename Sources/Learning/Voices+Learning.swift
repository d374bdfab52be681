extension Voices {
    /// An example that is about to be learnt.
    struct Lesson: Sendable {
        let x: [Float]
        let label: Int
        /// Whether what the voices say of it before they learn it is asked for.
        let isWeighed: Bool
        /// What the voices that need replay learn with it; with none, they take no step.
        let replayed: [(features: Features, label: Int)]

        /// It and what it is replayed with.
        fileprivate func batch() -> Batch {
            let width = x.count / Features.blockCount
            let batch =
                replayed.isEmpty
                ? [] : [(x: x, label: label)] + replayed.map { (x: $0.features.vector(), label: $0.label) }
            return Batch(
                joints: Voices.joints(batch, of: width), inputs: Voices.inputs(batch, of: width),
                labels: batch.map(\.label))
        }
    }

    /// What the voices that need replay take a step by, as they see it.
    fileprivate struct Batch {
        let joints: Matrix
        let inputs: Matrix
        /// (batch)
        let labels: [Int]
    }

    /// How many lessons one pass over the statistics serves.
    var foreseen: Int { viewed.reduce(discriminant.foreseen) { min($0, $1.foreseen) } }

    /// Learns each of `lessons` in turn, of classes there are.
    ///
    /// The statistics follow an example and never need it again. Its class vector follows the class's mean. No voice asks
    /// another, so they learn side by side, each all the lessons: what it holds stays in a processor's cache. A single lesson
    /// is not worth waking a thread.
    ///
    /// - Parameter lessons: at most `foreseen`.
    /// - Returns: (lessons, voices, classes): what was said of each before; empty where not asked for.
    mutating func learn(_ lessons: [Lesson]) -> [[[Float]]] {
        let steps = discriminant.steps(lessons.map { (Features.joint($0.x), $0.label, $0.isWeighed) })
        let scales = lessons.indices.map { self.scales(after: $0) }
        let batches = concurrentMap(lessons) { $0.batch() }
        // (parts, voices, lessons, classes); each run changes one part, which no other run touches.
        let said = unsafe withUnsafeMutablePointer(to: &self) { own in
            nonisolated(unsafe) let own = unsafe own
            return concurrentMap(Part.allCases, onThreads: lessons.count > 1) { part in
                switch part {
                case .discriminant:
                    [Self.scaled(unsafe own.pointee.discriminant.learn(steps), scales)]
                case .cosine:
                    [
                        lessons.indices.map {
                            unsafe own.pointee.cosine.learn(steps[$0], batches[$0], scale: scales[$0].cosine)
                        }
                    ]
                case .network: [zip(lessons, batches).map { unsafe own.pointee.network.learn($0, $1) }]
                case .viewed:
                    zip(Self.views, unsafe own.pointee.viewed.indices).map { block, place in
                        let steps = unsafe own.pointee.viewed[place].steps(
                            lessons.map { (Features.block(block, of: $0.x), $0.label, $0.isWeighed) })
                        return Self.scaled(unsafe own.pointee.viewed[place].learn(steps), scales)
                    }
                }
            }
        }
        let voices = said[0] + said[1] + said[3] + said[2]
        return lessons.indices.map { place in lessons[place].isWeighed ? voices.map { $0[place] } : [] }
    }

    /// What learns on a thread of its own, the longest first.
    private enum Part: CaseIterable {
        case discriminant, cosine, network, viewed
    }

    private static func scaled(_ scores: [[Float]], _ scales: [Scales]) -> [[Float]] {
        zip(scores, scales).map { row, scale in row.map { $0 * scale.discriminant } }
    }

    /// The class vectors take a step by each of `batch`, in turn.
    mutating func learnCosines(_ batch: [(x: [Float], label: Int)]) {
        cosine.learn(Self.joints(batch, of: blockWidth), labels: batch.map(\.label))
    }

    /// The network takes a step by `batch`.
    mutating func learnNetwork(_ batch: [(x: [Float], label: Int)]) {
        network.network.learn(Self.inputs(batch, of: blockWidth), labels: batch.map(\.label))
    }

    /// (batch, joint columns), what the cosines see.
    fileprivate static func joints(_ batch: [(x: [Float], label: Int)], of blockWidth: Int) -> Matrix {
        var joints = Matrix(columns: Features.jointBlocks * blockWidth)
        for example in batch { joints.append(Features.joint(example.x)) }
        return joints
    }

    /// (batch, block width), what the network sees.
    fileprivate static func inputs(_ batch: [(x: [Float], label: Int)], of blockWidth: Int) -> Matrix {
        var inputs = Matrix(columns: blockWidth)
        for example in batch { inputs.append(NetworkVoice.input(example.x)) }
        return inputs
    }
}

extension CosineSoftmax {
    /// Follows the mean of a class, then takes a step by a batch.
    ///
    /// - Returns: (classes): what it said of the vector before, where that is asked for.
    fileprivate mutating func learn(
        _ step: Discriminant.Step, _ batch: Voices.Batch, scale: Float
    ) -> [Float] {
        let said = step.isScored ? logits(step.x, scale: scale) : []
        follow(from: step.former, to: step.mean, label: step.label)
        learn(batch.joints, labels: batch.labels)
        return said
    }
}

extension NetworkVoice {
    /// - Returns: (classes): what it said of the lesson before, where that is asked for.
    fileprivate mutating func learn(_ lesson: Voices.Lesson, _ batch: Voices.Batch) -> [Float] {
        let said = lesson.isWeighed ? logits(lesson.x) : []
        if !batch.labels.isEmpty { network.learn(batch.inputs, labels: batch.labels) }
        return said
    }
}
