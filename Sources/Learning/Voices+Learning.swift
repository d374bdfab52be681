extension Voices {
    /// An example that is about to be learnt.
    struct Lesson: Sendable {
        let x: [Float]
        let label: Int
        /// Whether what the voices say of it before they learn it is asked for.
        let isWeighed: Bool
        fileprivate let batch: Batch

        /// - Parameter replayed: what the voices that need replay learn with it; with none, they take no step.
        init(x: [Float], label: Int, isWeighed: Bool, replayed: [LabelledExample]) {
            self.x = x
            self.label = label
            self.isWeighed = isWeighed
            let batch =
                replayed.isEmpty
                ? [] : [(x: x, label: label)] + replayed.map { (x: $0.features.vector(), label: $0.label) }
            let width = x.count / Features.blockCount
            self.batch = Batch(
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

    /// How many lessons one pass over the statistics serves at most.
    static let mostForeseen = PackedSymmetric.mostWaiting

    /// How many it serves next.
    var foreseen: Int { viewed.reduce(discriminant.foreseen) { min($0, $1.foreseen) } }

    /// Learns each of `lessons` in turn, of classes there are.
    ///
    /// The statistics follow an example and never need it again. Its class vector follows the class's mean. No voice asks
    /// another, so they learn side by side, each all the lessons: what it holds stays in a processor's cache. A single lesson
    /// is not worth waking a thread.
    ///
    /// - Parameters:
    ///   - lessons: at most `foreseen`.
    ///   - besides: what else is to be done meanwhile, on one of the threads.
    /// - Returns: (lessons, voices, classes): what was said of each before; empty where not asked for.
    mutating func learn(_ lessons: [Lesson], besides: @Sendable () -> Void = {}) -> [[[Float]]] {
        let steps = discriminant.steps(lessons.map { (Features.joint($0.x), $0.label, $0.isWeighed) })
        let scales = lessons.indices.map { self.scales(after: $0) }
        // Out of self, so that each run changes memory which no other run touches.
        var views = viewed
        viewed = []
        // (parts, lessons, classes)
        let said = unsafe views.withUnsafeMutableBufferPointer { views in
            unsafe withUnsafeMutablePointer(to: &self) { own in
                nonisolated(unsafe) let (views, own) = unsafe (views, Places(of: own))
                return concurrentMap(Part.all, onThreads: lessons.count > 1) { part in
                    switch part {
                    case .discriminant:
                        return Self.scaled(unsafe own.discriminant.pointee.learn(steps), scales)
                    case .cosine:
                        return lessons.indices.map {
                            unsafe own.cosine.pointee.learn(steps[$0], lessons[$0], scale: scales[$0].cosine)
                        }
                    case .network: return lessons.map { unsafe own.network.pointee.learn($0) }
                    case .viewed(let place):
                        let block = Self.views[place]
                        return Self.scaled(unsafe views[place].learn(lessons, seeing: block), scales)
                    case .besides:
                        besides()
                        return []
                    }
                }
            }
        }
        viewed = views
        let voices = Part.places.map { said[$0] }
        return lessons.indices.map { place in lessons[place].isWeighed ? voices.map { $0[place] } : [] }
    }

    /// Where they lie, each by itself: one that changes through the whole's address would change the whole.
    @unsafe private struct Places {
        let discriminant: UnsafeMutablePointer<Discriminant>
        let cosine: UnsafeMutablePointer<CosineSoftmax>
        let network: UnsafeMutablePointer<NetworkVoice>

        init(of voices: UnsafeMutablePointer<Voices>) {
            guard let discriminant = unsafe voices.pointer(to: \.discriminant),
                let cosine = unsafe voices.pointer(to: \.cosine),
                let network = unsafe voices.pointer(to: \.network)
            else { preconditionFailure("a voice that is not stored") }
            unsafe (self.discriminant, self.cosine, self.network) = unsafe (discriminant, cosine, network)
        }
    }

    /// What is done on a thread of its own.
    private enum Part: Hashable {
        case discriminant, cosine, network, besides
        case viewed(Int)

        /// The longest first.
        static let all =
            [.discriminant, .cosine, .network, .besides] + views.indices.map { Self.viewed($0) }
        /// Where the voices are in it, in the order in which they are weighed.
        static let places = ([.discriminant, .cosine] + views.indices.map { .viewed($0) } + [.network])
            .map { (part: Self) in all.firstIndex(of: part) ?? all.endIndex }
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
        joints.reserve(rows: batch.count)
        for example in batch { joints.append(example.x[..<joints.columns]) }
        return joints
    }

    /// (batch, block width), what the network sees.
    fileprivate static func inputs(_ batch: [(x: [Float], label: Int)], of blockWidth: Int) -> Matrix {
        var inputs = Matrix(columns: blockWidth)
        inputs.reserve(rows: batch.count)
        for example in batch { inputs.append(NetworkVoice.input(example.x)) }
        return inputs
    }
}

extension CosineSoftmax {
    /// Follows the mean of a class, then takes a step by a batch.
    ///
    /// - Returns: (classes): what it said of the vector before, where that is asked for.
    fileprivate mutating func learn(
        _ step: Discriminant.Step, _ lesson: Voices.Lesson, scale: Float
    ) -> [Float] {
        let said = step.isScored ? logits(step.x, scale: scale) : []
        follow(from: step.former, to: step.mean, label: step.label)
        learn(lesson.batch.joints, labels: lesson.batch.labels)
        return said
    }
}

extension NetworkVoice {
    /// - Returns: (classes): what it said of the lesson before, where that is asked for.
    fileprivate mutating func learn(_ lesson: Voices.Lesson) -> [Float] {
        let said = lesson.isWeighed ? logits(lesson.x) : []
        let batch = lesson.batch
        if !batch.labels.isEmpty { network.learn(batch.inputs, labels: batch.labels) }
        return said
    }
}

extension Discriminant {
    /// - Returns: (lessons, classes): what it said of one block of each lesson before, where that is asked for.
    fileprivate mutating func learn(_ lessons: [Voices.Lesson], seeing block: Int) -> [[Float]] {
        learn(steps(lessons.map { (Features.block(block, of: $0.x), $0.label, $0.isWeighed) }))
    }
}
