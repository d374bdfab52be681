public import JSON

/// Who can see, find and cite a source; its owner always can.
public enum SourceVisibility: String, CaseIterable, Sendable, Codable {
    case everyone
    /// The members of one group.
    case group
    /// Its owner.
    case user
}

/// How the content of a source is written.
public enum SourceFormat: String, CaseIterable, Sendable, Codable {
    case text
    case markdown
    case html
    case csv
    case jsonLines = "jsonl"
}

/// A source by its number or by its name; a name means the caller's own source, and else the one it can see.
public enum SourceReference: Hashable, Sendable {
    case id(Int64)
    case name(String)
}

extension SourceReference: JSONWritable {
    public func write(to json: inout JSONWriter) {
        switch self {
        case .id(let id): json.value(id)
        case .name(let name): json.value(name)
        }
    }
}

/// Adds a source to the knowledge base, or puts new content under the name of one of the caller's own.
public struct AddSourceParams: Params {
    public typealias Answer = AddSourceResult
    public static let method = Method.addSource
    public static let mostTags = 64
    /// In bytes of UTF-8.
    public static let longestName = 4096
    public static let longestTag = 256
    public static let longestTitle = 4096

    public var name: String
    /// The whole content; nil for what was written with `transfer.write` on this connection.
    public var content: String?
    public var format: SourceFormat
    public var visibility: SourceVisibility
    /// The number of one of the caller's groups; goes with `visibility` `group`.
    public var group: UInt32?
    public var tags: [String]
    /// What the source is of, as `2026-01-08`.
    public var date: String?
    /// Nil for the one that the content tells.
    public var title: String?

    public init(
        name: String, content: String? = nil, format: SourceFormat, visibility: SourceVisibility = .user,
        group: UInt32? = nil, tags: [String] = [], date: String? = nil, title: String? = nil
    ) {
        self.name = name
        self.content = content
        self.format = format
        self.visibility = visibility
        self.group = group
        self.tags = tags
        self.date = date
        self.title = title
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            if let content { json.field("content", content) } else { json.field("upload", true) }
            json.field("format", format.rawValue)
            json.field("visibility", visibility.rawValue)
            if let group { json.field("group", group) }
            json.field(unlessEmpty: "tags", tags)
            json.field(ifPresent: "date", date)
            json.field(ifPresent: "title", title)
        }
    }
}

extension AddSourceParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.text("name", longest: Self.longestName)
        content = try params.optionalString("content")
        let isUploaded = try params.flag("upload")
        format = try params.requiredChoice("format")
        visibility = try params.choice("visibility") ?? .user
        group = try params.integer("group", in: 0...Int64(UInt32.max)).map { UInt32($0) }
        tags = try params.tags()
        date = try params.date("date")
        title = try params.optionalString("title")
        guard isUploaded == (content == nil) else {
            throw ErrorReply(
                .invalidParams, "params", expected: "one of content and upload",
                found: isUploaded ? "both" : "none")
        }
        guard (group != nil) == (visibility == .group) else {
            throw ErrorReply(
                .invalidParams, "params.group", expected: "a group with visibility \"group\", and only then",
                found: group.map { "group \($0) with \"\(visibility.rawValue)\"" } ?? "nothing")
        }
        if let title, title.utf8.count > Self.longestTitle {
            throw ErrorReply(
                .invalidParams, "params.title", expected: "at most \(Self.longestTitle) bytes",
                found: "\(title.utf8.count)")
        }
    }
}

/// Asks for a page of the sources that the caller can see, in the order of their numbers.
public struct ListSourcesParams: Params {
    public typealias Answer = ListSourcesResult
    public static let method = Method.listSources
    /// Sources of an answer.
    public static let most = 500
    /// Only sources after this one.
    public var after: Int64
    /// How many, from 0, which asks for the totals alone.
    public var limit: Int
    /// Only those of this name.
    public var name: String?
    /// Only the caller's own.
    public var isMine: Bool

    public init(after: Int64 = 0, limit: Int = Self.most, name: String? = nil, isMine: Bool = false) {
        self.after = after
        self.limit = limit
        self.name = name
        self.isMine = isMine
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        after = try params.integer("after", in: 0...Int64.max) ?? 0
        limit = Int(try params.integer("limit", in: 0...Int64(Self.most)) ?? Int64(Self.most))
        name = try params.optionalString("name")
        isMine = try params.flag("mine")
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            if after != 0 { json.field("after", after) }
            if limit != Self.most { json.field("limit", limit) }
            json.field(ifPresent: "name", name)
            if isMine { json.field("mine", true) }
        }
    }
}

/// Asks for a source and a page of its passages, or for one passage.
public struct ShowSourceParams: Params {
    public typealias Answer = ShowSourceResult
    public static let method = Method.showSource
    /// Passages of an answer.
    public static let most = 200

    public enum Selection: Hashable, Sendable {
        /// The passages after one of them.
        case source(SourceReference, after: Int64)
        case passage(Int64)
    }

    public var selection: Selection

    public init(_ selection: Selection) {
        self.selection = selection
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        let source = try params.source("source")
        let passage = try params.integer("passage", in: 1...Int64.max)
        let after = try params.integer("after", in: 0...Int64.max)
        switch (source, passage) {
        case (let source?, nil): selection = .source(source, after: after ?? 0)
        case (nil, let passage?) where after == nil: selection = .passage(passage)
        default:
            throw ErrorReply(
                .invalidParams, "params", expected: "one of source and passage",
                found: source == nil && passage == nil ? "none" : "more")
        }
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            switch selection {
            case .source(let source, let after):
                json.field("source", source)
                if after != 0 { json.field("after", after) }
            case .passage(let passage): json.field("passage", passage)
            }
        }
    }
}

/// Asks for the passages that tell most about a query, the best first.
public struct SearchParams: Params {
    public typealias Answer = SearchResult
    public static let method = Method.search
    /// Passages of an answer.
    public static let most = 100
    public static let usual = 5

    public var query: String
    public var limit: Int
    public var filter: PassageFilter

    public init(query: String, limit: Int = Self.usual, filter: PassageFilter = PassageFilter()) {
        self.query = query
        self.limit = limit
        self.filter = filter
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        query = try params.string("query")
        limit = Int(try params.integer("limit", in: 1...Int64(Self.most)) ?? Int64(Self.usual))
        filter = try PassageFilter(reading: &params)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("query", query)
            if limit != Self.usual { json.field("limit", limit) }
            filter.writeFields(to: &json)
        }
    }
}

/// Which passages may be found, of those that the caller can see.
public struct PassageFilter: Hashable, Sendable {
    /// Only passages of this source.
    public var source: SourceReference?
    /// Only passages of sources with all of these tags.
    public var tags: [String]
    /// Only sources of this day or later, as `2026-01-08`.
    public var from: String?
    /// Only sources of this day or earlier.
    public var to: String?
    /// Only the caller's own sources.
    public var isMine: Bool

    public init(
        source: SourceReference? = nil, tags: [String] = [], from: String? = nil, to: String? = nil,
        isMine: Bool = false
    ) {
        self.source = source
        self.tags = tags
        self.from = from
        self.to = to
        self.isMine = isMine
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        source = try params.source("source")
        tags = try params.tags()
        from = try params.date("from")
        to = try params.date("to")
        isMine = try params.flag("mine")
    }

    func writeFields(to json: inout JSONWriter) {
        if let source { json.field("source", source) }
        json.field(unlessEmpty: "tags", tags)
        json.field(ifPresent: "from", from)
        json.field(ifPresent: "to", to)
        if isMine { json.field("mine", true) }
    }
}

/// Removes one of the caller's own sources; an administrator may remove any that it can see.
public struct RemoveSourceParams: Params {
    public typealias Answer = RemoveSourceResult
    public static let method = Method.removeSource
    public var source: SourceReference

    public init(source: SourceReference) {
        self.source = source
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        source = try params.requiredSource("source")
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("source", source) }
    }
}

/// Has every passage indexed anew, in the background; search goes on meanwhile.
public struct ReindexParams: Params {
    public typealias Answer = ReindexResult
    public static let method = Method.reindex

    public init() {}

    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// Makes the sources that the caller can see ready as a file of JSON lines, to be read with `transfer.read`.
public struct ExportSourcesParams: Params {
    public typealias Answer = ExportSourcesResult
    public static let method = Method.exportSources
    /// Only this one.
    public var source: SourceReference?

    public init(source: SourceReference? = nil) {
        self.source = source
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        source = try params.source("source")
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in if let source { json.field("source", source) } }
    }
}

extension JSONWriter {
    /// Writes the field only when there is an element.
    mutating func field(unlessEmpty name: String, _ strings: [String]) {
        guard !strings.isEmpty else { return }
        key(name)
        array(strings) { $0.value($1) }
    }
}

extension ParamsReader {
    /// A string of 1 to `longest` bytes that must be there.
    fileprivate mutating func text(_ name: String, longest: Int) throws(ErrorReply) -> String {
        let text = try string(name)
        guard (1...longest).contains(text.utf8.count) else {
            throw ErrorReply(
                .invalidParams, "params.\(name)", expected: "1 to \(longest) bytes",
                found: "\(text.utf8.count)")
        }
        return text
    }

    fileprivate mutating func tags() throws(ErrorReply) -> [String] {
        try strings("tags", count: 0...AddSourceParams.mostTags, longest: AddSourceParams.longestTag) ?? []
    }

    /// A day as ISO 8601 writes it.
    fileprivate mutating func date(_ name: String) throws(ErrorReply) -> String? {
        guard let date = try optionalString(name) else { return nil }
        guard AddSourceParams.isDay(date) else {
            throw ErrorReply(
                .invalidParams, "params.\(name)", expected: "a day as 2026-01-08",
                found: "\"\(date.cut(to: 40))\"")
        }
        return date
    }

    fileprivate mutating func source(_ name: String) throws(ErrorReply) -> SourceReference? {
        guard let reference = try optionalRequestID(name) else { return nil }
        switch reference {
        case .number(let id): return .id(id)
        case .text(let name): return .name(name)
        }
    }

    fileprivate mutating func requiredSource(_ name: String) throws(ErrorReply) -> SourceReference {
        guard let source = try source(name) else {
            throw missing(name, expected: "the name or the number of a source")
        }
        return source
    }
}

extension AddSourceParams {
    /// Whether a text is a day of the calendar as ISO 8601 writes it: `2026-01-08`.
    public static func isDay(_ text: String) -> Bool {
        let text = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            text[range].reduce(0 as Int?) { sum, byte in
                let digit = Int(byte) - Int(UInt8(ascii: "0"))
                return sum.flatMap { (0...9).contains(digit) ? $0 * 10 + digit : nil }
            }
        }
        guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }
}
