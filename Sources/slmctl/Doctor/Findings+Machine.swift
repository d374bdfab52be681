import FoundationEssentials
import Wire

// What the machine that the daemon runs on lacks.

extension FolderFacts {
    /// Below this the disk is as good as full; below ten times as much it will be.
    private static let least = 100_000_000

    func finding(owner socket: SocketFacts) -> Finding {
        guard let free else { return .ok("state", "\(path) is not there yet") }
        let room = "\(path), \(StatusScreen.size(free)) free"
        let exists = mode != nil
        if isReadOnly {
            return .problem(
                "state", "\(path) is mounted read-only",
                remedy: "look for a failing disk: dmesg; then remount it")
        }
        if free < Self.least {
            return .problem("state", room, remedy: "make room; nothing can be learnt on a full disk")
        }
        if let owner, socket.isOwn, owner != socket.caller.uid {
            return .problem(
                "state", "\(path) belongs to uid \(owner), not to \(socket.caller.name)",
                remedy: "sudo chown -R \(socket.caller.name) \(path)")
        }
        if let mode, mode & 0o077 != 0 {
            return .warning(
                "state", "\(room), but open to other users (mode \(String(mode, radix: 8)))",
                remedy: "chmod 700 \(path)")
        }
        guard free >= 10 * Self.least else { return .warning("state", room, remedy: "make room soon") }
        return .ok("state", exists ? room : "\(room), and nothing there yet")
    }
}

extension Examination {
    var clock: Finding {
        let now = Date.now
        if case .success(let answer) = answer, let newest = answer.newestLesson,
            newest > now.addingTimeInterval(60)
        {
            return .problem(
                "clock",
                "it is \(now.formatted(.iso8601)), before the newest lesson of \(newest.formatted(.iso8601))",
                remedy: "set it: timedatectl set-ntp true")
        }
        switch ClockFacts.isSynchronised {
        case true?: return .ok("clock", "synchronised")
        case false?:
            return .warning(
                "clock", "not synchronised; the times in the history may be wrong",
                remedy: "timedatectl set-ntp true")
        case nil: return .ok("clock", now.formatted(.iso8601))
        }
    }

    func memory(of status: StatusResult) -> Finding {
        let used = status.service.memoryBytes
        var found = StatusScreen.size(used)
        if let limit = units?.service.memoryHigh {
            found += ", and slmd.service may use \(StatusScreen.size(limit))"
            if used > limit / 10 * 9 {
                return .warning(
                    "memory", found, remedy: "sudo systemctl edit slmd, and raise MemoryHigh and MemoryMax")
            }
        }
        guard let available = MemoryFacts.available else { return .ok("memory", found) }
        found += "; \(StatusScreen.size(available)) available"
        return available < 200_000_000
            ? .warning("memory", found, remedy: "end something else, or add memory") : .ok("memory", found)
    }
}
