internal import Synchronization

extension ConversationArchive {
    /// A file that is over, at one moment.
    private struct Closing: Sendable {
        /// By the name it will have.
        let file: ArchiveFile
        let erasures: Int
    }

    /// Whether a file is over and not yet closed; not once it is stopped.
    public var hasFilesToClose: Bool {
        !isStopping && state.withLock { $0.position.map { !$0.over.isEmpty } ?? false }
    }

    /// Closes the files that are over: each is made small, and takes the open one's place. What is erased
    /// meanwhile is in none.
    ///
    /// - Parameter elsewhere: the caller compresses, and may be a thread that stands back for all others: none waits for it.
    /// - Complexity: 0.25 s of a processor a megabyte.
    public func closeFiles(elsewhere: Elsewhere = { $0() }) throws(StorageError) {
        while let closing = try on(elsewhere, { [self] () throws(StorageError) in nextToClose() }) {
            let (file, path) = (closing.file, "\(directory)/\(closing.file.name)")
            let range = file.first...max(file.first, file.last ?? file.first)
            let frame = try frame(of: range, .thorough, path) { query throws(StorageError) in
                try on(elsewhere) { [self] () throws(StorageError) in
                    // Cut short: what it has will not be placed.
                    isStopping ? [] : try page(query)
                }
            }
            try on(elsewhere) { [self] () throws(StorageError) in try place(frame, closing) }
        }
    }

    private func nextToClose() -> Closing? {
        guard !isStopping else { return nil }
        return state.withLock { state in
            state.position?.over.first.map { Closing(file: $0, erasures: state.erasures) }
        }
    }

    /// Puts a closed file in the open one's place, unless it was made of what is there no more.
    private func place(_ frame: [UInt8]?, _ closing: Closing) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            guard !isStopping, state.erasures == closing.erasures, var now = state.position,
                now.over.first == closing.file
            else { return }
            state.position = nil  // unless all goes well
            try replace(closing.file, with: frame)
            try Files.remove(closing.file.opened.name, in: directory, .writeArchive)
            now.over.removeFirst()
            state.position = now
        }
    }
}
