import Wire
import Yams

/// Takes known keys out of one YAML mapping and notes what is wrong with the others.
///
/// A key counts as known because it was asked for, so the reader cannot fall out of step with a list of keys.
struct MappingReader {
    private let mapping: Node.Mapping
    private let file: String
    /// Names of the enclosing keys, such as `limits`.
    private let path: [String]
    private(set) var known: [String] = []
    private(set) var problems: [SettingsProblem] = []

    init(_ mapping: Node.Mapping, file: String, path: [String] = []) {
        self.mapping = mapping
        self.file = file
        self.path = path
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

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, into value: inout Choice
    ) {
        value = choice(key) ?? value
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String) -> Choice? {
        let expected = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return read(key, expecting: expected) { $0.string.flatMap(Choice.init(rawValue:)) }
    }

    /// Reads the mapping under `key` with `body`; an absent or empty one leaves every default.
    mutating func section(
        _ key: String, expecting expected: String = "keys and values", _ body: (inout MappingReader) -> Void
    ) {
        let mapping = read(key, expecting: expected) { $0.mapping } ?? Node.Mapping([])
        var reader = MappingReader(mapping, file: file, path: path + [key])
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
        guard var section = usual, mapping.first(where: { $0.key.string == key })?.value.string != "none"
        else {
            known.append(qualified(key))
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

    mutating func noteUnknownKeys() {
        let level = known.filter { $0.split(separator: ".").count == path.count + 1 }
        for (key, _) in mapping {
            let name = qualified(key.string ?? "")
            guard !level.contains(name) else { continue }
            note(.unknownKey(name, nearest: nearest(to: name, among: level)), at: key)
        }
    }

    /// The value under `key`, or nil when it is absent, empty or bad; a bad one is noted.
    private mutating func read<Value>(
        _ key: String, expecting expected: String, _ convert: (Node) -> Value?
    ) -> Value? {
        known.append(qualified(key))
        guard let node = mapping.first(where: { $0.key.string == key })?.value, node.null == nil else {
            return nil
        }
        let value = convert(node)
        if value == nil {
            note(.badValue(key: qualified(key), expected: expected, found: node.found), at: node)
        }
        return value
    }

    private mutating func note(_ kind: SettingsProblem.Kind, at node: Node) {
        let (line, column) = node.mark.map { ($0.line, $0.column) } ?? (1, 1)
        problems.append(SettingsProblem(file: file, line: line, column: column, kind: kind))
    }

    private func qualified(_ key: String) -> String {
        (path + [key]).joined(separator: ".")
    }
}

extension Node {
    /// True for a scalar that YAML does not read as a number or a truth value, or one in quotes.
    fileprivate var isPlainText: Bool {
        guard let scalar else { return false }
        return scalar.style != .plain || (bool == nil && float == nil)
    }

    fileprivate var found: String {
        switch self {
        case .scalar(let scalar): scalar.string
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

/// The candidate that few edits separate from `name`, or nil when none is near.
func nearest(to name: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { (name: $0, edits: EditDistance.between(name, $0)) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= max(2, name.count / 4) else {
        return nil
    }
    return best.name
}
