import CFuzzer
import Tokenizers

private let directory = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/vocabulary"
private let wordPiece = Result { try WordPiece(directory: directory) }

/// Any text has ids of the vocabulary, the same ones under any limit, and twice as many when it is said twice.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTokenizer(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do {
        let wordPiece = try wordPiece.get()
        let whole = try wordPiece.encode(text, limit: 1 << 20, overflow: .fail)
        precondition(whole.fullCount == whole.ids.count && !whole.truncated)
        precondition(whole.ids.allSatisfy { 0..<wordPiece.vocabularySize ~= Int($0.rawValue) })
        let cut = try wordPiece.encode(text, limit: 5, overflow: .truncate)
        let kept = min(5, whole.ids.count)
        precondition(cut.ids == whole.ids.prefix(kept - 1) + whole.ids.suffix(1), "a limit changes the ids")
        precondition(cut.fullCount == whole.fullCount, "a limit changes the count")
        let inner = Array(whole.ids[1..<(whole.ids.count - 1)])
        let twice = try wordPiece.encode("\(text) \(text)", limit: 1 << 20, overflow: .fail)
        precondition(
            twice.ids[1..<(twice.ids.count - 1)] == (inner + inner)[...], "words depend on their neighbours")
    } catch {
        fatalError("\(error)")
    }
    return 0
}

@main
struct FuzzTokenizer {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
        let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { unsafe fuzzTokenizer($0, $1) }
        precondition(status == 0, "libFuzzer ended with \(status)")
    }
}
