import CGlibc
import Glibc

/// Takes the text out of PDF files with poppler's `pdftotext`, which runs with the caller's rights.
///
/// Everything unsafe about running it is here.
struct PDFReader {
    var program = "pdftotext"
    /// Of the clock, and of the processors.
    var timeLimit = Duration.seconds(120)
    /// Bytes of address space: of what the file says of itself, the program may believe all.
    var memory = 1 << 30
    /// Bytes of its text.
    var longest = DocumentFile.longest

    /// The text of the file, a form feed behind each page.
    ///
    /// - Parameter path: as errors give it; the program reads what `input` has open, whatever its name leads to by now.
    func text(of input: borrowing Input, _ path: String) throws(Failure) -> [UInt8] {
        let output = try Pipe()
        let errors = try Pipe()
        let process = try spawn(input.descriptor, output.end.descriptor, errors.end.descriptor, path)
        limit(process)
        var text: [UInt8] = []
        var complaint: [UInt8] = []
        do {
            try read(output.consumingReader(), errors.consumingReader(), into: &text, &complaint, path)
        } catch {
            kill(process, SIGKILL)
            _ = wait(for: process)
            throw error
        }
        let status = wait(for: process)
        let signal = status & 0x7F
        if signal == SIGXCPU { throw timeout(path) }
        guard status == 0 else {
            let ending = signal == 0 ? nil : "signal \(signal)"
            let said = String(decoding: complaint, as: UTF8.self).split(separator: "\n").last.map(String.init)
            let reason = (said ?? ending).map { ": \($0)" } ?? ""
            throw Failure(.data, "broken_pdf", "\(path): pdftotext cannot read it\(reason)")
        }
        return text
    }

    private func timeout(_ path: String) -> Failure {
        Failure(
            .data, "timeout", "\(path): pdftotext has not read it within \(timeLimit.components.seconds) s")
    }

    /// What a malicious file can make of the program: no more memory and time than this, and no dump of its memory.
    ///
    /// It has begun by now, but what counts is what it takes in all.
    private func limit(_ process: pid_t) {
        let seconds = max(1, Int(timeLimit.components.seconds))
        for (resource, most, grace) in [
            (limitOfAddressSpace, memory, 0), (limitOfCore, 0, 0),
            // SIGXCPU at the first, which tells; SIGKILL at the second.
            (limitOfProcessorTime, seconds, 1),
        ] {
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most + grace))
            // A process that has ended needs none.
            _ = unsafe prlimit(process, __rlimit_resource_t(resource), &limit, nil)
        }
    }

    private func spawn(_ input: CInt, _ output: CInt, _ errors: CInt, _ path: String) throws(Failure) -> pid_t
    {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, standard) in [
            (input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO),
        ] {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
        }
        let arguments = [program, "-enc", "UTF-8", "-eol", "unix", "/dev/stdin", "-"]
        var vector = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe vector.indices { unsafe free(vector[index]) } }
        var process: pid_t = 0
        // No environment: nothing in it is for this program.
        let status = unsafe posix_spawnp(&process, program, &actions, nil, &vector, nil)
        if status == ENOENT {
            throw Failure(
                .unavailable, "no_pdftotext",
                "\(path): PDF files are read with pdftotext, which is not installed: apt install poppler-utils"
            )
        }
        guard status == 0 else {
            throw Failure(.software, "pdftotext", "\(path): pdftotext: \(Environment.message(of: status))")
        }
        return process
    }

    private func read(
        _ output: consuming Input, _ errors: consuming Input, into text: inout [UInt8],
        _ complaint: inout [UInt8], _ path: String
    ) throws(Failure) {
        let end = ContinuousClock.now + timeLimit
        var areOpen = [true, true]
        while areOpen.contains(true) {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { throw timeout(path) }
            let descriptors = zip([output.descriptor, errors.descriptor], areOpen).map { $1 ? $0 : -1 }
            let milliseconds = CInt(clamping: Int64((left / .milliseconds(1)).rounded(.up)))
            let ready = try Input.wait(descriptors, milliseconds: milliseconds)
            if ready[0] {
                let piece = try output.read()
                guard piece.count <= longest - text.count else {
                    throw Failure(
                        .data, "too_large",
                        "\(path): expected at most \(longest >> 20) MiB of text, found more")
                }
                text += piece
                areOpen[0] = !piece.isEmpty
            }
            if ready[1] {
                let piece = try errors.read()
                complaint = (complaint + piece).suffix(4096)
                areOpen[1] = !piece.isEmpty
            }
        }
    }

    private func wait(for process: pid_t) -> CInt {
        var status: CInt = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}

/// A pipe whose writing end is closed with the value, once a child has it.
private struct Pipe: ~Copyable {
    let reader: Input
    let end: Input

    init() throws(Failure) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw Failure(.io, "io", "pipe: \(Environment.message(of: errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reader = Input(reading: ends[0])
        end = Input(reading: ends[1])
    }

    /// The reading end; the other one is closed.
    consuming func consumingReader() -> Input { reader }
}
