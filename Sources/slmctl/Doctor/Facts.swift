import CGlibc
import Glibc
import Wire

// What the system knows, read at the moment it is asked for. Everything unsafe about that is here.

/// A socket, and who asks.
struct SocketFacts {
    let path: String
    let caller: Caller
    let isThere: Bool
    /// `nil` where it cannot be seen.
    let owner: UInt32?
    let group: AccessGroup?

    var isSystems: Bool { path == SocketPath.system }

    /// Whether a client looks there by itself.
    var isUsual: Bool { isSystems || path == Environment.socketOfUser }

    /// Whether the daemon is the caller's own.
    var isOwn: Bool { isThere ? owner == caller.uid : !isSystems }

    var role: Role {
        if caller.uid == 0 || isOwn { return .owner }
        return caller.isMember(of: AccessGroup.administrators) ? .administrator : .user
    }

    /// What a caller is to the daemon.
    enum Role {
        case owner
        case administrator
        case user
    }

    /// Where the state lies when no setting says otherwise.
    var usualState: String {
        if isSystems { return "/var/lib/slmd" }
        if let path = Environment.value("SLMD_STATE") { return path }
        if let path = Environment.value("XDG_STATE_HOME") { return "\(path)/slmd" }
        return "\(Environment.value("HOME") ?? "")/.local/state/slmd"
    }
}

extension SocketFacts {
    init(_ path: String) {
        var information = stat()
        let isThere = unsafe stat(path, &information) == 0
        self.init(
            path: path, caller: .current, isThere: isThere, owner: isThere ? information.st_uid : nil,
            group: isThere ? AccessGroup(information.st_gid) : nil)
    }
}

/// The user who runs this process.
struct Caller {
    let uid: UInt32
    let name: String
    /// Those of the process, which are those of the session's beginning.
    let groups: Set<UInt32>

    static var current: Caller {
        let uid = getuid()
        let name = unsafe getpwuid(uid).map { unsafe String(cString: $0.pointee.pw_name) }
        var groups = [gid_t](repeating: 0, count: Int(max(getgroups(0, nil), 0)))
        let count = unsafe getgroups(CInt(groups.count), &groups)
        return Caller(
            uid: uid, name: name ?? "uid \(uid)",
            groups: Set(groups.prefix(Int(max(count, 0)))).union([getegid()]))
    }

    func isMember(of group: AccessGroup) -> Bool {
        group.gid.map { groups.contains($0) } ?? false
    }
}

/// A group, and who is in it now.
struct AccessGroup {
    let name: String
    /// `nil` when there is no such group.
    let gid: UInt32?
    let members: Set<String>
}

extension AccessGroup {
    /// As the settings name them by default.
    static var users: AccessGroup { AccessGroup("slm") }
    static var administrators: AccessGroup { AccessGroup("slm-admin") }

    init(_ name: String) {
        unsafe self.init(unsafe getgrnam(name), name: name)
    }

    init(_ gid: UInt32) {
        unsafe self.init(unsafe getgrgid(gid), name: "\(gid)")
    }

    private init(_ entry: UnsafeMutablePointer<group>?, name: String) {
        guard let entry = unsafe entry else {
            self.init(name: name, gid: nil, members: [])
            return
        }
        var names: Set<String> = []
        var next = unsafe entry.pointee.gr_mem
        while let member = unsafe next?.pointee {
            names.insert(unsafe String(cString: member))
            unsafe next = unsafe next?.successor()
        }
        self.init(
            name: unsafe String(cString: entry.pointee.gr_name), gid: unsafe entry.pointee.gr_gid,
            members: names)
    }
}

extension AccessGroup: CustomStringConvertible {
    var description: String { name }
}

/// A folder, and the disk it lies on or would lie on.
struct FolderFacts {
    let path: String
    /// `nil` where it is not there, or cannot be seen.
    let owner: UInt32?
    let mode: UInt32?
    /// Bytes that may still be written; `nil` where no disk is known.
    let free: Int?
    let isReadOnly: Bool
}

extension FolderFacts {
    init(_ path: String) {
        var information = stat()
        let isThere = unsafe stat(path, &information) == 0
        var disk = statvfs()
        let isKnown = Self.andAbove(path).contains { unsafe statvfs($0, &disk) == 0 }
        let free = disk.f_bavail.multipliedReportingOverflow(by: disk.f_frsize)
        self.init(
            path: path, owner: isThere ? information.st_uid : nil,
            mode: isThere ? information.st_mode & 0o777 : nil,
            free: isKnown ? (free.overflow ? .max : Int(clamping: free.partialValue)) : nil,
            isReadOnly: isKnown && disk.f_flag & 1 != 0)  // ST_RDONLY
    }

    /// The path, and the folders that hold it.
    private static func andAbove(_ path: String) -> [String] {
        var (paths, rest) = ([path], path[...])
        while let slash = rest.lastIndex(of: "/"), rest.count > 1 {
            rest = rest[..<slash]
            paths.append(rest.isEmpty ? "/" : String(rest))
        }
        return paths
    }
}

enum ClockFacts {
    /// Whether the kernel's clock is disciplined; `nil` where it does not tell.
    static var isSynchronised: Bool? {
        var state = timex()
        let result = unsafe adjtimex(&state)
        return result < 0 ? nil : state.status & STA_UNSYNC == 0
    }
}

enum MemoryFacts {
    /// Bytes that programs may still take; `nil` where there is no /proc.
    static var available: Int? {
        guard let input = try? Input.open("/proc/meminfo"), let bytes = try? input.readAll() else {
            return nil
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let fields = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
        return fields?.dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
