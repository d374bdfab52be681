import Entities
import Wire

/// What the command line says about places; nil where it says nothing.
struct PlaceFlags: Sendable, Equatable {
    var config: String?
    var state: String?
    var socket: String?
    var models: String?
}

/// Finds the files and folders of the daemon: a flag comes first, then the environment, then the settings.
struct PlaceFinder: Sendable {
    let flags: PlaceFlags
    let environment: [String: String]
    let uid: UInt32
    /// The folder of the executable, for one that is run where it was built.
    let executableFolder: String
    let exists: @Sendable (String) -> Bool

    /// The settings file, or nil when there is none and every default holds.
    var config: String? {
        flags.config ?? variable("SLMD_CONFIG")
            ?? firstThatExists(
                (userConfig.map { [$0] } ?? []) + ["/etc/slmd/slmd.yaml"] + inCheckout("etc/slmd/slmd.yaml"))
    }

    /// Where a user has settings of their own; the service of the system is told its folder and has no such user.
    private var userConfig: String? {
        if variable("CONFIGURATION_DIRECTORY") != nil { return nil }
        if let path = variable("XDG_CONFIG_HOME") { return "\(path)/slmd/slmd.yaml" }
        return variable("HOME").map { "\($0)/.config/slmd/slmd.yaml" }
    }

    func socket(_ setting: String?) -> String {
        SocketPath.forDaemon(flag: flags.socket, setting: setting, environment: environment, uid: uid)
    }

    /// - Returns: nil when nothing says where the state is, for a user without a home.
    func state(_ setting: String?) -> String? {
        if let path = flags.state ?? variable("SLMD_STATE") ?? setting { return path }
        // systemd gives several directories with colons between; the first is ours.
        if let path = variable("STATE_DIRECTORY")?.split(separator: ":").first { return String(path) }
        if let path = variable("XDG_STATE_HOME") { return "\(path)/slmd" }
        return variable("HOME").map { "\($0)/.local/state/slmd" }
    }

    func models(_ setting: String?) -> String {
        flags.models ?? variable("SLMD_MODELS") ?? setting
            ?? firstThatExists(inCheckout("models")) ?? "/usr/share/slmd/models"
    }

    /// A file that slmd comes with, such as `bootstrap.jsonl`: nil when there is none or the settings want none.
    func shipped(_ name: String, _ setting: Settings.ShippedFile, config: String?) -> String? {
        let beside = config.map { Self.folder(of: $0) }
        switch setting {
        case .none: return nil
        case .file(let path): return file(path, besides: config)
        case .shipped:
            let shipped = ["/etc/slmd/\(name)"] + inCheckout("etc/slmd/\(name)")
            return firstThatExists((beside.map { ["\($0)/\(name)"] } ?? []) + shipped)
        }
    }

    /// The file of the language model, or nil when the settings name none and none has been fetched.
    ///
    /// - Parameter models: the folder of models.
    func languageModel(
        _ setting: Settings.LanguageModel, models: String, config: String?
    ) -> String? {
        if let path = setting.path { return file(path, besides: config) }
        return firstThatExists([fetchedLanguageModel(models: models)])
    }

    /// Where `models/fetch` puts it.
    func fetchedLanguageModel(models: String) -> String { "\(models)/\(Settings.LanguageModel.fetched)" }

    /// The head that comes with slmd, of the folder of models or else of wherever it was installed.
    func supportHead(models: String) -> String? {
        let name = "grounding/support.head"
        return firstThatExists(
            ["\(models)/\(name)"] + inCheckout("models/\(name)") + ["/usr/share/slmd/models/\(name)"])
    }

    /// A file that the settings name; a relative path starts at the folder of the settings file.
    func file(_ path: String, besides config: String?) -> String {
        guard !path.hasPrefix("/"), let config else { return path }
        return "\(Self.folder(of: config))/\(path)"
    }

    /// The system's own time zone.
    var localZone: TimeZoneRules { ZoneFiles.local(variable: environment["TZ"]) }

    /// A checkout's path seen from its top, and from `.build/TRIPLE/release` inside it.
    private func inCheckout(_ path: String) -> [String] {
        let parts = executableFolder.split(separator: "/")
        guard executableFolder.hasPrefix("/"), parts.count >= 3 else { return [path] }
        return [path, "/" + (parts.dropLast(3).map(String.init) + [path]).joined(separator: "/")]
    }

    private func firstThatExists(_ paths: [String]) -> String? {
        paths.first(where: exists)
    }

    private func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
