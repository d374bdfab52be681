import Assistant
import Dialogue
import Generation

/// Settings with every place found: all that a daemon needs to start.
struct Configuration: Sendable {
    let settings: Settings
    /// The settings file that was read, if there was one.
    let file: String?
    let socket: String
    let assistant: AssistantConfiguration
    /// What words replies; nil when the settings say `none`, or when no model has been fetched.
    let languageModel: LanguageModelSettings?
    /// Where a language model would lie that the settings do not name; nil when there is one, or when they say `none`.
    let missingModel: String?

    init(_ places: PlaceFinder) throws(SettingsError) {
        let file = places.config
        let settings =
            try file.map { path throws(SettingsError) in try SettingsFile(path: path).settings } ?? Settings()
        guard let state = places.state(settings.places.state) else {
            throw .badPlace(name: "state", expected: "--state, SLMD_STATE or HOME", found: "none of them")
        }
        let tasks = try places.shipped("tasks.yaml", settings.tasks, config: file).map {
            path throws(SettingsError) in try TasksFile(path: path)
        }
        self.settings = settings
        self.file = file
        socket = places.socket(settings.places.socket)
        let models = places.models(settings.places.models)
        languageModel = settings.slm.flatMap { slm in
            places.languageModel(slm, models: models, config: file).map {
                LanguageModelSettings(slm, path: $0)
            }
        }
        missingModel =
            settings.slm != nil && languageModel == nil ? places.fetchedLanguageModel(models: models) : nil
        assistant = AssistantConfiguration(
            stateDirectory: state,
            encoder: EncoderSettings(
                settings.encoder, models: models),
            bootstrap: try Bootstrap(settings.places.bootstrap, places: places, config: file),
            learning: LearningSettings(
                correctsSpelling: settings.learning.spelling,
                contextWeight: Float(settings.learning.contextWeight), seed: UInt64(settings.learning.seed)),
            guarding: GuardingSettings(
                lessonsPerMinute: settings.guarding.lessonsPerMinute, burst: settings.guarding.burst,
                includesOwners: settings.guarding.includesOwners,
                canaries: settings.guarding.canaries.map { places.file($0, besides: file) }),
            checkpoints: CheckpointSettings(
                everyEvents: settings.checkpoints.everyEvents, keep: settings.checkpoints.keep),
            snapshots: SnapshotSettings(
                everyHours: settings.snapshots.hours, keep: settings.snapshots.keep),
            heldBack: settings.heldBack.map { places.file($0, besides: file) },
            limits: TextLimits(
                textBytes: settings.limits.textBytes, labelBytes: settings.limits.labelBytes,
                examples: settings.limits.examples),
            conversations: ConversationSettings(
                isKept: settings.conversations.keep, days: settings.conversations.days),
            timeZone: settings.timeZone?.rules ?? places.localZone,
            tasks: tasks?.tasks ?? TaskBook(), phrases: tasks?.phrases ?? Phrases(),
            dialogueLifetime: settings.dialogues.expireMinutes * 60,
            policy: PolicySettings(
                exploration: settings.policy.exploration, warmUp: settings.policy.warmUp,
                seed: UInt64(settings.learning.seed)),
            knowledge: KnowledgeSettings(
                passagesPerUser: settings.knowledge.passagesPerUser,
                bytesPerUser: settings.knowledge.megabytesPerUser * 1_000_000),
            supportHead: places.supportHead(models: places.models(settings.places.models)))
    }
}

extension LanguageModelSettings {
    fileprivate init(_ slm: Settings.LanguageModel, path: String) {
        self.init(
            path: path, template: slm.template, context: slm.context,
            cacheBytes: slm.cacheMegabytes * 1_000_000, together: slm.together)
    }
}

extension EncoderSettings {
    fileprivate init(_ encoder: Settings.Encoder, models: String) {
        self.init(
            directory: "\(models)/\(encoder.model)", precision: Precision(encoder.precision),
            maximumTokens: encoder.maximumTokens, threads: encoder.threads)
    }
}

extension EncoderSettings.Precision {
    fileprivate init(_ precision: Settings.Precision) {
        switch precision {
        case .int8: self = .int8
        case .fp32: self = .fp32
        }
    }
}

extension Bootstrap {
    fileprivate init(
        _ setting: Settings.ShippedFile, places: PlaceFinder, config: String?
    ) throws(SettingsError) {
        if let path = places.shipped("bootstrap.jsonl", setting, config: config) {
            self = .file(path: path)
        } else if setting == .shipped {
            throw .badPlace(
                name: "bootstrap",
                expected: "bootstrap.jsonl beside the settings file or in /etc/slmd, or none",
                found: "no such file")
        } else {
            self = .none
        }
    }
}
