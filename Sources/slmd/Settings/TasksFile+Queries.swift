import Dialogue
import Yams

/// The questions to databases that a task file has.
struct DatabaseQueries {
    private(set) var all: [DatabaseQuery] = []
    /// The names under `queries`, of good ones and of others.
    private(set) var declared: [String] = []

    fileprivate mutating func declare(_ name: String, _ query: DatabaseQuery?) {
        declared.append(name)
        if let query { all.append(query) }
    }

    fileprivate func query(named name: String) -> DatabaseQuery? { all.first { $0.name == name } }
}

extension MappingReader {
    /// - Parameter folder: where relative paths start.
    mutating func queries(folder: String) -> DatabaseQueries {
        var queries = DatabaseQueries()
        section("queries", expecting: "names and questions") { reader in
            for entry in reader.entries(most: TasksFile.Most.queries) {
                let query = reader.reading(entry) { $0.query(named: entry.name, folder: folder) }
                queries.declare(entry.name, query ?? nil)
            }
        }
        return queries
    }

    private mutating func query(named name: String, folder: String) -> DatabaseQuery? {
        let (database, sql) = (text("database"), text("sql"))
        require("database", "the path of an SQLite database")
        require("sql", "a SELECT")
        guard let database, let sql else { return nil }
        let path = database.hasPrefix("/") ? database : "\(folder)/\(database)"
        do throws(DatabaseQuery.Fault) {
            return try DatabaseQuery(name: name, database: path, sql: sql)
        } catch {
            note(.badQuestion(key: qualified("sql"), error), of: "sql")
            return nil
        }
    }

    /// The question that a task asks; each of its places has to be one of the task's slots.
    mutating func query(slots: [String], _ queries: DatabaseQueries) -> DatabaseQuery? {
        guard let name = text("query") else { return nil }
        guard let query = queries.query(named: name) else {
            if !queries.declared.contains(name) {
                noteUnknown("query", name, among: queries.declared, of: "query")
            }
            return nil
        }
        for (place, parameter) in zip(query.places, query.parameters(among: slots)) where parameter == nil {
            noteUnknown("slot", place, among: slots, of: "query")
        }
        return query
    }
}
