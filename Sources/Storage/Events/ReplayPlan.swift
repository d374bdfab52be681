internal import GRDB

/// Which events make the head what it is: all of them but those that a restoration undid.
///
/// A restoration at event r of the state after event p takes out p + 1 … r. An import at event r of events
/// after p does too, but for a state after one of p + 1 … r − 1: that begins with p + 1, from nothing. What
/// is left are a few spans of the log.
public struct ReplayPlan: Sendable, Hashable {
    /// The events after one position, up to and with another.
    public struct Span: Sendable, Hashable {
        public var after: EventID
        public let through: EventID

        public init(after: EventID, through: EventID) {
            self.after = after
            self.through = through
        }
    }

    /// In the order of the log; none is empty.
    public private(set) var spans: [Span]

    /// The events up to `end`, with what `restorations` undid taken out, and `imports` unless it ends in one.
    init(
        through end: EventID, restorations: [(event: EventID, position: EventID)],
        imports: [(event: EventID, position: EventID)] = []
    ) {
        var end = end
        var spans: [Span] = []
        func run() -> (event: EventID, position: EventID)? {
            imports.first { $0.position < end && end < $0.event }
        }
        for mark in (restorations + imports).sorted(by: { $0.event > $1.event })
        where mark.event <= end && run() == nil {
            spans.append(Span(after: mark.event, through: end))
            end = min(mark.position, mark.event)
        }
        spans.append(Span(after: run()?.position ?? .none, through: end))
        self.spans = spans.reversed().filter { $0.after < $0.through }
    }

    /// The last event that it counts, or `none`.
    public var end: EventID { spans.last?.through ?? .none }

    /// Whether the state after `position` lies on the way: a replay may begin there.
    public func passes(_ position: EventID) -> Bool {
        position == .none || spans.contains { $0.after < position && position <= $0.through }
    }

    /// What is left of it after `position`, which it passes.
    public func after(_ position: EventID) -> ReplayPlan {
        var rest = self
        rest.spans = spans.filter { $0.through > position }
        if let first = rest.spans.first, first.after < position { rest.spans[0].after = position }
        return rest
    }
}

extension ReplayPlan {
    /// Without `end` of the whole log.
    init(of db: Database, through end: EventID? = nil, omitting: Set<EventID> = []) throws {
        let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
        let restorations = try Row.fetchAll(
            db, sql: "SELECT id, position FROM events WHERE kind = 'restored' AND kind <> 'taught'"
        ).map { row in
            (event: EventID(rawValue: row["id"]), position: EventID(rawValue: row["position"] ?? 0))
        }
        self.init(
            through: end ?? EventID(rawValue: newest),
            restorations: restorations.filter { !omitting.contains($0.event) },
            imports: try Imports.fetchAll(in: db).filter { !omitting.contains($0.event) })
    }
}

extension EventLog {
    /// What a replay up to `end` counts, as if the events in `omitting` had never been; without `end` the
    /// whole log.
    public func plan(
        through end: EventID? = nil, omitting: Set<EventID> = []
    ) throws(StorageError) -> ReplayPlan {
        try read { db in try ReplayPlan(of: db, through: end, omitting: omitting) }
    }

    /// `plan` from the last event on that began again from nothing: no earlier one matters.
    public func sinceLastBeginning(
        _ plan: ReplayPlan, omitting: Set<EventID> = []
    ) throws(StorageError) -> ReplayPlan {
        try read { db in
            let beginnings = try Int64.fetchAll(
                db, sql: "SELECT id FROM events WHERE kind IN ('trained', 'bootstrapped') ORDER BY id DESC")
            let last = beginnings.lazy.map(EventID.init).first { event in
                !omitting.contains(event)
                    && plan.spans.contains { $0.after < event && event <= $0.through }
            }
            return last.map { plan.after(EventID(rawValue: $0.rawValue - 1)) } ?? plan
        }
    }

    /// How many events `plan` counts.
    public func count(in plan: ReplayPlan) throws(StorageError) -> Int {
        try read { db in
            try plan.spans.reduce(0) { sum, span in
                sum
                    + (try Int.fetchOne(
                        db, sql: "SELECT count(*) FROM events WHERE id > ? AND id <= ?",
                        arguments: [span.after.rawValue, span.through.rawValue]) ?? 0)
            }
        }
    }
}
