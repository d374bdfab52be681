/// A question to an SQLite database of the user's own, with places for the values of slots.
///
/// A value is never written into the question: SQLite is given it beside the text, under the name of its place.
public struct DatabaseQuery: Sendable, Hashable {
    /// A place in the question, `:date`, `:date_from` or `:date_to`.
    public struct Parameter: Sendable, Hashable {
        /// What of a slot's value stands there.
        public enum Part: Sendable, Hashable {
            case whole
            /// The first day of a date or of a range of days.
            case firstDay
            /// The day after the last.
            case dayAfter
        }

        /// Without the colon.
        public let name: String
        public let slot: String
        public let part: Part
    }

    /// What is wrong with a question.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        case noSelect(found: String)
        case openQuote(Character)
        case openComment
        case otherPlace(String)
        case severalQuestions

        public var description: String {
            switch self {
            case .noSelect(let found): "expected SELECT or WITH first, found \(found)"
            case .openQuote(let quote): "expected a \(quote) after a \(quote), found the end"
            case .openComment: "expected a */ after a /*, found the end"
            case .otherPlace(let place): "expected :slot where a value goes, found \(place)"
            case .severalQuestions: "expected one question, found more after a ;"
            }
        }
    }

    /// What the task file calls it.
    public let name: String
    /// The path of the database's file.
    public let database: String
    public let sql: String
    /// The names of its places, without the colon, each once.
    public let places: [String]

    public init(name: String, database: String, sql: String) throws(Fault) {
        var scanner = SQLScanner(rest: sql[...])
        try scanner.scan()
        self.name = name
        self.database = database
        self.sql = sql
        places = scanner.places
    }

    /// What stands at each place.
    ///
    /// - Returns: nil for a place that names none of `slots`.
    public func parameters(among slots: [String]) -> [Parameter?] {
        places.map { place in
            if slots.contains(place) { return Parameter(name: place, slot: place, part: .whole) }
            for (ending, part) in [("_from", Parameter.Part.firstDay), ("_to", .dayAfter)] {
                guard place.hasSuffix(ending) else { continue }
                let slot = String(place.dropLast(ending.count))
                if slots.contains(slot) { return Parameter(name: place, slot: slot, part: part) }
            }
            return nil
        }
    }
}

/// Finds the places for values in a question: outside of texts, names and comments.
private struct SQLScanner {
    var rest: Substring
    private(set) var places: [String] = []
    private var isBegun = false
    private var isEnded = false

    init(rest: Substring) { self.rest = rest }

    mutating func scan() throws(DatabaseQuery.Fault) {
        while let character = rest.first {
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                guard let end = rest.dropFirst(2).firstRange(of: "*/") else { throw .openComment }
                rest = rest[end.upperBound...]
            } else if character.isWhitespace {
                rest.removeFirst()
            } else if isEnded {
                throw .severalQuestions
            } else {
                try begin()
                try take(character)
            }
        }
        if !isBegun { throw .noSelect(found: "nothing") }
    }

    private mutating func begin() throws(DatabaseQuery.Fault) {
        guard !isBegun else { return }
        let word = rest.prefix(while: Self.isNamePart)
        guard ["SELECT", "WITH"].contains(word.uppercased()) else {
            throw .noSelect(found: String(word.isEmpty ? rest.prefix(1) : word))
        }
        isBegun = true
    }

    private mutating func take(_ character: Character) throws(DatabaseQuery.Fault) {
        switch character {
        case "'", "\"", "`", "[":
            let quote: Character = character == "[" ? "]" : character
            guard let end = rest.dropFirst().firstIndex(of: quote) else { throw .openQuote(quote) }
            rest = rest[rest.index(after: end)...]
        case ":", "@", "$", "#", "?":
            let name = rest.dropFirst().prefix(while: Self.isNamePart)
            guard character == ":", !name.isEmpty else { throw .otherPlace("\(character)\(name)") }
            if !places.contains(String(name)) { places.append(String(name)) }
            rest = rest[name.endIndex...]
        case ";":
            isEnded = true
            rest.removeFirst()
        default:
            let word = rest.prefix(while: Self.isNamePart)
            rest = rest.dropFirst(max(1, word.count))
        }
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }
}
