import CGlibc
import Foundation
import Glibc

/// What the process asks of the system.
enum ProcessLimits {
    /// Lets the process open as many files as it may at most: a connection is one.
    static func raiseOpenFiles() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Should this fail, the old limit holds, and accepting waits when it is reached.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Makes writing past the file size limit, and to a closed pipe, an error instead of the end.
    static func ignoreWriteSignals() {
        _ = signal(SIGXFSZ, SIG_IGN)
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// What the process makes is its user's alone. The mask is the whole process's: set once, before anything
    /// is made.
    static func keepFilesPrivate() {
        umask(0o077)
    }

    /// Has every block of 1 MiB or more mapped for itself, so that it goes back to the system when it is freed.
    /// Otherwise the first large block freed raises that bound, and the heap keeps holes: 13 MB of them.
    static func returnLargeBlocks() {
        mallopt(CGlibc.M_MMAP_THRESHOLD, 1 << 20)
        // A bound set by hand stops the other one from growing with it, and smaller blocks would come and go.
        mallopt(CGlibc.M_TRIM_THRESHOLD, 8 << 20)
    }

    /// Gives back what the start, lessons or long work took and nothing needs any more: the heap's holes, some megabytes after
    /// lessons, and program text. It would stay resident otherwise.
    static let releaseUnused: @Sendable () -> Void = {
        malloc_trim(0)
        releaseText()
    }

    /// Unmaps the pages of program text that were touched: most are never needed again, and one that is comes back
    /// from the page cache within microseconds. Saves about 12 MB of resident memory.
    private static func releaseText() {
        // Without /proc nothing is saved.
        let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        for line in maps?.split(separator: "\n") ?? [] {
            let fields = line.split(separator: " ")
            // Text is never written, so its file holds all of it; a page of data would be lost.
            guard fields.count == 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            let start = unsafe UnsafeMutableRawPointer(bitPattern: bounds[0])
            _ = unsafe madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
