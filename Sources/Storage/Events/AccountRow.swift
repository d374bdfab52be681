internal import GRDB
internal import Learning

/// What the guard knows of a user, a row each. Erasures leave them: who forgets his lessons is not trusted
/// anew.
enum AccountRow {
    static func store(_ account: GuardAccount, in db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO accounts (uid, lessons, trust, time) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [Int64(account.uid), account.lessons, account.trust, account.time])
    }

    static func fetchAll(_ db: Database) throws -> [GuardAccount] {
        try Row.fetchAll(db, sql: "SELECT uid, lessons, trust, time FROM accounts").map { row in
            GuardAccount(
                uid: UInt32(truncatingIfNeeded: row["uid"] as Int64), lessons: row["lessons"],
                trust: row["trust"], time: row["time"])
        }
    }
}
