import Glibc

/// Ctrl-C as something to wait for, from `init` to `deinit`, in place of the end of the process. A second one ends the
/// process as ever. Where the program was started with Ctrl-C ignored, as a shell does in the background, it stays so.
///
/// Everything unsafe about waiting for it is here.
struct Interruption: ~Copyable {
    /// Readable once it came.
    let descriptor: CInt
    private let end: CInt
    private let isIgnored: Bool

    init() throws(Failure) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw Failure(.io, "io", "pipe: \(Environment.message(of: errno))")
        }
        (descriptor, end) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        unsafe WatchedSignal.end = end
        let before = Glibc.signal(SIGINT) { WatchedSignal.came($0) }
        isIgnored = unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        if isIgnored { _ = Glibc.signal(SIGINT, SIG_IGN) }
    }

    deinit {
        if !isIgnored { _ = Glibc.signal(SIGINT, SIG_DFL) }
        close(descriptor)
        close(end)
    }

    var hasCome: Bool {
        var entry = pollfd(fd: descriptor, events: CShort(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) == 1
    }

    /// As if it came.
    func come() { WatchedSignal.tell(end) }
}

/// What the signal's handler needs.
private enum WatchedSignal {
    // Written by the only thread before the handler is set, and read by the handler afterwards.
    nonisolated(unsafe) static var end: CInt = -1  // see above

    /// Only system calls, for the signal's handler.
    static func came(_ signal: CInt) {
        _ = Glibc.signal(signal, SIG_DFL)
        tell(unsafe end)
    }

    static func tell(_ end: CInt) {
        var byte: UInt8 = 1
        _ = unsafe write(end, &byte, 1)
    }
}
