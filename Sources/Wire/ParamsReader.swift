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
        case sample(Int)
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

    private init(_ object: KeyedDecodingContainer<JSONKey>, sample index: Int) {
        self.object = object
        place = .sample(index)
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

    /// `false` when the field is absent.
    mutating func flag(_ name: String) throws(ErrorReply) -> Bool {
        try optional(Bool.self, name, expected: "true or false") ?? false
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

    /// Numbers of events, one at least.
    mutating func events(_ name: String) throws(ErrorReply) -> [Int64] {
        let expected = "an array of event numbers"
        guard let numbers = try optional([Double].self, name, expected: expected), !numbers.isEmpty else {
            throw wrong(name, expected: expected, found: "none")
        }
        var events: [Int64] = []
        for number in numbers {
            guard let event = Int64(exactly: number), event > 0 else {
                throw wrong(name, expected: expected, found: "\(number)")
            }
            events.append(event)
        }
        return events
    }

    mutating func overflow() throws(ErrorReply) -> OverflowRule {
        guard let name = try optionalString("overflow") else { return .truncate }
        guard let rule = OverflowRule(rawValue: name) else {
            let names = OverflowRule.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw wrong("overflow", expected: names, found: "\"\(name)\"")
        }
        return rule
    }

    mutating func requestID(_ name: String) throws(ErrorReply) -> RequestID {
        guard let id = try optional(RequestID.self, name, expected: "an integer or a string") else {
            throw wrong(name, expected: "an integer or a string", found: "nothing")
        }
        return id
    }

    /// Empty when the field is absent and not required.
    mutating func samples(_ name: String, required: Bool = false) throws(ErrorReply) -> [Sample] {
        known.append(name)
        guard let object, object.contains(JSONKey(stringValue: name)) else {
            if required { throw wrong(name, expected: "an array of objects", found: "nothing") }
            return []
        }
        return try attempt(name, expected: "an array of objects") { () throws -> [Sample] in
            var array = try object.nestedUnkeyedContainer(forKey: JSONKey(stringValue: name))
            var samples: [Sample] = []
            while !array.isAtEnd {
                let element = try array.nestedContainer(keyedBy: JSONKey.self)
                var reader = ParamsReader(element, sample: samples.count)
                samples.append(try Sample(reading: &reader))
            }
            return samples
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
        _ type: Value.Type, _ name: String, expected: String
    ) throws(ErrorReply) -> Value? {
        known.append(name)
        guard let object else { return nil }
        return try attempt(name, expected: expected) { () throws -> Value? in
            try object.decodeIfPresent(type, forKey: JSONKey(stringValue: name))
        }
    }

    private func attempt<Value>(
        _ name: String, expected: String, _ read: () throws -> Value
    ) throws(ErrorReply) -> Value {
        do {
            return try read()
        } catch let error as ErrorReply {
            throw error
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let element = context.codingPath.compactMap(\.intValue).first
            throw wrong(name, element: element, expected: expected, found: found(name, element))
        } catch {
            // The decoder reads strings and numbers only when asked, and has an error of its own for each fault.
            throw ErrorReply(.parse, "\(path(name)) is not valid JSON", subject: path(name))
        }
    }

    private func wrong(
        _ name: String, element: Int? = nil, expected: String, found: String
    ) -> ErrorReply {
        let subject = path(name) + (element.map { "[\($0)]" } ?? "")
        return ErrorReply(
            .invalidParams, subject, expected: element == nil ? expected : "an object", found: found)
    }

    private func path(_ name: String) -> String {
        switch place {
        case .params: "params.\(name)"
        case .sample(let index): "params.examples[\(index)].\(name)"
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
