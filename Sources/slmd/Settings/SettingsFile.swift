import Foundation
import Yams

/// Settings as a YAML file gives them.
struct SettingsFile {
    let settings: Settings
    /// Every key there is, sections as `limits.queue`.
    let keys: [String]

    init(path: String) throws(SettingsError) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw .unreadable(file: path, reason: SettingsFile.reason(for: error, path: path))
        }
        try self.init(yaml: text, file: path)
    }

    /// - Parameter file: the name that errors give.
    init(yaml: String, file: String) throws(SettingsError) {
        var reader = MappingReader(try SettingsFile.mapping(of: yaml, file: file), file: file)
        var settings = Settings()
        reader.readAll(into: &settings)
        guard reader.problems.isEmpty else {
            throw .invalid(reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
        self.settings = settings
        self.keys = reader.known
    }

    private static func mapping(of yaml: String, file: String) throws(SettingsError) -> Node.Mapping {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw .invalid([SettingsProblem(syntax: error, file: file)])
        }
        guard let root, root.null == nil else { return Node.Mapping([]) }
        guard let mapping = root.mapping else {
            let kind = SettingsProblem.Kind.badSyntax("expected keys and values, found something else")
            throw .invalid([SettingsProblem(file: file, line: 1, column: 1, kind: kind)])
        }
        return mapping
    }

    private static func reason(for error: any Error, path: String) -> String {
        guard FileManager.default.fileExists(atPath: path) else { return "no such file" }
        if (error as? CocoaError)?.code == .fileReadInapplicableStringEncoding { return "not UTF-8 text" }
        return "cannot be read: \(error.localizedDescription)"
    }
}

extension MappingReader {
    fileprivate mutating func readAll(into settings: inout Settings) {
        settings.places.socket = string("socket")
        settings.places.state = string("state")
        settings.places.models = string("models")
        switch string("bootstrap") {
        case nil: break
        case "none": settings.places.bootstrap = .none
        case let path?: settings.places.bootstrap = .file(path)
        }
        settings.slm = section("slm", orNone: settings.slm) { $0.read(into: &$1) }
        section("encoder") { $0.read(into: &settings.encoder) }
        section("learning") { $0.read(into: &settings.learning) }
        section("guard") { $0.read(into: &settings.guarding) }
        section("limits") { $0.read(into: &settings.limits) }
        section("checkpoints") { $0.read(into: &settings.checkpoints) }
        section("snapshots") { $0.read(into: &settings.snapshots) }
        settings.heldBack = string("held_back")
        section("conversations") { $0.read(into: &settings.conversations) }
        settings.timeZone = zone("time_zone")
        section("access") { $0.read(into: &settings.access) }
        section("log") { $0.read(into: &settings.log) }
        noteUnknownKeys()
    }

    private mutating func read(into slm: inout Settings.LanguageModel) {
        slm.path = string("path")
        slm.template = choice("template")
        slm.context = integer("context", in: 32...1_048_576)
        integer("cache_mb", in: 8...1_048_576, into: &slm.cacheMegabytes)
        integer("together", in: 1...16, into: &slm.together)
        integer("queue", in: 1...10_000, into: &slm.queue)
    }

    private mutating func read(into encoder: inout Settings.Encoder) {
        encoder.model = string("model") ?? encoder.model
        choice("precision", into: &encoder.precision)
        integer("max_tokens", in: 8...512, into: &encoder.maximumTokens)
        integer("threads", in: 1...64, into: &encoder.threads)
    }

    private mutating func read(into learning: inout Settings.Learning) {
        flag("spelling", into: &learning.spelling)
        number("context_weight", in: 0...1, into: &learning.contextWeight)
        integer("seed", in: 0...Int(Int32.max), into: &learning.seed)
    }

    private mutating func read(into guarding: inout Settings.Guarding) {
        integer("lessons_per_minute", in: 1...1_000_000, into: &guarding.lessonsPerMinute)
        integer("burst", in: 1...1_000_000, into: &guarding.burst)
        flag("owners", into: &guarding.includesOwners)
        guarding.canaries = string("canaries")
    }

    private mutating func read(into limits: inout Settings.Limits) {
        integer("frame_bytes", in: 4096...(1 << 30), into: &limits.frameBytes)
        integer("text_bytes", in: 1...(16 << 20), into: &limits.textBytes)
        integer("label_bytes", in: 1...200, into: &limits.labelBytes)
        integer("connections", in: 1...100_000, into: &limits.connections)
        integer("queue", in: 1...100_000, into: &limits.queue)
        integer("examples", in: 1...10_000_000, into: &limits.examples)
        integer("buffered_bytes", in: 4096...(1 << 36), into: &limits.bufferedBytes)
        var seconds = limits.frameTime / .seconds(1)
        number("frame_seconds", in: 0.1...3600, into: &seconds)
        limits.frameTime = .seconds(seconds)
    }

    private mutating func read(into snapshots: inout Settings.Snapshots) {
        integer("hours", in: 0...8760, into: &snapshots.hours)
        integer("keep", in: 1...1000, into: &snapshots.keep)
    }

    private mutating func read(into checkpoints: inout Settings.Checkpoints) {
        integer("every_events", in: 1...1_000_000, into: &checkpoints.everyEvents)
        integer("keep", in: 1...1000, into: &checkpoints.keep)
    }

    private mutating func read(into conversations: inout Settings.Conversations) {
        flag("keep", into: &conversations.keep)
        integer("days", in: 1...36_500, into: &conversations.days)
    }

    private mutating func read(into access: inout Settings.Access) {
        access.users = string("users") ?? access.users
        access.admins = string("admins") ?? access.admins
    }

    private mutating func read(into log: inout Settings.Log) {
        choice("level", into: &log.level)
        flag("texts", into: &log.texts)
    }
}

extension SettingsProblem {
    fileprivate init(syntax error: any Error, file: String) {
        var mark: Mark?
        var problem = "\(error)"
        switch error as? YamlError {
        case .scanner(_, let text, let place, _)?, .parser(_, let text, let place, _)?,
            .composer(_, let text, let place, _)?:
            (problem, mark) = (text, place)
        case .duplicatedKeysInMapping(let duplicates, let context)?:
            (problem, mark) = ("given more than once: \(duplicates.joined(separator: ", "))", context.mark)
        default: break
        }
        self.init(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, kind: .badSyntax(problem))
    }
}
