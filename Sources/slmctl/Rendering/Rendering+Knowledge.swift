import Glibc
import Wire

extension Rendering {
    static func sources(_ list: ListSourcesResult) -> String {
        if list.sources.isEmpty { return "no sources yet: add files with slmctl kb add FILE" }
        let rows = list.sources.map { source in
            [
                "\(source.id)", shown(source.name), source.labels.format.rawValue, "\(source.passages)",
                user(source.owner), audience(of: source), source.labels.date ?? "-",
                source.labels.tags.isEmpty ? "-" : shown(source.labels.tags.joined(separator: ",")),
            ]
        }
        let heading = ["number", "source", "format", "passages", "of", "seen by", "date", "tags"]
        return table(heading, rows) + pending(list.pending)
    }

    /// The user's name, or else the number.
    static func user(_ uid: UInt32) -> String {
        unsafe getpwuid(uid).map { unsafe String(cString: $0.pointee.pw_name) } ?? "uid \(uid)"
    }

    private static func audience(of source: SourceEntry) -> String {
        switch (source.labels.visibility, source.labels.group) {
        case (.everyone, _): "everyone"
        case (.group, let group?): "group \(AccessGroup(group).name)"
        case (.group, nil): "a group"
        case (.user, _): user(source.owner)
        }
    }

    private static func pending(_ count: Int) -> String {
        count == 0
            ? "" : "\n\(Rendering.count(count, "passage")) found by words alone until they have their vectors"
    }

    static func source(_ answer: ShowSourceResult, on terminal: Terminal) -> String {
        let source = answer.source
        let title = source.labels.title.map { "\n\(shown($0))" } ?? ""
        let heading = terminal.styled(shown(source.name), .bold) + title
        return ([heading] + answer.passages.map { passage($0, on: terminal) }).joined(separator: "\n\n")
    }

    static func found(_ answer: SearchResult, on terminal: Terminal) -> String {
        if answer.results.isEmpty { return "nothing found" + pending(answer.pending) }
        return answer.results.map { entry in
            let score = entry.score.map { " \(fixed($0, 2))" } ?? ""
            return terminal.styled(shown(entry.source), .bold) + score + "\n" + passage(entry, on: terminal)
        }.joined(separator: "\n\n") + pending(answer.pending)
    }

    private static func passage(_ entry: PassageEntry, on terminal: Terminal) -> String {
        let place = ["\(PassageName(entry.passage))"] + entry.headings.map { shown($0) }
        let bytes = "bytes \(entry.span.lowerBound)-\(entry.span.upperBound)"
        return terminal.styled("\(place.joined(separator: " > ")) (\(bytes))", .dim) + "\n"
            + shown(entry.text, keeping: ["\n", "\t"])
    }
}
