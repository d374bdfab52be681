import Entities
import Tokenizers

/// Everything the settings file can say, with the default of every key.
///
/// `etc/slmd/slmd.yaml` documents each key in place and holds these same values.
struct Settings: Sendable, Equatable {
    var places = Places()
    /// What users may have done.
    var tasks = ShippedFile.shipped
    /// The model that words replies; nil for none.
    var slm: LanguageModel? = LanguageModel()
    var encoder = Encoder()
    var learning = Learning()
    var guarding = Guarding()
    var limits = Limits()
    var checkpoints = Checkpoints()
    var snapshots = Snapshots()
    /// A file of examples to measure the head by.
    var heldBack: String?
    var conversations = Conversations()
    var dialogues = Dialogues()
    var policy = Policy()
    var knowledge = Knowledge()
    /// Whose clocks tell what dates and times are relative to; nil for the system's own zone.
    var timeZone: Zone?
    var access = Access()
    var log = Log()

    /// Files and folders; nil means that the rule described in `slmd(8)` finds them.
    struct Places: Sendable, Equatable {
        var socket: String?
        var state: String?
        var models: String?
        /// Where a fresh state gets its first intents from; with none it knows nothing and answers `not_trained`.
        var bootstrap = ShippedFile.shipped
    }

    /// A file of which slmd comes with one.
    enum ShippedFile: Sendable, Equatable {
        /// The one beside the settings file, or the one that slmd was installed with.
        case shipped
        case file(String)
        case none
    }

    struct LanguageModel: Sendable, Equatable {
        /// A GGUF file; nil for the one that `models/fetch` fetches, if it is there.
        var path: String?
        /// How it writes conversations; nil for what its file says.
        var template: ChatTemplate?
        /// Tokens of one conversation at most; nil for as many as the model and the cache have room for.
        var context: Int?
        /// What is kept of conversations, in megabytes of 1,000,000 bytes.
        var cacheMegabytes = 48
        /// Replies that share each pass through the model.
        var together = 8
        /// Requests that may wait for one of these to end.
        var queue = 64

        /// Where `models/fetch` puts the model, below the folder of models.
        static let fetched = "SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf"
    }

    struct Encoder: Sendable, Equatable {
        var model = "all-MiniLM-L6-v2"
        var precision = Precision.int8
        /// Word pieces of a text that the encoder looks at, [CLS] and [SEP] among them.
        var maximumTokens = 256
        var threads = 2
    }

    enum Precision: String, Sendable, CaseIterable {
        case int8, fp32
    }

    struct Learning: Sendable, Equatable {
        var spelling = true
        var contextWeight = 0.6
        var seed = 1
    }

    /// What is asked of the lessons of ordinary users.
    struct Guarding: Sendable, Equatable {
        var lessonsPerMinute = 120
        var burst = 600
        /// Whether root and the daemon's own user are held to it too.
        var includesOwners = false
        var canaries: String?
    }

    struct Limits: Sendable, Equatable {
        var frameBytes = 8 << 20
        var textBytes = 64 << 10
        var labelBytes = 200
        var connections = 1024
        /// Requests that may wait for one worker before further ones are refused as busy.
        var queue = 1024
        /// Examples in one request, and staged on one connection.
        var examples = 200_000
        /// Bytes of large frames and staged examples held for all connections together.
        var bufferedBytes = 64 << 20
        /// How long a frame may take from its first byte to its last.
        var frameTime = Duration.seconds(30)
    }

    struct Checkpoints: Sendable, Equatable {
        var everyEvents = 1000
        var keep = 3
    }

    /// Those that the daemon makes by itself.
    struct Snapshots: Sendable, Equatable {
        var hours = 24
        var keep = 7
    }

    struct Conversations: Sendable, Equatable {
        var keep = true
        var days = 30
    }

    struct Dialogues: Sendable, Equatable {
        /// Minutes without a turn after which one begins anew.
        var expireMinutes = 24 * 60
    }

    /// How moves of dialogues are chosen.
    struct Policy: Sendable, Equatable {
        var exploration = 0.1
        var warmUp = 200
    }

    /// What the knowledge base keeps of one user.
    struct Knowledge: Sendable, Equatable {
        var passagesPerUser = 100_000
        /// Megabytes of 1,000,000 bytes.
        var megabytesPerUser = 256
    }

    /// A time zone by its name in the tz database.
    struct Zone: Sendable, Equatable {
        let name: String
        let rules: TimeZoneRules
    }

    /// Names of the groups whose members may use the system's daemon.
    struct Access: Sendable, Equatable {
        var users = "slm"
        var admins = "slm-admin"
    }

    struct Log: Sendable, Equatable {
        var level = Level.info
        /// Whether what is taught is written out.
        var texts = false

        enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }
    }
}
