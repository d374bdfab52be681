import Glibc
import JSON
import ModelFiles

/// The peer's process: answers timings to requests, one JSON object a line.
@safe final class Peer {
    enum Failure: Error, CustomStringConvertible {
        case cannotStart(String, code: Int32)
        case ended
        case badAnswer(String)
        case neverIdle(pid_t)

        var description: String {
            switch self {
            case .cannotStart(let python, let code): "\(python) did not start: error \(code)"
            case .ended: "the peer ended; its message is above"
            case .badAnswer(let line): "the peer answered \(line)"
            case .neverIdle(let process): "process \(process) still works a second after its turn"
            }
        }
    }

    let name: String
    private let process: pid_t
    private let requests: UnsafeMutablePointer<FILE>
    private let answers: UnsafeMutablePointer<FILE>

    /// Starts a script of Benchmarks/peers.
    init(python: String, script: String, _ arguments: [String]) throws {
        let peers =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
            .joined(separator: "/") + "/peers/"
        unsafe (process, requests, answers) = try unsafe Self.spawn([python, peers + script] + arguments)
        guard let ready = try unsafe Self.line(of: answers)["ready"]?.string else { throw Failure.ended }
        name = ready
    }

    deinit {
        unsafe fclose(requests)
        unsafe fclose(answers)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
    }

    /// The seconds that the peer answers a request with; begins when this process rests and returns when the peer does, so
    /// that neither side computes while the other's threads still spin.
    ///
    /// - Parameter request: a JSON object in one line.
    func time(_ request: String) throws -> [Double] {
        try Self.waitUntilIdle(getpid())
        unsafe fputs(request + "\n", requests)
        unsafe fflush(requests)
        let seconds = try unsafe Self.line(of: answers)["seconds"]?.elements?.compactMap(\.double) ?? []
        try Self.waitUntilIdle(process)
        return seconds
    }

    /// Returns when the process has used next to no processor time for some milliseconds. ONNX Runtime's
    /// threads were seen to spin for 40 ms and more after a run.
    private static func waitUntilIdle(_ process: pid_t) throws {
        var clock = clockid_t()
        guard unsafe clock_getcpuclockid(process, &clock) == 0 else { throw Failure.ended }
        var used = timespec()
        var (previous, quiet) = (0, 0)
        for _ in 0..<500 {
            guard unsafe clock_gettime(clock, &used) == 0 else { throw Failure.ended }
            let microseconds = used.tv_sec * 1_000_000 + used.tv_nsec / 1000
            quiet = microseconds - previous < 200 ? quiet + 1 : 0
            if quiet == 4 { return }
            previous = microseconds
            usleep(2_000)
        }
        throw Failure.neverIdle(process)
    }

    private static func line(of answers: UnsafeMutablePointer<FILE>) throws -> JSONValue {
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { unsafe free(buffer) }
        let count = unsafe getline(&buffer, &capacity, answers)
        guard count > 0, let line = unsafe buffer else { throw Failure.ended }
        let text = unsafe String(cString: line)
        do { return try JSONValue(parsing: Array(text.utf8)) } catch { throw Failure.badAnswer(text) }
    }

    private static func spawn(
        _ command: [String]
    ) throws -> (pid_t, UnsafeMutablePointer<FILE>, UnsafeMutablePointer<FILE>) {
        var (input, output): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard unsafe pipe(&input) == 0, unsafe pipe(&output) == 0 else {
            throw Failure.cannotStart(command[0], code: errno)
        }
        // The child must not hold our ends, or neither side would see the other's end of file.
        for end in [input[1], output[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        let arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, command[0], &actions, nil, arguments, environ)
        close(input[0])
        close(output[1])
        guard code == 0, let requests = unsafe fdopen(input[1], "w"),
            let answers = unsafe fdopen(output[0], "r")
        else {
            throw Failure.cannotStart(command[0], code: code)
        }
        return unsafe (process, requests, answers)
    }
}
