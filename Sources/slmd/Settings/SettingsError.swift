import Dialogue

/// One thing wrong in a settings file, and where.
struct SettingsProblem: Error, Equatable, CustomStringConvertible {
    enum Kind: Equatable {
        case unknownKey(String, nearest: String?)
        case badValue(key: String, expected: String, found: String)
        case badSyntax(String)
        case givenTwice(String)
        case badTemplate(key: String, Template.Fault)
        case badQuestion(key: String, DatabaseQuery.Fault)
        /// A value names something, such as a slot, that there is not.
        case unknownName(key: String, of: String, name: String, nearest: String?)
    }

    var file: String
    /// Line and column count from 1.
    var line: Int
    var column: Int
    var kind: Kind

    var description: String {
        "\(file):\(line):\(column): \(kind.description)"
    }
}

extension SettingsProblem.Kind: CustomStringConvertible {
    var description: String {
        switch self {
        case .unknownKey(let key, nearest: let nearest?):
            "unknown key \(key); did you mean \(nearest)?"
        case .unknownKey(let key, nearest: nil):
            "unknown key \(key)"
        case .badValue(let key, let expected, let found):
            "\(key): expected \(expected), found \(found)"
        case .badSyntax(let problem):
            problem
        case .givenTwice(let key):
            "given more than once: \(key)"
        case .badTemplate(let key, let fault):
            "\(key): \(fault)"
        case .badQuestion(let key, let fault):
            "\(key): \(fault)"
        case .unknownName(let key, let thing, let name, nearest: let nearest?):
            "\(key): there is no \(thing) \(name); did you mean \(nearest)?"
        case .unknownName(let key, let thing, let name, nearest: nil):
            "\(key): there is no \(thing) \(name)"
        }
    }
}

/// Why settings could not be used.
enum SettingsError: Error, Equatable, CustomStringConvertible {
    /// So many problems are told at once.
    static let mostTold = 100

    case unreadable(file: String, reason: String)
    /// Every problem of the file, in the order of its lines; never empty.
    case invalid([SettingsProblem])
    /// A flag or an environment variable that cannot be used.
    case badPlace(name: String, expected: String, found: String)

    var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .invalid(let problems):
            (problems.prefix(Self.mostTold).map(\.description)
                + (problems.count > Self.mostTold ? ["and \(problems.count - Self.mostTold) more"] : []))
                .joined(separator: "\n")
        case .badPlace(let name, let expected, let found): "\(name): expected \(expected), found \(found)"
        }
    }
}
