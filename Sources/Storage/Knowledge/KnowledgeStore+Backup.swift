internal import GRDB

extension KnowledgeStore {
    /// Writes a copy of the knowledge base as it is at one moment. Sources may come and go meanwhile.
    ///
    /// - Parameters:
    ///   - destination: there is no such file.
    ///   - check: called now and then; what it throws ends the copying.
    /// - Complexity: reads and writes the whole file.
    func copy(to destination: String, check: () throws(CancellationError) -> Void) throws {
        try DatabaseFile.copy(path, to: destination, check: check)
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
        if let fault = try read(DatabaseFile.fault) { throw .badBackup(.integrity(fault)) }
    }
}
