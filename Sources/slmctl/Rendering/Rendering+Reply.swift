import Wire

extension Rendering {
    /// Where a reply was cut; nil for one that ended by itself or at a stop string.
    static func cut(_ reply: GenerateResult) -> String? {
        switch reply.stopReason {
        case .end, .stop: nil
        case .length: "cut at \(count(reply.usage.generatedTokens, "token"))"
        case .context: "cut where the model's context ends"
        case .deadline: "cut when its time was over"
        }
    }

    /// Its name, with how it is stored unless the name says that.
    static func name(_ model: SLMStatus.Model) -> String {
        let name = shown(model.name)
        return name.hasSuffix(model.precision) ? name : "\(name) \(model.precision)"
    }

    /// What a reply took, and what is to be known of it.
    ///
    /// - Parameter dropped: messages that were left out of what the model was told.
    static func cost(_ reply: GenerateResult, dropped: Int) -> String {
        let seconds = reply.usage.promptSeconds + reply.usage.generateSeconds
        var parts = ["\(count(reply.usage.generatedTokens, "token")), \(fixed(seconds, 2)) s"]
        if let cut = cut(reply) { parts.append(cut) }
        if dropped > 0 { parts.append("without the oldest \(count(dropped, "message"))") }
        return parts.joined(separator: "; ")
    }
}
