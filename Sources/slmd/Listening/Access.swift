import Glibc
import Wire

/// Who may ask for what, by the user and the groups of the process that connected.
struct Access: Sendable, Hashable {
    /// The daemon's own user.
    let uid: UInt32
    /// Members may predict, teach, and see and take back what they taught themselves; nil where there is no such
    /// group.
    var users: UInt32?
    /// Members may do everything.
    var admins: UInt32?

    /// - Returns: nil for one who may ask for nothing.
    func role(of peer: Peer) -> Role? {
        if peer.uid == 0 || peer.uid == uid { return .owner }
        if let admins, peer.groups.contains(admins) { return .administrator }
        if let users, peer.groups.contains(users) { return .user }
        return nil
    }
}

/// What a peer is to the daemon.
enum Role: Sendable, Hashable {
    /// One of the group of users.
    case user
    /// One of the group of administrators.
    case administrator
    /// Root, or the daemon's own user.
    case owner

    var mayAdminister: Bool { self != .user }
}

extension Access {
    /// Looks the groups of the settings up; one that does not exist has no members.
    init(_ settings: Settings.Access, uid: UInt32) {
        self.init(uid: uid, users: Self.group(settings.users), admins: Self.group(settings.admins))
    }

    private static func group(_ name: String) -> UInt32? {
        var entry = unsafe GroupEntry()
        var result: UnsafeMutablePointer<GroupEntry>?
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        let status = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &result)
        guard status == 0, unsafe result != nil else { return nil }
        return unsafe entry.gr_gid
    }
}

/// The C library's `struct group`.
private typealias GroupEntry = group

extension Call {
    /// Whether only administrators may ask for it. What a user may take back or see besides is the user's own.
    var isAdministrative: Bool {
        switch self {
        case .train, .renameIntent, .mergeIntent, .removeIntent, .createSnapshot, .removeSnapshot,
            .restoreSnapshot, .exportSnapshot, .importSnapshot, .approve, .reject, .backup, .restore,
            .reload, .freezePolicy, .unfreezePolicy, .undoPolicy, .reindex:
            true
        case .predict, .say, .embed, .entities, .teach, .stageExamples, .evaluate, .intents, .listSnapshots,
            .showSnapshot,
            .verifySnapshot, .undo, .forget, .history, .log, .sessions, .showSession, .importSession,
            .explain, .ask, .judgeAnswer, .generate, .addSource, .listSources, .showSource, .search,
            .removeSource,
            .exportSources, .readTransfer, .writeTransfer,
            .showPolicy, .evaluatePolicy, .policyLog, .transitions, .status, .cancel:
            false
        }
    }
}
