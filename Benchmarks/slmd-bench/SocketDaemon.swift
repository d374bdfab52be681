import Foundation
import Glibc
import SLMClient

/// A daemon started for measuring, on a socket and a state of its own.
struct RunningDaemon {
    let socket: String
    private let process: Process

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts it and waits until it listens.
    ///
    /// - Parameter arguments: more of them, such as a settings file.
    init(_ program: String, folder: String, arguments: [String] = []) throws {
        socket = "\(folder)/s"
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments =
            ["--state", "\(folder)/state", "--socket", socket] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            do {
                _ = try Connection(socket: socket)
                return
            } catch .notRunning {
                usleep(500)
            }
        }
        throw Failure(
            description: "\(program) ended with status \(process.terminationStatus) before it listened")
    }

    func stop() throws {
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "slmd ended with status \(process.terminationStatus)")
        }
    }

    var residentBytes: Int {
        get throws {
            let text = try String(contentsOfFile: "\(folder)/statm", encoding: .utf8)
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            guard let pages else { throw Failure(description: "\(folder)/statm cannot be read: \(text)") }
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    /// The share of one core that all threads use while nobody asks anything.
    func idlePercent(seconds: Int) throws -> Double {
        sleep(2)  // what the last client left to do is not idling
        let before = try processorNanoseconds
        let began = ContinuousClock.now
        sleep(UInt32(seconds))
        return 100 * (try processorNanoseconds - before) / ((ContinuousClock.now - began) / .nanoseconds(1))
    }

    private var folder: String { "/proc/\(process.processIdentifier)" }

    /// The first field of every thread's schedstat: time on a processor, see proc(5).
    private var processorNanoseconds: Double {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "\(folder)/task").reduce(0) { sum, task in
                let text = try String(contentsOfFile: "\(folder)/task/\(task)/schedstat", encoding: .utf8)
                guard let time = text.split(separator: " ").first.flatMap({ Double($0) }) else {
                    throw Failure(description: "\(folder)/task/\(task)/schedstat cannot be read: \(text)")
                }
                return sum + time
            }
        }
    }
}
