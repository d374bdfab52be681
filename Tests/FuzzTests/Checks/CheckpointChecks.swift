import Crypto

@testable import Learning
@testable import Storage

extension FuzzTarget {
    /// A checkpoint that can be read is the same when it is written and read again, and goes on learning.
    ///
    /// Digests are made right, or no bytes but whole ones would get past them. The first byte says what the others are: a
    /// file, a head, taught words, changes to a good head, a text with its slots marked, or the slots of a lesson.
    func checkCheckpoint(_ bytes: [UInt8]) throws {
        let rest = Array(bytes.dropFirst())
        switch (bytes.first ?? 0) % 6 {
        case 0: try checkFile(rest)
        case 1: try checkHead(rest)
        case 2: try checkWords(rest)
        case 4: try checkMarks(rest)
        case 5: try checkSlots(rest)
        default: try checkHead(changed(try goodHead.get(), by: rest))
        }
    }

    private func checkFile(_ bytes: [UInt8]) throws {
        _ = try? CheckpointFile.summary(bytes)  // any error will do, here and below
        _ = try? CheckpointFile.decode(bytes)
        guard let checkpoint = try? CheckpointFile.decode(bytes + SHA256.hash(data: bytes)) else { return }
        let again = try CheckpointFile.decode(CheckpointFile.encode(checkpoint))
        try promise(again == checkpoint, "a checkpoint round-trips")
    }

    private func checkWords(_ bytes: [UInt8]) throws {
        guard let words = try? TaughtWords(decoding: TaughtWords.magic + bytes) else { return }
        try promise(try TaughtWords(decoding: words.encoded()) == words, "taught words round-trip")
    }

    private func checkMarks(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let annotated = try? AnnotatedText(parsing: text) else { return }
        let again = try AnnotatedText(parsing: annotated.marked)
        try promise(again == annotated, "a marked text round-trips")
        for span in annotated.spans {
            try promise(span.bytes.upperBound <= annotated.text.utf8.count, "slots lie in their text")
        }
    }

    /// Of a text of sixteen bytes.
    private func checkSlots(_ bytes: [UInt8]) throws {
        let text = "sixteen letters!"
        guard let lesson = try? SlotLesson(decoding: bytes, in: text) else { return }
        try promise(
            try SlotLesson(decoding: lesson.encoded(), in: text) == lesson, "the slots of a lesson round-trip"
        )
        var learner = SlotLearner(width: lesson.example.features.width, seed: 1)
        guard learner.width <= Self.width else { return }
        learner.learn(lesson.example, of: try IntentName("a"))
        let slots = learner.tagger.slots(of: lesson.example.features)
        try promise(slots.allSatisfy { $0.confidence.isFinite }, "confidences are numbers")
    }

    /// - Parameter body: what follows the digest.
    private func checkHead(_ body: [UInt8]) throws {
        var writer = ByteWriter()
        writer.append(contentsOf: IntentHead.magic)
        writer.append(IntentHead.version)
        writer.appendHashed { $0.append(contentsOf: body) }
        guard var head = try? IntentHead(decoding: writer.bytes) else { return }
        let written = head.encoded()
        try promise(try IntentHead(decoding: written).encoded() == written, "a head round-trips")
        let width = head.memory.classes.first.flatMap { $0.count > 0 ? $0[0].blockWidth : nil }
        guard width ?? Self.width == Self.width else { return }
        let example = Example(intent: try IntentName("b"), features: Self.features(7))
        head.apply(.taught(example, name: nil))
        try promise(head.contains(example.intent), "a head that was read learns")
    }

    /// Each four bytes are a place and what is XORed to it; up to three at the end say how much is cut off.
    private func changed(_ body: [UInt8], by changes: [UInt8]) -> [UInt8] {
        var body = body
        for start in stride(from: 0, to: changes.count - 3, by: 4) {
            let place = changes[start..<start + 3].reduce(0) { $0 << 8 | Int($1) }
            body[place % body.count] ^= changes[start + 3]
        }
        let cut = changes.suffix(changes.count % 4).reduce(0) { $0 << 8 | Int($1) }
        return Array(body.dropLast(min(cut, body.count)))
    }

    private static let width = 16

    fileprivate static func features(_ seed: UInt64) -> Features {
        var random = Randomness(state: seed)
        let values = (0..<Features.blockCount * width).map { _ in Float(random.below(2001)) / 1000 - 1 }
        return Features(EncodedPools(sentence: Array(values[..<width]), layerPools: Array(values[width...])))
    }
}

/// What follows the digest of a small head.
private let goodHead = Result { () throws -> [UInt8] in
    var head = IntentHead(settings: HeadSettings(seed: 1))
    for (number, name) in ["a", "b", "a", "c"].enumerated() {
        let features = FuzzTarget.features(UInt64(number))
        head.apply(.taught(Example(intent: try IntentName(name), features: features), name: nil))
    }
    return Array(head.encoded().dropFirst(IntentHead.magic.count + 4 + 32))
}
