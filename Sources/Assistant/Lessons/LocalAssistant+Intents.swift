internal import Learning
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Gives an intent another name, which must be free; its examples stay.
    public func renameIntent(
        _ from: String, to: String, by contributor: Contributor
    ) throws(AssistantError) -> IntentChange {
        let (source, target) = (try intentName(from), try intentName(to))
        let names = reading(nil).features(of: [target])
        return try learn(.renamed(source, to: target), names: names, by: contributor) {
            head throws(AssistantError) in
            try Self.require(source, in: head)
            guard !head.contains(target) else { throw .intentExists(target.description) }
        }
    }

    /// Makes the examples of one intent examples of another; both must exist.
    public func mergeIntent(
        _ from: String, into: String, by contributor: Contributor
    ) throws(AssistantError) -> IntentChange {
        let (source, target) = (try intentName(from), try intentName(into))
        guard source != target else { throw .badLabel(label: from, reason: "it would be merged into itself") }
        return try learn(.merged(source, into: target), by: contributor) { head throws(AssistantError) in
            try Self.require(source, in: head)
            try Self.require(target, in: head)
        }
    }

    /// Forgets an intent and its examples.
    public func removeIntent(_ intent: String, by contributor: Contributor) throws(AssistantError)
        -> IntentChange
    {
        let intent = try intentName(intent)
        return try learn(.removed(intent), by: contributor) { head throws(AssistantError) in
            try Self.require(intent, in: head)
        }
    }

    private static func require(_ intent: IntentName, in head: borrowing IntentHead) throws(AssistantError) {
        guard head.contains(intent) else { throw .intentNotFound(intent.description) }
    }

    /// Makes one event durable and puts it in force.
    ///
    /// - Parameters:
    ///   - names: features of the names of the intents it brings.
    ///   - check: refuses what does not fit the head as it is when the event's turn comes.
    private func learn(
        _ content: EventContent, names: [IntentName: Features] = [:], by contributor: Contributor,
        if check: (borrowing IntentHead) throws(AssistantError) -> Void
    ) throws(AssistantError) -> IntentChange {
        guard !snapshot().isClosed else { throw .closed }
        let change = try learner.withLock { learner throws(AssistantError) in
            try check(learner.head)
            let event = NewEvent(content, origin: Origin(contributor), time: clock.microseconds())
            let learnt = try storing { () throws(StorageError) in
                try learner.learn([event], names: names)
            }
            publish(learner, after: content.texts)
            examples.drop()
            return IntentChange(
                event: (learnt.first?.event ?? .none).rawValue, intents: learner.head.intents.count)
        }
        writeCheckpointIfDue()
        return change
    }
}
