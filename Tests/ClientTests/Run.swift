import Foundation

/// One run of the slmctl that was built with these tests.
struct Run {
    let status: Int32
    let output: String
    let error: String

    /// - Parameters:
    ///   - redirection: of a shell, for what `Process` cannot do, such as `<&-`.
    ///   - isPiped: whether the input comes through a pipe and not from a file.
    init(
        _ arguments: [String], input: [UInt8] = [], socket: String?, redirection: String = "",
        variables: [String: String] = [:], isPiped: Bool = false
    ) throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = tests.deletingLastPathComponent().appendingPathComponent("slmctl").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let command = "\"$0\" \"$@\" \(redirection)"
        process.arguments = ["-c", isPiped ? "cat | \(command)" : "exec \(command)", program] + arguments
        // What a sanitizer is told holds for the program, too.
        let told = ProcessInfo.processInfo.environment.filter { $0.key == "ASAN_OPTIONS" }
        process.environment = told.merging(socket.map { ["SLMD_SOCKET": $0] } ?? [:]) { $1 }
            .merging(variables) { $1 }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "slmctl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // the system clears its temporary files
        let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
        for file in files { try Data(input).write(to: file) }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        for file in files[1...] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
        error = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
    }

    var lines: [Substring] { output.split(separator: "\n") }
}

let daemon = Result { try FakeDaemon(answer: Canned.answer) }

func slmctl(_ arguments: String..., input: String = "") throws -> Run {
    try Run(arguments, input: Array(input.utf8), socket: try daemon.get().socket)
}
