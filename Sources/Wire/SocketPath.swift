/// Where the daemon listens and where a client looks for it: one rule for both.
public enum SocketPath {
    public static let variable = "SLMD_SOCKET"
    /// The socket of the system's daemon.
    public static let system = "/run/slmd/slmd.sock"
    /// A Unix socket's address holds this many bytes of path.
    public static let longestPath = 107

    /// The first of: the flag, `$SLMD_SOCKET`, the settings, `$RUNTIME_DIRECTORY/slmd.sock`, the user's own path.
    ///
    /// - Parameters:
    ///   - flag: the value of `--socket`.
    ///   - setting: the value of the settings file.
    ///   - environment: a variable that is empty counts as absent.
    public static func forDaemon(
        flag: String?, setting: String?, environment: [String: String], uid: UInt32
    ) -> String {
        if let path = flag ?? value(variable, environment) ?? setting { return path }
        // systemd gives several directories with colons between; the first is ours.
        if let directory = value("RUNTIME_DIRECTORY", environment)?.split(separator: ":").first {
            return "\(directory)/slmd.sock"
        }
        return forUser(environment: environment, uid: uid)
    }

    /// The first of: the flag, `$SLMD_SOCKET`, the user's own path if there is one, the system's if there is one,
    /// and else the user's own path.
    ///
    /// - Parameter exists: whether something lies at a path.
    public static func forClient(
        flag: String?, environment: [String: String], uid: UInt32, exists: (String) -> Bool
    ) -> String {
        if let path = flag ?? value(variable, environment) { return path }
        let user = forUser(environment: environment, uid: uid)
        return !exists(user) && exists(system) ? system : user
    }

    /// `$XDG_RUNTIME_DIR/slmd/slmd.sock`, or `/tmp/slmd-UID/slmd.sock` when there is no such directory.
    public static func forUser(environment: [String: String], uid: UInt32) -> String {
        if let directory = value("XDG_RUNTIME_DIR", environment) { return "\(directory)/slmd/slmd.sock" }
        return "/tmp/slmd-\(uid)/slmd.sock"
    }

    private static func value(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
