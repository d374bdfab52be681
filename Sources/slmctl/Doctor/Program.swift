import Glibc

/// Other programs that are asked. Everything unsafe about running them is here.
enum Program {
    enum Outcome: Hashable {
        case ended(status: Int32, said: String)
        case notRun(reason: String)
    }

    /// The daemon that lies beside this program, or in `PATH`.
    static var daemon: String? {
        let folders =
            [folder].compactMap(\.self)
            + (Environment.value("PATH")?.split(separator: ":").map(String.init) ?? [])
        return folders.map { "\($0)/slmd" }.first { unsafe access($0, X_OK) == 0 }
    }

    private static var folder: String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0 else { return nil }
        let path = String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    /// Runs a program without input, and waits for its end.
    ///
    /// - Parameter withErrors: whether what it says on standard error counts; else that is thrown away.
    static func run(_ words: [String], withErrors: Bool = true) -> Outcome {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return .notRun(reason: Environment.message(of: errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let input = Input(reading: ends[0])
        let writing = ends[1]
        let started = start(words, output: writing, withErrors: withErrors)
        close(writing)
        let process: pid_t
        switch started {
        case .success(let identifier): process = identifier
        case .failure(let error): return .notRun(reason: Environment.message(of: error.code))
        }
        let said = (try? input.readAll()) ?? []  // its status tells
        var status: CInt = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        // A signal is told as a shell does.
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return .ended(status: code, said: String(decoding: said, as: UTF8.self))
    }

    private static func start(
        _ words: [String], output: CInt, withErrors: Bool
    ) -> Result<pid_t, SpawnError> {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if withErrors {
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        }
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var process: pid_t = 0
        let code = unsafe posix_spawnp(&process, words[0], &actions, nil, arguments, environ)
        return code == 0 ? .success(process) : .failure(SpawnError(code: code))
    }

    private struct SpawnError: Error { let code: Int32 }
}

extension String {
    /// Without blanks and line ends around it, and on one line.
    var trimmed: String {
        split(whereSeparator: \.isNewline).joined(separator: "; ").split(separator: " ").joined(
            separator: " ")
    }
}
