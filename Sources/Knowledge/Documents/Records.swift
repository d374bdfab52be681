internal import CSV
internal import JSON

extension DocumentBuilder {
    /// A record is a passage: "Column: value, Column: value". Empty fields are left out.
    mutating func split(csv content: [UInt8]) throws(DocumentError) {
        var records = CSVRecords(withoutMark(content))
        guard let header = try record(&records) else { throw .empty }
        while let record = try record(&records) {
            guard record.fields.count == header.fields.count else {
                throw .fieldCount(
                    line: record.line, expected: header.fields.count, found: record.fields.count)
            }
            try append(record: zip(header.fields, record.fields).map { ($0, $1) })
        }
    }

    private func record(_ records: inout CSVRecords) throws(DocumentError) -> CSVRecord? {
        do {
            return try records.next()
        } catch {
            throw .csv(error)
        }
    }

    /// An object is a passage: "key: value, key: value"; what is in it stands in parentheses.
    mutating func split(jsonLines content: [UInt8]) throws(DocumentError) {
        let content = withoutMark(content)
        for (index, line) in Lines(content, in: 0..<content.count).enumerated() {
            guard content[line.range].contains(where: { $0 > 0x20 }) else { continue }
            let value: JSONValue
            do {
                value = try JSONValue(parsing: Array(content[line.range]))
            } catch {
                throw .json(line: index + 1, error)
            }
            guard let members = value.members else {
                throw .notAnObject(line: index + 1, found: value.description)
            }
            try append(record: members.map { ($0.key, $0.value.plainText) })
        }
    }

    private func withoutMark(_ content: [UInt8]) -> [UInt8] {
        content.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(content.dropFirst(3)) : content
    }

    private mutating func append(record fields: [(name: String, value: String)]) throws(DocumentError) {
        let start = text.count
        for (name, value) in fields {
            guard !value.utf8.allSatisfy({ $0 <= 0x20 }) else { continue }
            if text.count > start { try append(", ".utf8) }
            if !name.isEmpty { try append("\(name.onOneLine): ".utf8) }
            try append(value.onOneLine.utf8)
        }
        guard text.count > start else { return }
        let range = start..<text.count
        try append("\n".utf8)
        try block(range, .record)
    }
}

extension String {
    /// With a space for every run of line ends and other controls.
    fileprivate var onOneLine: String {
        guard utf8.contains(where: { $0 < 0x20 }) else { return self }
        return unicodeScalars.split { $0.value < 0x20 }.map(String.init).joined(separator: " ")
    }
}

extension JSONValue {
    /// As a reader would write it. Recurses as deeply as the value nests, which its parser bounds.
    fileprivate var plainText: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): text
        case .array(let elements): elements.map(\.nestedText).joined(separator: ", ")
        case .object(let members):
            "(" + members.map { "\($0.key): \($0.value.nestedText)" }.joined(separator: ", ") + ")"
        }
    }

    private var nestedText: String {
        if case .array = self { "(\(plainText))" } else { plainText }
    }
}
