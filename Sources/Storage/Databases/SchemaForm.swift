internal import GRDB

/// All that a database defines, in a form that does not depend on spaces or on the order of columns: a table
/// that was made at once has that of one to which columns were added later.
///
/// What is in a column is read as what its definition says, so a log from elsewhere must be defined as one of
/// this version is.
struct SchemaForm: Sendable, Hashable {
    /// By the name of what is defined.
    private let definitions: [String: String]

    init(of db: Database) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT CAST(name AS TEXT) AS name, CAST(type AS TEXT) AS type, CAST(tbl_name AS TEXT) AS owner,
                    CAST(ifnull(sql, '') AS TEXT) AS definition
                FROM sqlite_schema WHERE name NOT NULL AND type NOT NULL AND tbl_name NOT NULL
                """)
        definitions = rows.reduce(into: [:]) { definitions, row in
            let (name, type) = (row["name"] as String, row["type"] as String)
            let definition = Self.normalised(row["definition"], isTable: type == "table")
            // Whatever has a name twice is like nothing else.
            definitions[name, default: ""] += "\(type) of \(row["owner"] as String): \(definition)\n"
        }
    }

    /// The first thing by name that `other` has not, or otherwise; nil when both are alike.
    func difference(to other: SchemaForm) -> String? {
        Set(definitions.keys).union(other.definitions.keys).sorted()
            .first { definitions[$0] != other.definitions[$0] }
    }

    /// Each run of spaces as one; of a table the columns and what else is between the outer parentheses in
    /// order.
    private static func normalised(_ definition: String, isTable: Bool) -> String {
        let words = definition.utf8.split { " \n\t\r\u{C}".utf8.contains($0) }
            .map { String(decoding: $0, as: UTF8.self) }
        let line = words.joined(separator: " ")
        guard isTable, let start = line.firstIndex(of: "("), let end = line.lastIndex(of: ")"), start < end
        else { return line }
        let columns = parts(of: line[line.index(after: start)..<end]).sorted().joined(separator: ", ")
        return "\(line[...start])\(columns)\(line[end...])"
    }

    /// What is between the commas that are in no parentheses.
    private static func parts(of list: Substring) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in list {
            switch character {
            case "(": depth += 1
            case ")": depth -= 1
            case "," where depth == 0:
                parts.append("")
                continue
            default: break
            }
            parts[parts.count - 1].append(character)
        }
        return parts.map { part in
            part.split(separator: " ").joined(separator: " ")
        }
    }
}
