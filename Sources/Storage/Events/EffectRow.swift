internal import GRDB
internal import Learning

/// The effect of an event, a row beside the event's.
enum EffectRow {
    private static let insertion = """
        INSERT OR REPLACE INTO effects
            (event, before_intent, before_confidence, after_intent, after_confidence) VALUES (?, ?, ?, ?, ?)
        """

    /// Events with the columns of their effects.
    static let joined = "events LEFT JOIN effects ON effects.event = events.id"

    static func store(_ effect: Effect, in db: Database) throws {
        try db.cachedStatement(sql: insertion).execute(arguments: [
            effect.event.rawValue, effect.before.intent?.description, Double(effect.before.confidence),
            effect.after.intent?.description, Double(effect.after.confidence),
        ])
    }

    static func effect(_ row: Row, id: EventID) throws -> Effect? {
        guard let before = row["before_confidence"] as Double?, let after = row["after_confidence"] as Double?
        else {
            return nil
        }
        return Effect(
            event: id,
            before: Verdict(
                intent: try Column.optionalIntent("before_intent", of: row, event: id),
                confidence: Float(before)),
            after: Verdict(
                intent: try Column.optionalIntent("after_intent", of: row, event: id),
                confidence: Float(after)))
    }
}
