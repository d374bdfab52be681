import Dialogue
import Yams

/// The types that a slot may have.
struct SlotTypes {
    private(set) var lists: [WordList] = []
    /// The names under `types`, of good ones and of others.
    private(set) var declared: [String] = []

    static let builtIn = EntitySlot.allCases.map(\.rawValue).sorted() + [SlotType.text.name]

    mutating func declare(_ name: String, _ list: WordList?) {
        declared.append(name)
        if let list { lists.append(list) }
    }
}

extension MappingReader {
    /// The types that a file declares, each a list of values or one learnt from examples.
    mutating func slotTypes() -> SlotTypes {
        var types = SlotTypes()
        section("types", expecting: "names and types") { reader in
            for entry in reader.entries(most: TasksFile.Most.types) {
                types.declare(entry.name, reader.wordList(of: entry))
            }
        }
        return types
    }

    private mutating func wordList(of entry: Entry) -> WordList? {
        if SlotTypes.builtIn.contains(entry.name) {
            noteBad(expected: "names that no built-in type has", found: entry.name, at: entry.key)
        }
        if entry.value.scalar?.string == "learnt" { return nil }
        guard entry.value.mapping?.isEmpty == false else {
            noteBad(
                entry.name, expected: "values and the words for them, or learnt", found: entry.value.found,
                at: entry.value)
            return nil
        }
        return reading(entry) { reader in
            WordList(name: entry.name, words: reader.wordsOfValues())
        }
    }

    private mutating func wordsOfValues() -> [String: [String]] {
        var words: [String: [String]] = [:]
        var meanings: [String: String] = [:]
        for entry in entries(most: TasksFile.Most.values) {
            let isNothing = entry.value.null != nil
            if !isNothing, entry.value.sequence == nil {
                noteBad(entry.name, expected: "a list of words", found: entry.value.found, at: entry.value)
            }
            let list = texts(
                of: entry.value.sequence.map(Array.init) ?? [], entry.name, most: TasksFile.Most.words)
            words[entry.name] = list.map(\.text)
            let own = WordList.words(of: entry.name, [])
            for (word, node) in own.map({ ($0, entry.key) }) + list.map({ ($0.text, $0.node) }) {
                noteMeaning(word, of: entry.name, at: node, &meanings)
            }
        }
        return words
    }

    private mutating func noteMeaning(
        _ word: String, of value: String, at node: Node, _ meanings: inout [String: String]
    ) {
        let folded = WordList.folded(word)
        guard !folded.isEmpty else {
            noteBad(value, expected: "words with letters or digits", found: word.told, at: node)
            return
        }
        if let other = meanings[folded], other != value {
            noteBad(
                value, expected: "words that mean no other value",
                found: "\(word.told), which means \(other)",
                at: node)
        }
        meanings[folded] = value
    }
}
