import Testing

@testable import Dialogue

@Suite struct DatabaseQueryTests {
    private func query(_ sql: String) throws(DatabaseQuery.Fault) -> DatabaseQuery {
        try DatabaseQuery(name: "q", database: "d.db", sql: sql)
    }

    @Test(arguments: [
        ("SELECT 1", []),
        ("select a from t where b = :b and c >= :c_from;", ["b", "c_from"]),
        ("WITH x AS (SELECT :a) SELECT :a, :b FROM x -- :no\n", ["a", "b"]),
        ("/* :no */ SELECT ':no', \":no\", `:no`, [:no], 'it''s :no' WHERE x=:yes", ["yes"]),
        ("SELECT 1 ; -- end\n /* end */ ", []),
        ("SELECT a/b - -1, d:e FROM t", ["e"]),
    ])
    func `its places are found outside of texts, names and comments`(sql: String, places: [String]) throws {
        #expect(try query(sql).places == places)
    }

    @Test(arguments: [
        ("", DatabaseQuery.Fault.noSelect(found: "nothing")),
        ("-- only this", .noSelect(found: "nothing")),
        ("DELETE FROM t", .noSelect(found: "DELETE")),
        ("(SELECT 1)", .noSelect(found: "(")),
        ("PRAGMA journal_mode", .noSelect(found: "PRAGMA")),
        ("SELECT 1; DELETE FROM t", .severalQuestions),
        ("SELECT 'open", .openQuote("'")),
        ("SELECT [open", .openQuote("]")),
        ("SELECT 1 /* open", .openComment),
        ("SELECT ?", .otherPlace("?")),
        ("SELECT ?1", .otherPlace("?1")),
        ("SELECT $a", .otherPlace("$a")),
        ("SELECT @a", .otherPlace("@a")),
        ("SELECT : a", .otherPlace(":")),
    ])
    func `what is no question is told`(sql: String, fault: DatabaseQuery.Fault) {
        #expect(throws: fault) { try query(sql) }
    }

    @Test func `a place names a slot, or the days of one`() throws {
        let query = try query("SELECT :date, :date_from, :date_to, :to_from, :other")
        let parameters = query.parameters(among: ["date", "to"])
        #expect(parameters.map { $0?.slot } == ["date", "date", "date", "to", nil])
        #expect(parameters.map { $0?.part } == [.whole, .firstDay, .dayAfter, .firstDay, nil])
    }

    @Test func `a slot whose name ends like that comes first`() throws {
        let parameters = try query("SELECT :sent_to").parameters(among: ["sent", "sent_to"])
        #expect(parameters == [DatabaseQuery.Parameter(name: "sent_to", slot: "sent_to", part: .whole)])
    }
}
