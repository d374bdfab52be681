import Assistant
import Logging
import Synchronization
import Systemd
import Wire

/// Reads the settings again while the daemon runs, and has what can change then follow them.
final class Reloader: Sendable {
    private let read: @Sendable () throws(SettingsError) -> Configuration
    private let manager: ServiceManager
    private let current: Mutex<Configuration>
    private let followers = Mutex<[@Sendable (Settings) -> Void]>([])

    init(
        _ current: Configuration, manager: ServiceManager = ServiceManager(),
        read: @escaping @Sendable () throws(SettingsError) -> Configuration
    ) {
        self.current = Mutex(current)
        self.manager = manager
        self.read = read
    }

    /// Has `follower` called with the settings of every later reload.
    func tell(_ follower: @escaping @Sendable (Settings) -> Void) {
        followers.withLock { $0.append(follower) }
    }

    /// Reads the settings and the head again; it must not meet learning. A file with a fault changes nothing.
    func reload(_ service: any IntentService) throws(ErrorReply) -> ReloadResult {
        manager.tell(.reloading, .status("reading the settings again"))
        defer { manager.tell(.ready, .status("answering")) }
        do {
            let new = try read()
            let old = current.withLock { $0 }
            try service.reload(new.assistant)
            current.withLock { $0 = new }
            for follower in followers.withLock({ $0 }) { follower(new.settings) }
            let change = SettingsChange(
                from: old.settings, to: new.settings,
                tasksDiffer: old.assistant.tasks != new.assistant.tasks
                    || old.assistant.phrases != new.assistant.phrases)
            return ReloadResult(
                file: new.file, applied: change.applied, needsRestart: change.needsRestart,
                digest: service.status(for: nil).head.digest)
        } catch let error as SettingsError {
            throw ErrorReply(.invalidParams, error.description, subject: "settings")
        } catch let error as AssistantError {
            throw ErrorReply(error)
        } catch {
            throw ErrorReply(.internalError, "\(error)")
        }
    }
}

/// What is different in other settings.
struct SettingsChange: Equatable {
    /// Sections, and of those the daemon takes over at once.
    private(set) var applied: [String] = []
    /// Sections and keys that it reads at its start only.
    private(set) var needsRestart: [String] = []

    /// - Parameter tasksDiffer: whether their file says something else.
    init(from old: Settings, to new: Settings, tasksDiffer: Bool) {
        func note(_ name: String, _ isDifferent: Bool, isAtOnce: Bool) {
            guard isDifferent else { return }
            if isAtOnce { applied.append(name) } else { needsRestart.append(name) }
        }
        note("socket, state, models or bootstrap", old.places != new.places, isAtOnce: false)
        note("slm", old.slm != new.slm, isAtOnce: false)
        note("encoder", old.encoder != new.encoder, isAtOnce: false)
        note("learning.seed", old.learning.seed != new.learning.seed, isAtOnce: false)
        note("limits.queue", old.limits.queue != new.limits.queue, isAtOnce: false)
        note("limits.buffered_bytes", old.limits.bufferedBytes != new.limits.bufferedBytes, isAtOnce: false)
        var (oldLearning, oldLimits) = (old.learning, old.limits)
        oldLearning.seed = new.learning.seed
        oldLimits.queue = new.limits.queue
        oldLimits.bufferedBytes = new.limits.bufferedBytes
        note("tasks", tasksDiffer || old.tasks != new.tasks, isAtOnce: true)
        note("learning", oldLearning != new.learning, isAtOnce: true)
        note("guard", old.guarding != new.guarding, isAtOnce: true)
        note("limits", oldLimits != new.limits, isAtOnce: true)
        note("checkpoints", old.checkpoints != new.checkpoints, isAtOnce: true)
        note("snapshots", old.snapshots != new.snapshots, isAtOnce: true)
        note("held_back", old.heldBack != new.heldBack, isAtOnce: true)
        note("conversations", old.conversations != new.conversations, isAtOnce: true)
        note("dialogues", old.dialogues != new.dialogues, isAtOnce: true)
        note("policy", old.policy != new.policy, isAtOnce: true)
        note("knowledge", old.knowledge != new.knowledge, isAtOnce: true)
        note("time_zone", old.timeZone != new.timeZone, isAtOnce: true)
        note("access", old.access != new.access, isAtOnce: true)
        note("log", old.log != new.log, isAtOnce: true)
    }
}
