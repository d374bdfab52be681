import ArgumentParser
import Assistant
import Generation

/// Exit statuses, as sysexits.h names them.
enum ExitStatus: Int32 {
    case software = 70
    case cannotCreate = 73
    case io = 74
    case temporary = 75
    case noPermission = 77
    case config = 78

    /// The status that tells a service manager whether to try again.
    init(_ error: any Error) {
        switch error {
        case is SettingsError: self = .config
        case let error as SocketError: self = ExitStatus(error)
        case let error as AssistantError: self = ExitStatus(error)
        case is LanguageModelError: self = .config
        default: self = .software
        }
    }

    private init(_ error: SocketError) {
        switch error {
        case .pathTooLong, .notASocket: self = .config
        case .directoryNotMade, .notBound: self = .cannotCreate
        case .directoryNotPrivate: self = .noPermission
        case .inUse: self = .temporary
        }
    }

    private init(_ error: AssistantError) {
        switch error {
        case .model, .bootstrap, .canaries, .badExample: self = .config
        case .stateInUse: self = .temporary
        case .storage: self = .io
        default: self = .software
        }
    }
}
