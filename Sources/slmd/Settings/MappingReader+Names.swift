import Dialogue
import Yams

extension MappingReader {
    /// A text of bounded length.
    mutating func text(_ key: String) -> String? {
        read(key, expecting: "a text of at most \(TasksFile.Most.textBytes) bytes", \.text)
    }

    /// The texts of a list, each with where it stands; those too many are left out.
    mutating func texts(_ key: String, most: Int) -> [(text: String, node: Node)] {
        texts(of: read(key, expecting: "a list") { $0.sequence.map(Array.init) } ?? [], key, most: most)
    }

    mutating func texts(of list: [Node], _ key: String, most: Int) -> [(text: String, node: Node)] {
        if list.count > most {
            noteBad(key, expected: "at most \(most) of them", found: "\(list.count)", at: list[most])
        }
        var texts: [(text: String, node: Node)] = []
        for item in list.prefix(most) {
            if let text = item.text {
                texts.append((text, item))
            } else {
                noteBad(
                    key, expected: "texts of at most \(TasksFile.Most.textBytes) bytes", found: item.found,
                    at: item)
            }
        }
        return texts
    }

    /// A sentence with places for slots.
    ///
    /// - Parameters:
    ///   - slots: the names that there are.
    ///   - mayTellRows: whether there are data to tell.
    mutating func template(_ key: String, slots: [String], mayTellRows: Bool = false) -> Template? {
        guard let text = text(key) else { return nil }
        do {
            let template = try Template(text)
            if let unknown = template.slots.first(where: { !slots.contains($0) }) {
                noteUnknown("slot", unknown, among: slots, of: key)
            }
            if template.tellsRows, !mayTellRows {
                noteBad(key, expected: "{rows} only in the reply of a task with data", found: "{rows}")
            }
            return template
        } catch {
            note(.badTemplate(key: qualified(key), error), of: key)
            return nil
        }
    }

    /// Notes that a value of `key` names something that there is not.
    mutating func noteUnknown(
        _ thing: String, _ name: String, among known: [String], of key: String, at node: Node? = nil
    ) {
        let kind = SettingsProblem.Kind.unknownName(
            key: qualified(key), of: thing, name: name.told, nearest: nearest(to: name, among: known))
        note(kind, of: key, at: node)
    }

    /// Notes that `key` has no value.
    mutating func require(_ key: String, _ expected: String) {
        if !has(key) { noteBad(key, expected: expected, found: "nothing") }
    }
}

extension Node {
    /// A scalar that is neither empty nor too long.
    fileprivate var text: String? {
        guard let text = scalar?.string, !text.isEmpty, text.utf8.count <= TasksFile.Most.textBytes else {
            return nil
        }
        return text
    }
}

extension String {
    /// Whether it is letters, digits, _ and -, and not too many.
    var isPlainName: Bool {
        !isEmpty && utf8.count <= TasksFile.Most.nameBytes
            && unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
                    || scalar == "-"
            }
    }
}
