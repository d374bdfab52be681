/// Settings as a YAML file gives them.
struct SettingsFile {
    let settings: Settings
    /// Every key there is, sections as `limits.queue`.
    let keys: [String]

    init(path: String) throws(SettingsError) {
        try self.init(MappingReader(path: path))
    }

    /// - Parameter file: the name that errors give.
    init(yaml: String, file: String) throws(SettingsError) {
        try self.init(MappingReader(yaml: yaml, file: file))
    }

    private init(_ mapping: MappingReader) throws(SettingsError) {
        var (reader, settings) = (mapping, Settings())
        reader.readAll(into: &settings)
        try reader.finish()
        self.settings = settings
        self.keys = reader.known
    }
}

extension MappingReader {
    fileprivate mutating func readAll(into settings: inout Settings) {
        settings.places.socket = string("socket")
        settings.places.state = string("state")
        settings.places.models = string("models")
        settings.places.bootstrap = shippedFile("bootstrap")
        settings.tasks = shippedFile("tasks")
        settings.slm = section("slm", orNone: settings.slm) { $0.read(into: &$1) }
        section("encoder") { $0.read(into: &settings.encoder) }
        section("learning") { $0.read(into: &settings.learning) }
        section("guard") { $0.read(into: &settings.guarding) }
        section("limits") { $0.read(into: &settings.limits) }
        section("checkpoints") { $0.read(into: &settings.checkpoints) }
        section("snapshots") { $0.read(into: &settings.snapshots) }
        settings.heldBack = string("held_back")
        section("conversations") { $0.read(into: &settings.conversations) }
        section("dialogues") { $0.read(into: &settings.dialogues) }
        section("policy") { $0.read(into: &settings.policy) }
        section("knowledge") { $0.read(into: &settings.knowledge) }
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

    private mutating func read(into knowledge: inout Settings.Knowledge) {
        integer("passages_per_user", in: 1...100_000_000, into: &knowledge.passagesPerUser)
        integer("mb_per_user", in: 1...1_000_000, into: &knowledge.megabytesPerUser)
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

    private mutating func read(into dialogues: inout Settings.Dialogues) {
        integer("expire_minutes", in: 1...5_256_000, into: &dialogues.expireMinutes)
    }

    private mutating func read(into policy: inout Settings.Policy) {
        number("exploration", in: 0...0.5, into: &policy.exploration)
        integer("warm_up", in: 0...1_000_000, into: &policy.warmUp)
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
