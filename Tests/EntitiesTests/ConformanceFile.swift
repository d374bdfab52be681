import Foundation

/// A JSON value as a specification has it.
indirect enum SpecValue: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([SpecValue])
    case object([String: SpecValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let array = try? container.decode([SpecValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: SpecValue].self))
        }
    }
}

extension SpecValue {
    /// Equal; numbers but for the last digits of a Double.
    func isSame(as other: SpecValue) -> Bool {
        if case .number(let a) = self, case .number(let b) = other { return abs(a - b) < 1e-12 }
        return self == other
    }
}

/// One entity a case expects. Files say where it stands in one of three ways, or not at all.
struct SpecResult: Decodable {
    let text: String
    let typeName: String?
    let type: String?
    let start: Int?
    let end: Int?
    let length: Int?
    let resolution: [String: SpecValue]?
    /// What files of parsers have for a resolution.
    let value: SpecValue?

    enum CodingKeys: String, CodingKey {
        case text = "Text"
        case typeName = "TypeName"
        case type = "Type"
        case start = "Start"
        case end = "End"
        case length = "Length"
        case resolution = "Resolution"
        case value = "Value"
    }
}

struct SpecContext: Decodable {
    let referenceDateTime: String?

    enum CodingKeys: String, CodingKey {
        case referenceDateTime = "ReferenceDateTime"
    }
}

/// A case of a file of Recognizers-Text. Its marks of platforms that fail it are not read: no case is skipped.
struct SpecCase: Decodable {
    let input: String
    let context: SpecContext?
    let results: [SpecResult]

    enum CodingKeys: String, CodingKey {
        case input = "Input"
        case context = "Context"
        case results = "Results"
    }
}

enum ConformanceFile {
    /// - Parameter name: such as `Number/English/NumberModel.json`.
    static func cases(of name: String, in data: String) throws -> [SpecCase] {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(data)/recognizers_text/\(name)"))
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        return try JSONDecoder().decode([SpecCase].self, from: bytes)
    }
}
