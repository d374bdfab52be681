internal import GRDB

extension KnowledgeStore {
    /// Writes a copy of the knowledge base as it is at one moment. Sources may come and go meanwhile.
    ///
    /// - Parameters:
    ///   - destination: there is no such file.
    ///   - check: called now and then; what it throws ends the copying.
    /// - Complexity: reads and writes the whole file.
    func copy(to destination: String, check: () throws(CancellationError) -> Void) throws {
        var configuration = Configuration()
        configuration.label = "backup"
        configuration.readonly = true
        let watch = SQLiteWatch()
        do {
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            try reader.inDatabase { db in
                try watch.during(check, in: db) {
                    try db.execute(sql: "VACUUM INTO ?", arguments: [destination])
                }
            }
            try reader.close()
        } catch {
            throw watch.cancellation ?? StorageError(error, path: destination, .backUp)
        }
    }

    /// Looks through a knowledge base from elsewhere: whether it is one that this version could have made. What it says of
    /// words is made anew from its texts.
    ///
    /// - Throws: `badBackup`, or what the disk says.
    /// - Complexity: reads the whole file.
    public static func checkForeign(at path: String) throws(StorageError) {
        do throws(StorageError) {
            let store = try KnowledgeStore(path: path)
            do throws(StorageError) {
                try store.checkForeign()
            } catch {
                try store.close()
                throw error
            }
            try store.close()
        } catch .failed(_, _, let code, let message)
            where [.SQLITE_ERROR, .SQLITE_CORRUPT, .SQLITE_NOTADB].contains(ResultCode(rawValue: code & 0xFF))
        {
            throw .badBackup(.integrity(message))
        }
    }

    private func checkForeign() throws(StorageError) {
        let expected = try KnowledgeSchema.form()
        let found = try read { db in try SchemaForm(of: db) }
        if let name = expected.difference(to: found) { throw .badBackup(.otherSchema(name)) }
        try write { db in try db.execute(sql: "INSERT INTO words (words) VALUES ('rebuild')") }
        let fault = try read { db in
            try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        }
        guard fault == "ok" else { throw .badBackup(.integrity(fault)) }
        let dangling = try read { db in try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") }
        guard dangling == nil else { throw .badBackup(.integrity("a row refers to one that is missing")) }
    }
}
