internal import CSV
internal import Dialogue
internal import ModelFiles

/// A file of records that a task asks, read at each question: JSON lines, an object each, or CSV with a header.
struct Records {
    /// What is wrong with a file; `line` counts from 1.
    struct Fault: Error, CustomStringConvertible {
        let path: String
        let line: Int?
        let reason: String

        var description: String { path + (line.map { ", line \($0)" } ?? "") + ": \(reason)" }
    }

    /// More of a file is not read, in bytes.
    static let largestFile = 64 << 20
    /// More rows are not told.
    static let mostRows = 20
    /// In bytes of UTF-8.
    private static let longestLine = 4096

    private typealias Fields = [(name: String, value: String)]

    private let rows: [Fields]

    /// - Returns: nil when there is no such file.
    init?(path: String) throws(Fault) {
        let bytes: [UInt8]
        do {
            bytes = try MappedFile(path: path).contents()
        } catch {
            guard !error.isAbsence else { return nil }
            throw Fault(path: path, line: nil, reason: error.description)
        }
        guard bytes.count <= Self.largestFile else {
            throw Fault(
                path: path, line: nil,
                reason: "\(bytes.count) bytes are there, at most \(Self.largestFile) are read")
        }
        rows = try path.hasSuffix(".csv") ? Self.table(bytes, path) : Self.objects(bytes, path)
    }

    /// The rows that answer a query, a line each: "Report Date: 2026-01-08, Hemoglobin: 13.4 g/dL".
    ///
    /// - Parameter slots: what is known; a column is matched only if its slot is.
    func lines(answering query: DataQuery, _ slots: [String: FilledSlot]) -> [String] {
        let wanted = query.matches.compactMapValues { slots[$0]?.value }
        let found = rows.filter { row in
            wanted.allSatisfy { column, value in
                row.contains { $0.name == column && Self.matches($0.value, value) }
            }
        }
        return found.prefix(Self.mostRows).map { row in
            let told =
                query.columns.isEmpty
                ? row.filter { query.matches[$0.name] == nil }
                : query.columns.flatMap { column in row.filter { $0.name == column } }
            return Self.cut(told.map { "\($0.name): \($0.value)" }.joined(separator: ", "))
        }
    }

    /// A line as it is told: all of it, or its beginning with an ellipsis.
    private static func cut(_ line: String) -> String {
        line.utf8.count <= longestLine ? line : line.prefix(longestLine / 4) + "…"
    }

    /// A day in a range of days, its end not in it, or the same text but for the case of its letters.
    private static func matches(_ found: String, _ wanted: String) -> Bool {
        let limits = wanted.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if limits.count == 2, limits.allSatisfy({ $0.utf8.count == 10 || $0 == ".." }) {
            return (limits[0] == ".." || found.prefix(10) >= limits[0])
                && (limits[1] == ".." || found.prefix(10) < limits[1])
        }
        return found.lowercased() == wanted.lowercased()
    }

    private static func table(_ bytes: [UInt8], _ path: String) throws(Fault) -> [Fields] {
        var records = CSVRecords(bytes)
        var header: [String]?
        var rows: [Fields] = []
        while true {
            let record: CSVRecord?
            do throws(CSVError) {
                record = try records.next()
            } catch {
                throw Fault(
                    path: path, line: error.line,
                    reason: "\(error.expected) is wanted, \(error.found) is there")
            }
            guard let record else { return rows }
            guard let names = header else {
                header = record.fields
                continue
            }
            guard names.count == record.fields.count else {
                throw Fault(
                    path: path, line: record.line,
                    reason: "\(names.count) columns are wanted, there are \(record.fields.count)")
            }
            rows.append(zip(names, record.fields).map { (name: $0, value: $1) })
        }
    }

    private static func objects(_ bytes: [UInt8], _ path: String) throws(Fault) -> [Fields] {
        var rows: [Fields] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
            let members: [JSONMember]?
            do throws(JSONError) {
                members = try JSONValue(parsing: [UInt8](line)).members
            } catch {
                throw Fault(path: path, line: index + 1, reason: "\(error)")
            }
            guard let members else {
                throw Fault(path: path, line: index + 1, reason: "a JSON object is wanted")
            }
            var fields: Fields = []
            for member in members where member.value != .null {
                guard let text = member.value.scalar else {
                    throw Fault(
                        path: path, line: index + 1,
                        reason: "a text, a number or a truth value is wanted under \"\(member.key)\", "
                            + "\(member.value) is there")
                }
                fields.append((name: member.key, value: text))
            }
            rows.append(fields)
        }
        return rows
    }
}

extension JSONValue {
    /// A text, a number or a truth value as a text.
    fileprivate var scalar: String? {
        switch self {
        case .string(let text): text
        case .number(let digits): digits
        case .bool(let flag): flag ? "yes" : "no"
        case .null, .array, .object: nil
        }
    }
}
