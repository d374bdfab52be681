import Foundation
import Testing

@testable import slmctl

/// Runs `body` with a path below a folder that is not there yet.
private func withPath(_ body: (String) throws -> Void) rethrows {
    let folder = NSTemporaryDirectory() + "slmctl-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears its temporary files
    try body(folder + "/state/history")
}

@Test func `lines come back in their order, and only the owner can read them`() throws {
    try withPath { path in
        let file = HistoryFile(path: path)
        #expect(file.lines() == [])
        for line in ["one", "zwei äöü", "日本"] { file.append(line) }
        #expect(HistoryFile(path: path).lines() == ["one", "zwei äöü", "日本"])
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        for (path, mode) in [(path, 0o600), (folder, 0o700)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
    }
}

@Test func `a history that has grown is cut to its last lines`() {
    withPath { path in
        let file = HistoryFile(path: path)
        for number in 1..<2 * HistoryFile.kept { file.append("\(number)") }
        #expect(file.lines().count == HistoryFile.kept)
        #expect(lineCount(path) == 2 * HistoryFile.kept - 1)
        file.append("last")
        #expect(file.lines().count == HistoryFile.kept)
        #expect(file.lines().last == "last")
        #expect(lineCount(path) == HistoryFile.kept)
    }
}

private func lineCount(_ path: String) -> Int? {
    FileManager.default.contents(atPath: path)?.count { $0 == UInt8(ascii: "\n") }
}

@Test func `lines of a history that could do something to the terminal are passed over`() throws {
    try withPath { path in
        let file = HistoryFile(path: path)
        file.append("good")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("a\u{1B}[2Jb\n".utf8) + [0xFF, 0x0A] + Data("fine".utf8))
        try handle.close()
        #expect(file.lines() == ["good", "fine"])
    }
}

@Test(arguments: ["/dev/null", "/dev/null/history", "/proc/history"])
func `a place that keeps nothing is no error`(path: String) {
    let file = HistoryFile(path: path)
    file.append("line")
    #expect(file.lines() == [])
}
