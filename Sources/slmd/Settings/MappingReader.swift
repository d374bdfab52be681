import JSON
import Wire
import Yams

/// Takes known keys out of one YAML mapping and notes what is wrong with the others.
///
/// A key counts as known because it was asked for, so the reader cannot fall out of step with a list of keys.
struct MappingReader {
    private let mapping: Node.Mapping
    private let file: String
    /// Names of the enclosing keys, such as `limits`.
    let path: [String]
    /// Where what the mapping lacks is noted: its key.
    private let mark: Mark?
    /// Those that were asked for here.
    private var level: [String] = []
    private(set) var known: [String] = []
    private(set) var problems: [SettingsProblem] = []

    init(_ mapping: Node.Mapping, file: String, path: [String] = [], mark: Mark? = nil) {
        self.mapping = mapping
        self.file = file
        self.path = path
        self.mark = mark
    }

    mutating func string(_ key: String) -> String? {
        read(key, expecting: "a text") { node in
            guard node.isPlainText, let text = node.string, !text.isEmpty else { return nil }
            return text
        }
    }

    mutating func flag(_ key: String, into value: inout Bool) {
        value = read(key, expecting: "true or false") { $0.bool } ?? value
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>, into value: inout Int) {
        value = integer(key, in: range) ?? value
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return read(key, expecting: expected) { $0.int.flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>, into value: inout Double) {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        value = read(key, expecting: expected) { $0.float.flatMap { range.contains($0) ? $0 : nil } } ?? value
    }

    mutating func number(_ key: String) -> Double? {
        read(key, expecting: "a number") { $0.float.flatMap { $0.isFinite ? $0 : nil } }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, into value: inout Choice
    ) {
        value = choice(key) ?? value
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) -> Choice? {
        let expected = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return read(key, expecting: expected) { $0.string.flatMap(Choice.init(rawValue:)) }
    }

    mutating func shippedFile(_ key: String) -> Settings.ShippedFile {
        switch string(key) {
        case nil: .shipped
        case "none": .none
        case let path?: .file(path)
        }
    }

    /// Reads the mapping under `key` with `body`; an absent or empty one leaves every default.
    mutating func section(
        _ key: String, expecting expected: String = "keys and values", _ body: (inout MappingReader) -> Void
    ) {
        let mapping = read(key, expecting: expected) { $0.mapping } ?? Node.Mapping([])
        var reader = MappingReader(mapping, file: file, path: path + [key], mark: mark(of: key))
        body(&reader)
        reader.noteUnknownKeys()
        known += reader.known
        problems += reader.problems
    }

    /// Like `section`, for one in whose place the word none may stand.
    ///
    /// - Returns: `usual` with what `body` read into it; nil for none.
    mutating func section<Section>(
        _ key: String, orNone usual: Section?, _ body: (inout MappingReader, inout Section) -> Void
    ) -> Section? {
        guard var section = usual, value(of: key)?.string != "none" else {
            know(key)
            return nil
        }
        self.section(key, expecting: "none, or keys and values") { body(&$0, &section) }
        return section
    }

    /// - Returns: nil for the word local, too.
    mutating func zone(_ key: String) -> Settings.Zone? {
        let zone: Settings.Zone?? = read(key, expecting: "local, or \(ZoneFiles.expected)") { node in
            guard let name = node.string, name != "local" else {
                return node.string == nil ? nil : .some(nil)
            }
            return ZoneFiles.rules(of: name).map { .some(Settings.Zone(name: name, rules: $0)) }
        }
        return zone ?? nil
    }

    /// A key that the file's writer has chosen, and what is under it.
    struct Entry {
        let name: String
        let key: Node
        let value: Node
    }

    /// The entries of a mapping whose keys are all names; those too many are left out.
    ///
    /// - Parameter arePlain: whether the names are letters, digits, _ and -, or any.
    mutating func entries(most: Int, arePlain: Bool = true) -> [Entry] {
        var entries: [Entry] = []
        var names: Set<String> = []
        for (key, value) in mapping {
            level.append(key.string ?? "")
            guard names.count < most else { continue }
            let name = key.scalar?.string ?? ""
            if name.isEmpty || arePlain && !name.isPlainName {
                let expected = arePlain ? "names of letters, digits, _ and -" : "names"
                noteBad(expected: expected, found: key.found, at: key)
            } else if names.insert(name).inserted {
                entries.append(Entry(name: name, key: key, value: value))
            }
        }
        if mapping.count > most {
            noteBad(expected: "at most \(most) of them", found: "\(mapping.count)")
        }
        return entries
    }

    /// Reads the mapping of an entry with `body`; nil if it is none.
    mutating func reading<Value>(_ entry: Entry, _ body: (inout MappingReader) -> Value) -> Value? {
        guard let mapping = entry.value.null == nil ? entry.value.mapping : Node.Mapping([]) else {
            noteBad(entry.name, expected: "keys and values", found: entry.value.found, at: entry.value)
            return nil
        }
        var reader = MappingReader(mapping, file: file, path: path + [entry.name], mark: entry.key.mark)
        let value = body(&reader)
        reader.noteUnknownKeys()
        problems += reader.problems
        return value
    }

    mutating func noteUnknownKeys() {
        let known = Set(level)
        var seen: Set<String> = []
        for (key, _) in mapping {
            let name = key.string ?? ""
            if !known.contains(name) {
                let near = nearest(to: name, among: level).map { qualified($0) }
                note(.unknownKey(qualified(name.told), nearest: near), at: key)
            } else if !seen.insert(name).inserted {
                note(.givenTwice(qualified(name)), at: key)
            }
        }
    }

    /// The keys of the mapping under `key`, if there is one.
    func names(under key: String) -> [String] {
        value(of: key)?.mapping?.keys.compactMap { $0.scalar?.string } ?? []
    }

    /// Whether there is something under `key`, good or bad.
    func has(_ key: String) -> Bool {
        value(of: key) != nil
    }

    /// The value under `key`, or nil when it is absent, empty or bad; a bad one is noted.
    mutating func read<Value>(_ key: String, expecting expected: String, _ convert: (Node) -> Value?)
        -> Value?
    {
        know(key)
        guard let node = value(of: key) else { return nil }
        let value = convert(node)
        if value == nil { noteBad(key, expected: expected, found: node.found, at: node) }
        return value
    }

    /// Notes that the value of `key`, or one in it, is not what was expected.
    ///
    /// - Parameters:
    ///   - key: nil for the mapping as a whole.
    ///   - node: where; nil for where the value is, or would be.
    mutating func noteBad(_ key: String? = nil, expected: String, found: String, at node: Node? = nil) {
        note(.badValue(key: qualified(key), expected: expected, found: found), of: key, at: node)
    }

    mutating func note(_ kind: SettingsProblem.Kind, of key: String?, at node: Node? = nil) {
        note(kind, at: node?.mark ?? key.flatMap(value(of:))?.mark ?? mark)
    }

    /// - Throws: `invalid` with everything noted, in the order of the lines.
    func finish() throws(SettingsError) {
        guard problems.isEmpty else {
            throw .invalid(problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
    }

    func qualified(_ key: String?) -> String {
        (path + (key.map { [$0] } ?? [])).joined(separator: ".")
    }

    private mutating func know(_ key: String) {
        level.append(key)
        known.append(qualified(key))
    }

    private func value(of key: String) -> Node? {
        guard let node = mapping.first(where: { $0.key.string == key })?.value, node.null == nil else {
            return nil
        }
        return node
    }

    private func mark(of key: String) -> Mark? {
        mapping.first { $0.key.string == key }?.key.mark
    }

    private mutating func note(_ kind: SettingsProblem.Kind, at node: Node) {
        note(kind, at: node.mark)
    }

    private mutating func note(_ kind: SettingsProblem.Kind, at mark: Mark?) {
        problems.append(
            SettingsProblem(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, kind: kind))
    }
}

extension Node {
    /// True for a scalar that YAML does not read as a number or a truth value, or one in quotes.
    fileprivate var isPlainText: Bool {
        guard let scalar else { return false }
        return scalar.style != .plain || (bool == nil && float == nil)
    }

    /// As an error tells it.
    var found: String {
        switch self {
        case .scalar(let scalar) where [.doubleQuoted, .singleQuoted].contains(scalar.style):
            "\"\(scalar.string.told)\""
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : scalar.string.told
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

extension String {
    /// The beginning of it, in one line, as an error tells it.
    var told: String {
        String(cut(to: 80).map { $0.isNewline ? " " : $0 })
    }
}

/// The candidate that few edits separate from `name`, or nil when none is near.
func nearest(to name: String, among candidates: [String]) -> String? {
    guard name.utf8.count <= 200 else { return nil }
    let ranked = candidates.map { (name: $0, edits: EditDistance.between(name, $0)) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= max(2, name.count / 4) else {
        return nil
    }
    return best.name
}
