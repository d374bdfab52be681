internal import Dialogue
internal import Dispatch
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// The time between two looks for episodes that are over, in microseconds.
    private static let (shortestWait, longestWait): (Int64, Int64) = (60_000_000, 3_600_000_000)

    /// Has the episodes end that are over by then. Nothing runs while none is open.
    ///
    /// - Parameter time: microseconds since 1970, UTC.
    func watchEpisodes(until time: Int64) {
        let isSooner = episodesWatched.withLock { watched in
            guard time < watched ?? .max else { return false }
            watched = time
            return true
        }
        guard isSooner else { return }
        let wait = min(max(time - clock.microseconds(), Self.shortestWait), Self.longestWait)
        episodesQueue.asyncAfter(deadline: .now() + .microseconds(Int(wait))) { [weak self] in
            guard let self, !snapshot().isClosed else { return }
            episodesWatched.withLock { $0 = nil }
            endEpisodesAndWatch()
        }
    }

    /// Has the episodes end that a former process left open.
    func watchEpisodesFromStart() {
        episodesQueue.async { [weak self] in
            guard let self, !snapshot().isClosed else { return }
            tellingOfFailure { () throws(AssistantError) in try watchNextEnd() }
        }
    }

    private func endEpisodesAndWatch() {
        tellingOfFailure { () throws(AssistantError) in
            try endEpisodes()
            try watchNextEnd()
        }
    }

    private func watchNextEnd() throws(AssistantError) {
        if let next = try storing({ () throws(StorageError) in try log.nextEndOfEpisodes() }) {
            watchEpisodes(until: next)
        }
    }

    private func tellingOfFailure(_ work: () throws(AssistantError) -> Void) {
        do throws(AssistantError) {
            try work()
        } catch {
            logger.error("tasks that nobody goes on with not counted", metadata: ["reason": "\(error)"])
        }
    }

    /// Lets count what nobody has said anything about for long enough: a task that was done as done, any other as left.
    func endEpisodes() throws(AssistantError) {
        let time = clock.microseconds()
        conversations.flush()
        var ended = 0
        repeat {
            let sessions = try storing { () throws(StorageError) in
                try log.sessionsWithEpisodes(endedBy: time, limit: 256)
            }
            ended = 0
            for session in sessions where try endEpisodes(of: session, by: time) { ended += 1 }
        } while ended > 0
        policyLog.follow()
    }

    private func endEpisodes(of session: String, by time: Int64) throws(AssistantError) -> Bool {
        let lifetime = configuration.dialogueLifetime
        return try dialogues.withCourse(of: session, in: tasks.book) { course throws(AssistantError) in
            // Something may have been said just now, or the lifetime been set anew.
            let end = course.end(lifetime: lifetime)
            let isOver = end.map { $0 <= time } ?? true
            let last = course.state.updatedAt
            let episodes = isOver ? course.endEpisodes().map { $0.stored(endedBy: last) } : []
            try storing { () throws(StorageError) in
                try log.end(episodes, of: session, nextEnd: isOver ? nil : end)
            }
            return true
        } ?? false
    }
}
