internal import Synchronization

extension ConversationArchive {
    /// Does what reads turns or writes files, and returns when that is done.
    public typealias Elsewhere = (@escaping @Sendable () -> Void) -> Void

    /// What is to be appended, at one moment.
    private struct Appending: Sendable {
        let turns: [Turn]
        let day: String
        /// The last turn before them in any file.
        let last: Int64
        let erasures: Int
    }

    /// Appends the turns that it does not have yet. A file that is full, or of an earlier day than `today`, is over then.
    ///
    /// - Parameters:
    ///   - patience: after so long it ends, and what is left is for the next time.
    ///   - elsewhere: the caller compresses, and may be a thread that stands back for all others: none waits for it. It
    ///     ends early once the archive is stopped. Where it is nil the caller does everything, a stopped one's too.
    /// - Complexity: some 15 µs of a processor a turn.
    public func catchUp(
        today: String, within patience: Duration = .seconds(3600), elsewhere: Elsewhere? = nil
    ) throws(StorageError) {
        let isHeedful = elsewhere != nil
        let elsewhere = elsewhere ?? { $0() }
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end,
            let appending = try on(elsewhere, { [self] () throws(StorageError) in try next(isHeedful) })
        {
            let (frame, content) = try compressed(directory) { () throws(ArchiveError) in
                let lines = ArchivedTurn.lines(appending.turns)
                let frame = try ZstdFrameWriter(.quick, size: lines.count)
                try frame.append(lines)
                return (try frame.finish(), lines.count)
            }
            try on(elsewhere) { [self] () throws(StorageError) in
                guard !(isHeedful && isStopping) else { return }
                try append(frame, content, appending)
            }
        }
        try on(elsewhere) { [self] () throws(StorageError) in
            guard !(isHeedful && isStopping) else { return }
            try state.withLock { state throws(StorageError) in
                var now = try position(state)
                if let open = now.open, open.day < today || now.content >= fullFile { now.endOpenFile() }
                state.position = now
            }
        }
    }

    /// The turns of one day that the next frame is made of; nil when there are none.
    private func next(_ isHeedful: Bool) throws(StorageError) -> Appending? {
        guard !(isHeedful && isStopping) else { return nil }
        return try state.withLock { state throws(StorageError) in
            let now = try position(state)
            state.position = now
            let turns = try page(TurnQuery(after: now.last))
            guard let first = turns.first else { return nil }
            let day = ArchivedTurn.dayNumber(first.content.time)
            return Appending(
                turns: Array(turns.prefix { ArchivedTurn.dayNumber($0.content.time) == day }),
                day: ArchivedTurn.day(first.content.time), last: now.last, erasures: state.erasures)
        }
    }

    /// Appends a frame, unless it was made of what is there no more, or is there already.
    private func append(_ frame: [UInt8], _ content: Int, _ appending: Appending) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            guard state.erasures == appending.erasures, var now = state.position, now.last == appending.last,
                let first = appending.turns.first, let last = appending.turns.last
            else { return }
            state.position = nil  // unless all goes well
            if let open = now.open, open.day != appending.day || now.content >= fullFile { now.endOpenFile() }
            let file = now.open ?? ArchiveFile(day: appending.day, first: first.id, last: nil)
            let path = "\(directory)/\(file.name)"
            let size = Files.size(path)
            do throws(StorageError) {
                try Files.append(frame, to: path, .writeArchive)
            } catch {
                // A part of the frame may be there; should this fail too, the tail is cut before the next one.
                try? Files.truncate(path, to: size, .writeArchive)  // see above
                throw error
            }
            now.open = file
            now.last = last.id
            now.content += content
            state.position = now
        }
    }

    func on<Value: Sendable>(
        _ elsewhere: Elsewhere, _ work: @escaping @Sendable () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        let outcome = Outcome<Value>()
        elsewhere { outcome.result.withLock { $0 = Result(catching: work) } }
        guard let result = outcome.result.withLock({ $0 }) else {
            preconditionFailure("an archive's elsewhere returned before its work was done")
        }
        return try result.get()
    }
}

private final class Outcome<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, StorageError>?>(nil)
}
