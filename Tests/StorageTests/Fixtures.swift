import Foundation
import Glibc
import Learning
import Logging
import Testing

@testable import Storage

/// A directory that is removed with the value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "slmd-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
let encoder = String(repeating: "e1", count: 32)
let origin = Origin(uid: 1000, pid: 42, session: "s-1")

func intent(_ name: String) throws -> IntentName { try IntentName(name) }

/// Features of width 4 that differ with `seed`.
func features(_ seed: Int) -> Features {
    let values = (0..<4 * Features.blockCount).map { Float(($0 * 7 + seed * 13) % 11) - 5 }
    return Features(EncodedPools(sentence: Array(values[..<4]), layerPools: Array(values[4...])))
}

/// An example of the text "a bc d" with a slot on its second word, of width 4.
func slottedExample(_ seed: Int = 1) throws -> StoredExample {
    let spans = [SlotSpan(type: try SlotName("x"), bytes: 2..<4)]
    let words = WordFeatures(
        tokens: (0..<3 * 3 * 4).map { Float(($0 * 5 + seed) % 7) - 3 }, width: 4,
        words: [0..<1, 1..<2, 2..<3])
    let slots = try SlotExample(spans, words: [0..<1, 2..<4, 5..<6], features: words)
    return StoredExample(
        text: "a bc d", context: nil,
        example: Example(intent: try intent("a"), features: features(seed), slots: slots), slots: spans)
}

func taught(
    _ text: String, as name: String, seed: Int = 1, by origin: Origin = origin
) throws -> NewEvent {
    let example = Example(intent: try intent(name), features: features(seed))
    return NewEvent(
        .taught(StoredExample(text: text, context: nil, example: example)), origin: origin,
        time: 1_700_000_000_000_000)
}

func events(of log: EventLog, after position: EventID = .none) throws -> [Event] {
    var events: [Event] = []
    try log.forEach(in: try log.plan().after(position)) { event throws(StorageError) in events.append(event) }
    return events
}

func texts(of log: EventLog) throws -> [String] {
    try events(of: log).compactMap {
        guard case .taught(let stored) = $0.content else { return nil }
        return stored.text
    }
}

/// This process's numbers for a file that is open: a database may have it open for writing and for reading.
func openDescriptors(of path: String) -> [Int32] {
    // Many tests run at once: there may be thousands.
    (0..<65_536).filter { descriptor in
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        return length > 0
            && String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) == path
    }
}

/// From here on the kernel refuses writes to an open file (EBADF), and still reads it.
func refuseWrites(to path: String) {
    let descriptors = openDescriptors(of: path)
    #expect(!descriptors.isEmpty)
    let readOnly = open(path, O_RDONLY)
    for descriptor in descriptors { #expect(dup2(readOnly, descriptor) == descriptor) }
    close(readOnly)
}
