internal import JSON

/// A key of any JSON object.
struct JSONKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Reads an object field by field; an error names the field, what was expected and what was found.
struct ParamsReader {
    /// `nil` when the request has no parameters at all.
    private let object: KeyedDecodingContainer<JSONKey>?
    private let place: Place
    private var known: [String] = []

    /// Where the object lies, for the names of its fields.
    private enum Place {
        case params
        case element(of: String, Int)
        case line
    }

    init(_ object: KeyedDecodingContainer<JSONKey>?) {
        self.object = object
        place = .params
    }

    /// A line of a file.
    init(line object: KeyedDecodingContainer<JSONKey>) {
        self.object = object
        place = .line
    }

    private init(_ object: KeyedDecodingContainer<JSONKey>, element index: Int, of array: String) {
        self.object = object
        place = .element(of: array, index)
    }

    mutating func string(_ name: String) throws(ErrorReply) -> String {
        guard let value = try optionalString(name) else {
            throw wrong(name, expected: "a string", found: "nothing")
        }
        return value
    }

    mutating func optionalString(_ name: String) throws(ErrorReply) -> String? {
        try optional(String.self, name, expected: "a string")
    }

    /// - Parameter usual: what an absent field means.
    mutating func flag(_ name: String, orElse usual: Bool = false) throws(ErrorReply) -> Bool {
        try optional(Bool.self, name, expected: "true or false") ?? usual
    }

    mutating func requiredFlag(_ name: String) throws(ErrorReply) -> Bool {
        guard let value = try optional(Bool.self, name, expected: "true or false") else {
            throw missing(name, expected: "true or false")
        }
        return value
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(ErrorReply) -> Int64? {
        let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard let number = try optional(Double.self, name, expected: expected) else { return nil }
        guard let value = Int64(exactly: number) else {
            throw wrong(name, expected: expected, found: "\(number)")
        }
        guard range.contains(value) else { throw wrong(name, expected: expected, found: "\(value)") }
        return value
    }

    /// The same, and the field must be there.
    mutating func required(_ name: String, in range: ClosedRange<Int64>) throws(ErrorReply) -> Int64 {
        guard let value = try integer(name, in: range) else { throw missing(name, expected: "an integer") }
        return value
    }

    mutating func required(_ name: String, in range: ClosedRange<Double>) throws(ErrorReply) -> Double {
        guard let value = try number(name, in: range) else { throw missing(name, expected: "a number") }
        return value
    }

    func missing(_ name: String, expected: String) -> ErrorReply {
        wrong(name, expected: expected, found: "nothing")
    }

    /// A range that begins at the least number above 0 is one without 0.
    mutating func number(_ name: String, in range: ClosedRange<Double>) throws(ErrorReply) -> Double? {
        let (least, most) = (range.lowerBound, Self.plain(range.upperBound))
        let expected =
            least == .leastNonzeroMagnitude
            ? "a number above 0 and at most \(most)" : "a number from \(Self.plain(least)) to \(most)"
        guard let value = try optional(Double.self, name, expected: expected) else { return nil }
        guard range.contains(value) else { throw wrong(name, expected: expected, found: Self.plain(value)) }
        return value
    }

    /// Without the `.0` of a whole number.
    private static func plain(_ number: Double) -> String {
        Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    /// Strings that are not empty; nil when the field is absent.
    ///
    /// - Parameters:
    ///   - count: how many there may be.
    ///   - longest: in UTF-8 bytes.
    mutating func strings(
        _ name: String, count: ClosedRange<Int>, longest: Int = .max
    ) throws(ErrorReply) -> [String]? {
        let expected = "an array of \(count.lowerBound) to \(count.upperBound) strings"
        guard let strings = try optional([String].self, name, expected: expected, of: "a string") else {
            return nil
        }
        guard count.contains(strings.count) else {
            throw wrong(name, expected: expected, found: "\(strings.count)")
        }
        let length = longest == .max ? "1 byte or more" : "1 to \(longest) bytes"
        for (index, string) in strings.enumerated() where !(1...longest).contains(string.utf8.count) {
            throw wrong(name, element: index, expected: length, found: "\(string.utf8.count)")
        }
        return strings
    }

    /// Numbers of events, one at least.
    mutating func events(_ name: String) throws(ErrorReply) -> [Int64] {
        let expected = "an array of whole numbers from 1"
        guard let numbers = try optional([Double].self, name, expected: expected, of: "a number"),
            !numbers.isEmpty
        else {
            throw wrong(name, expected: expected, found: "none")
        }
        var events: [Int64] = []
        for number in numbers {
            guard let event = Int64(exactly: number), event > 0 else {
                let found = Int64(exactly: number).map(String.init) ?? "\(number)"
                throw wrong(name, expected: expected, found: found)
            }
            events.append(event)
        }
        return events
    }

    /// One of a few words; nil when the field is absent.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(ErrorReply) -> Choice? {
        guard let word = try optionalString(name) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            throw wrong(name, expected: Self.names(Choice.self), found: "\"\(word.cut(to: 100))\"")
        }
        return choice
    }

    mutating func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws(ErrorReply) -> Choice {
        guard let choice: Choice = try choice(name) else {
            throw wrong(name, expected: Self.names(Choice.self), found: "nothing")
        }
        return choice
    }

    private static func names<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> String {
        Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
    }

    mutating func optionalRequestID(_ name: String) throws(ErrorReply) -> RequestID? {
        try optional(RequestID.self, name, expected: "an integer or a string")
    }

    mutating func requestID(_ name: String) throws(ErrorReply) -> RequestID {
        guard let id = try optionalRequestID(name) else {
            throw wrong(name, expected: "an integer or a string", found: "nothing")
        }
        return id
    }

    /// Empty when the field is absent and not required.
    mutating func samples(_ name: String, required: Bool = false) throws(ErrorReply) -> [Sample] {
        let samples = try objects(name) { reader throws(ErrorReply) in try Sample(reading: &reader) }
        guard samples != nil || !required else {
            throw wrong(name, expected: "an array of objects", found: "nothing")
        }
        return samples ?? []
    }

    /// The objects of an array; nil when the field is absent.
    mutating func objects<Value>(
        _ name: String, _ read: (inout ParamsReader) throws(ErrorReply) -> Value
    ) throws(ErrorReply) -> [Value]? {
        known.append(name)
        let key = JSONKey(stringValue: name)
        guard let object, object.contains(key) else { return nil }
        return try attempt(name, expected: "an array of objects", of: "an object") { () throws -> [Value]? in
            if try object.decodeNil(forKey: key) { return nil }
            var array = try object.nestedUnkeyedContainer(forKey: key)
            var values: [Value] = []
            while !array.isAtEnd {
                let element = try array.nestedContainer(keyedBy: JSONKey.self)
                var reader = ParamsReader(element, element: values.count, of: name)
                values.append(try read(&reader))
            }
            return values
        }
    }

    /// Refuses the fields nobody asked for: a misspelt name must not pass for an absent one.
    func finish() throws(ErrorReply) {
        guard let object else { return }
        let unknown = object.allKeys.map(\.stringValue).filter { !known.contains($0) }
        guard let name = unknown.min() else { return }
        let expected = known.isEmpty ? "no parameters" : "one of " + known.joined(separator: ", ")
        throw wrong(name, expected: expected, found: "an unknown parameter")
    }

    private mutating func optional<Value: Decodable>(
        _ type: Value.Type, _ name: String, expected: String, of element: String = ""
    ) throws(ErrorReply) -> Value? {
        known.append(name)
        guard let object else { return nil }
        return try attempt(name, expected: expected, of: element) { () throws -> Value? in
            try object.decodeIfPresent(type, forKey: JSONKey(stringValue: name))
        }
    }

    /// - Parameter kind: what each element of an array must be.
    private func attempt<Value>(
        _ name: String, expected: String, of kind: String, _ read: () throws -> Value
    ) throws(ErrorReply) -> Value {
        do {
            return try read()
        } catch let error as ErrorReply {
            throw error
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            // An object in an array has its own place in the path.
            let element = context.codingPath.dropFirst(object?.codingPath.count ?? 0).compactMap(\.intValue)
                .first
            throw wrong(
                name, element: element, expected: element == nil ? expected : kind,
                found: found(name, element))
        } catch {
            // The decoder reads strings and numbers only when asked, and has an error of its own for each fault.
            throw ErrorReply(.parse, "\(path(name)) is not valid JSON", subject: path(name))
        }
    }

    private func wrong(
        _ name: String, element: Int? = nil, expected: String, found: String
    ) -> ErrorReply {
        let subject = path(name) + (element.map { "[\($0)]" } ?? "")
        return ErrorReply(.invalidParams, subject, expected: expected, found: found)
    }

    private func path(_ name: String) -> String {
        switch place {
        case .params: "params.\(name)"
        case .element(let array, let index): "params.\(array)[\(index)].\(name)"
        case .line: name
        }
    }

    private func found(_ name: String, _ element: Int?) -> String {
        guard let object, element == nil else { return "something else" }
        let key = JSONKey(stringValue: name)
        // try? throughout: a type that does not fit is the answer "not this one".
        if (try? object.decode(Bool.self, forKey: key)) != nil { return "true or false" }  // see above
        if (try? object.decode(String.self, forKey: key)) != nil { return "a string" }  // see above
        if (try? object.decode(Double.self, forKey: key)) != nil { return "a number" }  // see above
        if (try? object.nestedUnkeyedContainer(forKey: key)) != nil { return "an array" }  // see above
        return "an object"
    }
}
