/// Reads the values of a GGUF header one after the other, each length checked against what is left of the file.
struct GGUFReader {
    /// Where the next value begins.
    private(set) var offset = 0

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ what: String, of file: RawSpan, as type: T.Type = T.self
    ) throws(GGUFFlaw) -> T {
        let size = MemoryLayout<T>.size
        guard size <= file.byteCount - offset else { throw truncated(what, UInt64(size), file) }
        defer { offset += size }
        return file.integer(at: offset, as: type)
    }

    /// A length of 64 bits, then as many bytes of UTF-8.
    mutating func string(_ what: @autoclosure () -> String, of file: RawSpan, limit: Int) throws(GGUFFlaw)
        -> String
    {
        let length = try integer("the length of a string", of: file, as: UInt64.self)
        guard length <= limit else { throw .tooLong(what: what(), bytes: length, limit: limit) }
        guard length <= file.byteCount - offset else { throw truncated(what(), length, file) }
        let bytes = file.extracting(offset..<(offset + Int(length)))
        guard let string = unsafe bytes.withUnsafeBytes({ unsafe String(validating: $0, as: UTF8.self) })
        else {
            throw .notUTF8(what: what())
        }
        offset += Int(length)
        return string
    }

    /// A value of metadata, its type before it.
    mutating func value(of key: String, in file: RawSpan) throws(GGUFFlaw) -> GGUFValue {
        try value(of: key, in: file, as: try type(of: key, in: file), depth: 0)
    }

    private mutating func type(of key: String, in file: RawSpan) throws(GGUFFlaw) -> GGUFValueType {
        let number = try integer("the type of \(key)", of: file, as: UInt32.self)
        guard let type = GGUFValueType(rawValue: number) else {
            throw .unknownValueType(key: key, found: number)
        }
        return type
    }

    private mutating func value(
        of key: String, in file: RawSpan, as type: GGUFValueType, depth: Int
    ) throws(GGUFFlaw) -> GGUFValue {
        switch type {
        case .float32, .float64: .number(try number(key, file, type))
        case .bool: .bool(try bool(key, file))
        case .string: .string(try text(key, file))
        case .array: try array(of: key, in: file, depth: depth)
        default: .integer(try wholeNumber(key, file, type))
        }
    }

    /// The type of the elements, their number, then they.
    private mutating func array(of key: String, in file: RawSpan, depth: Int) throws(GGUFFlaw) -> GGUFValue {
        guard depth < GGUFHeader.maximumNesting else {
            throw .nestedTooDeep(key: key, limit: GGUFHeader.maximumNesting)
        }
        let type = try type(of: key, in: file)
        let stated = try integer("the number of elements of \(key)", of: file, as: UInt64.self)
        guard stated <= GGUFHeader.maximumElements else {
            throw .tooMany(what: "elements of \(key)", count: stated, limit: GGUFHeader.maximumElements)
        }
        // No memory is taken for elements that cannot be there.
        let count = Int(stated)
        guard count * type.leastBytes <= file.byteCount - offset else {
            throw truncated(key, UInt64(count * type.leastBytes), file)
        }
        switch type {
        case .float32, .float64:
            return .numbers(
                try elements(count) { reader throws(GGUFFlaw) in try reader.number(key, file, type) })
        case .bool:
            return .bools(try elements(count) { reader throws(GGUFFlaw) in try reader.bool(key, file) })
        case .string:
            return .strings(try elements(count) { reader throws(GGUFFlaw) in try reader.text(key, file) })
        case .array:
            return .arrays(
                try elements(count) { reader throws(GGUFFlaw) in
                    try reader.array(of: key, in: file, depth: depth + 1)
                })
        default:
            return .integers(
                try elements(count) { reader throws(GGUFFlaw) in try reader.wholeNumber(key, file, type) })
        }
    }

    private mutating func elements<Element>(
        _ count: Int, _ read: (inout GGUFReader) throws(GGUFFlaw) -> Element
    ) throws(GGUFFlaw) -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    private mutating func text(_ key: String, _ file: RawSpan) throws(GGUFFlaw) -> String {
        try string(key, of: file, limit: GGUFHeader.maximumStringBytes)
    }

    private mutating func bool(_ key: String, _ file: RawSpan) throws(GGUFFlaw) -> Bool {
        let byte = try integer(key, of: file, as: UInt8.self)
        guard byte <= 1 else { throw .badBool(key: key, found: byte) }
        return byte == 1
    }

    private mutating func number(_ key: String, _ file: RawSpan, _ type: GGUFValueType) throws(GGUFFlaw)
        -> Double
    {
        type == .float32
            ? Double(Float(bitPattern: try integer(key, of: file)))
            : Double(bitPattern: try integer(key, of: file))
    }

    private mutating func wholeNumber(_ key: String, _ file: RawSpan, _ type: GGUFValueType) throws(GGUFFlaw)
        -> Int
    {
        switch type {
        case .uint8: return Int(try integer(key, of: file, as: UInt8.self))
        case .int8: return Int(try integer(key, of: file, as: Int8.self))
        case .uint16: return Int(try integer(key, of: file, as: UInt16.self))
        case .int16: return Int(try integer(key, of: file, as: Int16.self))
        case .uint32: return Int(try integer(key, of: file, as: UInt32.self))
        case .int32: return Int(try integer(key, of: file, as: Int32.self))
        case .int64: return Int(try integer(key, of: file, as: Int64.self))
        default:
            let value = try integer(key, of: file, as: UInt64.self)
            guard let value = Int(exactly: value) else { throw .numberTooLarge(key: key, found: value) }
            return value
        }
    }

    private func truncated(_ what: String, _ needed: UInt64, _ file: RawSpan) -> GGUFFlaw {
        .truncated(what: what, offset: offset, needed: needed, left: file.byteCount - offset)
    }
}
