/// A record of a CSV file, and the line it starts on.
public struct CSVRecord: Sendable, Hashable {
    public let line: Int
    public let fields: [String]
}

/// What is wrong with a CSV file, and where.
public struct CSVError: Error, Hashable {
    public let line: Int
    public let expected: String
    public let found: String
}

/// Cuts CSV into records as RFC 4180 says: fields in quotes may hold commas, line ends and doubled quotes.
///
/// Lines end at LF or CRLF. Empty lines are passed over.
public struct CSVRecords: Sendable {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next record; nil at the end.
    public mutating func next() throws(CSVError) -> CSVRecord? {
        while atLineEnd { skipLineEnd() }
        guard position < bytes.count else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        if position < bytes.count { skipLineEnd() }
        return CSVRecord(line: start, fields: fields)
    }

    private var atLineEnd: Bool {
        guard position < bytes.count else { return false }
        if bytes[position] == UInt8(ascii: "\n") { return true }
        return bytes[position] == UInt8(ascii: "\r") && position + 1 < bytes.count
            && bytes[position + 1] == UInt8(ascii: "\n")
    }

    private mutating func skipLineEnd() {
        position += bytes[position] == UInt8(ascii: "\r") ? 2 : 1
        line += 1
    }

    private mutating func field() throws(CSVError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return try plainField() }
        return try quotedField()
    }

    private mutating func plainField() throws(CSVError) -> String {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ","), !atLineEnd {
            guard bytes[position] != UInt8(ascii: "\"") else {
                throw CSVError(line: line, expected: "quotes around the whole field", found: "one inside it")
            }
            position += 1
        }
        return try text(bytes[start..<position], line)
    }

    private mutating func quotedField() throws(CSVError) -> String {
        let opened = line
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "\"") else {
                content.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                content.append(byte)
                position += 1
                continue
            }
            guard position == bytes.count || bytes[position] == UInt8(ascii: ",") || atLineEnd else {
                throw CSVError(line: line, expected: "a comma after the closing quote", found: "more text")
            }
            return try text(content[...], opened)
        }
        throw CSVError(line: opened, expected: "a closing quote", found: "the end of the file")
    }

    private func text(_ content: ArraySlice<UInt8>, _ line: Int) throws(CSVError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw CSVError(line: line, expected: "UTF-8", found: "other bytes")
        }
        return text
    }
}

/// Which columns of a CSV file of examples hold what.
public struct CSVColumns: Sendable, Hashable {
    /// How many columns there are, those of other names included.
    public let count: Int
    private let text: Int
    private let intent: Int
    private let context: Int?

    /// - Returns: `nil` when a column that is needed is missing, or one that is read is there twice.
    public init?(header: [String]) {
        let names = header.map { $0.lowercased() }
        let ours = names.filter { ["text", "intent", "context"].contains($0) }
        guard Set(ours).count == ours.count else { return nil }
        guard let text = names.firstIndex(of: "text"), let intent = names.firstIndex(of: "intent") else {
            return nil
        }
        self.text = text
        self.intent = intent
        context = names.firstIndex(of: "context")
        count = names.count
    }

    /// An empty context is none.
    ///
    /// - Parameter fields: `count` of them.
    public func example(_ fields: [String]) -> (text: String, intent: String, context: String?) {
        let context = context.map { fields[$0] }
        return (fields[text], fields[intent], context == "" ? nil : context)
    }
}
