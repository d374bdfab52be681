internal import CSV
internal import Dialogue
internal import JSON
internal import ModelFiles

/// A file of records that a task asks: JSON lines, an object each, or CSV with a header.
struct Records: Sendable {
    /// What is wrong with a file; `line` counts from 1.
    struct Fault: Error, CustomStringConvertible {
        let path: String
        let line: Int?
        let reason: String

        var description: String { path + (line.map { ", line \($0)" } ?? "") + ": \(reason)" }
    }

    /// A larger file is refused, in bytes: whoever asks for the first time since it changed waits for it.
    static let largestFile = 16 << 20
    /// More rows are not told.
    static let mostRows = 20
    /// In bytes of UTF-8.
    private static let longestLine = 4096

    private struct Field: Sendable {
        let name: String
        let value: String
        /// The value with its letters made small.
        let folded: String
    }

    private typealias Fields = [Field]

    private let rows: [Fields]

    /// - Parameter path: for errors, and its ending says how the file is written.
    init(_ bytes: [UInt8], path: String) throws(Fault) {
        rows = try path.hasSuffix(".csv") ? Self.table(bytes, path) : Self.objects(bytes, path)
    }

    /// The rows that answer a query, a line each: "Report Date: 2026-01-08, Hemoglobin: 13.4 g/dL".
    ///
    /// - Parameter slots: what is known; a column is matched only if its slot is.
    func lines(answering query: RecordQuery, _ slots: [String: FilledSlot]) -> [String] {
        let wanted = query.matches.compactMapValues { slots[$0].map { Wanted($0.value) } }
        let found = rows.lazy.filter { row in
            wanted.allSatisfy { column, value in
                row.contains { $0.name == column && value.matches($0) }
            }
        }
        return found.prefix(Self.mostRows).map { row in
            let told =
                query.columns.isEmpty
                ? row.filter { query.matches[$0.name] == nil }
                : query.columns.flatMap { column in row.filter { $0.name == column } }
            return Self.line(told.map { ($0.name, $0.value) })
        }
    }

    /// The values of a record as they are told, each behind its column.
    static func line(_ cells: [(column: String, value: String)]) -> String {
        cut(cells.map { "\($0.column): \($0.value)" }.joined(separator: ", "))
    }

    /// A line as it is told: all of it, or its beginning with an ellipsis.
    private static func cut(_ line: String) -> String {
        line.utf8.count <= longestLine ? line : line.cut(to: longestLine / 4)
    }

    /// A day in a range of days, its end not in it, or the same text but for the case of its letters.
    private struct Wanted {
        private let folded: String
        /// `..` where there is none; nil when no range is wanted.
        private let limits: (from: String, to: String)?

        init(_ value: String) {
            folded = value.lowercased()
            let limits = value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            let isRange = limits.count == 2 && limits.allSatisfy { $0.utf8.count == 10 || $0 == ".." }
            self.limits = isRange ? (limits[0], limits[1]) : nil
        }

        func matches(_ field: Field) -> Bool {
            guard let limits else { return field.folded == folded }
            let day = field.value.prefix(10)
            return (limits.from == ".." || day >= limits.from) && (limits.to == ".." || day < limits.to)
        }
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
            rows.append(zip(names, record.fields).map { field(named: $0, $1) })
        }
    }

    private static func field(named name: String, _ value: String) -> Field {
        let folded = value.lowercased()
        // One copy of what is the same.
        return Field(name: name, value: value, folded: folded == value ? value : folded)
    }

    private static func objects(_ bytes: [UInt8], _ path: String) throws(Fault) -> [Fields] {
        var rows: [Fields] = []
        var names: [String: String] = [:]
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
                let name = names[member.key] ?? member.key
                names[name] = name
                fields.append(field(named: name, text))
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
