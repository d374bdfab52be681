import Wire

extension Rendering {
    static func sources(_ list: ListSourcesResult) -> String {
        if list.sources.isEmpty { return "no sources yet: add files with slmctl kb add FILE" }
        let rows = list.sources.map { source in
            [
                source.name, source.labels.format.rawValue, "\(source.passages)", visibility(source.labels),
                source.labels.date ?? "-",
                source.labels.tags.isEmpty ? "-" : source.labels.tags.joined(separator: ","),
            ]
        }
        let heading = ["source", "format", "passages", "seen by", "date", "tags"]
        return table(heading, rows) + pending(list.pending)
    }

    private static func visibility(_ labels: SourceEntry.Labels) -> String {
        switch labels.visibility {
        case .everyone: "everyone"
        case .group: "group \(labels.group.map { "\($0)" } ?? "?")"
        case .user: "you"
        }
    }

    private static func pending(_ count: Int) -> String {
        count == 0
            ? "" : "\n\(Rendering.count(count, "passage")) found by words alone until they have their vectors"
    }

    static func source(_ answer: ShowSourceResult, on terminal: Terminal) -> String {
        let source = answer.source
        let title = source.labels.title.map { "\n\($0)" } ?? ""
        let heading = terminal.styled(source.name, .bold) + title
        return ([heading] + answer.passages.map { passage($0, on: terminal) }).joined(separator: "\n\n")
    }

    static func found(_ answer: SearchResult, on terminal: Terminal) -> String {
        if answer.results.isEmpty { return "nothing found" + pending(answer.pending) }
        return answer.results.map { entry in
            let score = entry.score.map { " \(fixed($0, 2))" } ?? ""
            return terminal.styled(entry.source, .bold) + score + "\n" + passage(entry, on: terminal)
        }.joined(separator: "\n\n") + pending(answer.pending)
    }

    private static func passage(_ entry: PassageEntry, on terminal: Terminal) -> String {
        let place = ["\(entry.passage)"] + entry.headings
        let bytes = "bytes \(entry.span.lowerBound)-\(entry.span.upperBound)"
        return terminal.styled("\(place.joined(separator: " > ")) (\(bytes))", .dim) + "\n" + entry.text
    }
}
