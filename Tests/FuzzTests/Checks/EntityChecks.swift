import Entities
import Glibc

private let recognizer = EntityRecognizer()

extension FuzzTarget {
    /// What a text's entities may cost, in time of the processor. It is 50 ms where the code is optimised; the code under test is not, and counts its
    /// branches.
    private static let timeLimit = Duration.seconds(2)

    /// A text's entities lie in it one after the other, are what it says there, and come soon.
    func checkEntities(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let start = Self.processorTime()
        let entities = recognizer.entities(in: text, at: ReferenceTime(rfc3339: "2016-11-07T16:12:00"))
        let time = Self.processorTime() - start
        try promise(time < Self.timeLimit, "\(bytes.count) bytes are read in \(time)")
        let scalars = Array(text.unicodeScalars)
        let utf8 = Array(text.utf8)
        var end = 0
        for entity in entities {
            try promise(entity.bytes.lowerBound >= end && !entity.bytes.isEmpty, "\(entity) is over no other")
            end = entity.bytes.upperBound
            try promise(end <= utf8.count, "\(entity) is in the text")
            try promise(utf8[entity.bytes].elementsEqual(entity.text.utf8), "\(entity) is at its bytes")
            try promise(entity.characters.upperBound <= scalars.count, "\(entity) is in the text")
            try promise(
                scalars[entity.characters].elementsEqual(entity.text.unicodeScalars),
                "\(entity) is at its characters")
            try promise(0...1 ~= entity.confidence, "\(entity) is sure to a part of one")
        }
    }
    /// Of this thread. A clock on the wall also counts what else the machine does.
    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
