/// What reads foreign bytes. Any bytes are either refused with an error, or keep the promises of their check: anything else,
/// a crash or a hang is a finding.
enum FuzzTarget: String, CaseIterable {
    case safetensors, gguf, tokenizer, frames, requests, answers, settings, tasks, checkpoints, archives,
        backups, entities, documents, dialogues

    /// - Throws: `BrokenPromise`.
    func check(_ bytes: [UInt8]) throws {
        switch self {
        case .safetensors: try checkSafetensors(bytes)
        case .gguf: try checkGGUF(bytes)
        case .tokenizer: try checkTokenizer(bytes)
        case .frames: try checkFrames(bytes)
        case .requests: try checkRequest(bytes)
        case .answers: try checkAnswer(bytes)
        case .settings: try checkSettings(bytes)
        case .tasks: try checkTasks(bytes)
        case .checkpoints: try checkCheckpoint(bytes)
        case .archives: try checkArchive(bytes)
        case .backups: try checkBackup(bytes)
        case .entities: try checkEntities(bytes)
        case .documents: try checkDocument(bytes)
        case .dialogues: try checkDialogue(bytes)
        }
    }
}

struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

func promise(_ isKept: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
    guard isKept else { throw BrokenPromise(description: promise()) }
}
