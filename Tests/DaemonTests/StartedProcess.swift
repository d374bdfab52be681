import Foundation

/// A process that ends with its test: when the value goes, as after an error, or when the process of the tests does.
final class StartedProcess {
    private let process = Process()
    /// Holds back the one that kills it: a shell that reads from here.
    private let leash = Pipe()

    init(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        let watch = Process()
        watch.executableURL = URL(filePath: "/bin/sh")
        watch.arguments = ["-c", "read _ || kill -s KILL \(process.processIdentifier)"]
        watch.standardInput = leash
        watch.standardOutput = FileHandle.nullDevice
        watch.standardError = FileHandle.nullDevice
        do {
            try watch.run()
        } catch {
            kill(process.processIdentifier, SIGKILL)
            throw error
        }
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        // Its number may soon be another's.
        try? leash.fileHandleForWriting.write(contentsOf: Data("\n".utf8))  // then the shell has gone already
    }

    var processIdentifier: Int32 { process.processIdentifier }
    var terminationStatus: Int32 { process.terminationStatus }

    func terminate() { process.terminate() }
    func waitUntilExit() { process.waitUntilExit() }
}
