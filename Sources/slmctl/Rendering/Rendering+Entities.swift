import Wire

extension Rendering {
    private static let otherReadings = 3

    /// A line each: the kind, the words, what they mean, and what else they may mean.
    static func entities(_ answer: EntitiesResult, on terminal: Terminal) -> String {
        let rows = columns(answer.entities.map { [$0.type, shown($0.text), meaning($0)] })
        var lines = zip(rows, answer.entities).map { row, entity in
            let others = others(entity)
            return others.isEmpty
                ? row : row + terminal.styled("   or \(others.joined(separator: ", "))", .dim)
        }
        if lines.isEmpty { lines = ["no entities"] }
        if answer.isTruncated { lines.append(terminal.styled("the end of the text was not read", .yellow)) }
        return lines.joined(separator: "\n")
    }

    /// One tab-separated line, for other programs.
    static func line(_ answer: EntitiesResult) -> String {
        answer.entities.map { "\($0.type)=\(meaning($0))" }.joined(separator: "\t")
    }

    private static func meaning(_ entity: EntityEntry) -> String {
        entity.value.map { shown($0) } ?? "no such day"
    }

    private static func others(_ entity: EntityEntry) -> [String] {
        var others: [String] = []
        for reading in entity.readings {
            guard let meaning = reading.meaning, meaning != entity.value, !others.contains(meaning),
                others.count < otherReadings
            else { continue }
            others.append(meaning)
        }
        return entity.readings.count > 1 ? others.map { shown($0) } : []
    }
}

extension EntityReading {
    /// As the value of an entity has it; nil where no one value can be told.
    fileprivate var meaning: String? {
        if let value { return value }
        guard start != nil || end != nil else { return nil }
        return (start ?? "..") + "/" + (end ?? "..")
    }
}
