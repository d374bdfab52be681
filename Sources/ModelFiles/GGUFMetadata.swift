/// Metadata by key and kind; a key that is there with another kind is an error.
extension [String: GGUFValue] {
    public func integer(_ key: String) throws(GGUFFlaw) -> Int { try required(key, optionalInteger(key)) }

    public func number(_ key: String) throws(GGUFFlaw) -> Double { try required(key, optionalNumber(key)) }

    public func string(_ key: String) throws(GGUFFlaw) -> String { try required(key, optionalString(key)) }

    func strings(_ key: String) throws(GGUFFlaw) -> [String] { try required(key, optionalStrings(key)) }

    public func optionalInteger(_ key: String) throws(GGUFFlaw) -> Int? {
        try optional(key, .integer(0)) { if case .integer(let integer) = $0 { integer } else { nil } }
    }

    public func optionalNumber(_ key: String) throws(GGUFFlaw) -> Double? {
        try optional(key, .number(0)) { if case .number(let number) = $0 { number } else { nil } }
    }

    public func optionalString(_ key: String) throws(GGUFFlaw) -> String? {
        try optional(key, .string("")) { if case .string(let string) = $0 { string } else { nil } }
    }

    public func optionalStrings(_ key: String) throws(GGUFFlaw) -> [String]? {
        try optional(key, .strings([])) { if case .strings(let strings) = $0 { strings } else { nil } }
    }

    func optionalBool(_ key: String) throws(GGUFFlaw) -> Bool? {
        try optional(key, .bool(false)) { if case .bool(let bool) = $0 { bool } else { nil } }
    }

    func optionalIntegers(_ key: String) throws(GGUFFlaw) -> [Int]? {
        try optional(key, .integers([])) { if case .integers(let integers) = $0 { integers } else { nil } }
    }

    func optionalNumbers(_ key: String) throws(GGUFFlaw) -> [Double]? {
        try optional(key, .numbers([])) { if case .numbers(let numbers) = $0 { numbers } else { nil } }
    }

    private func required<Found>(_ key: String, _ found: Found?) throws(GGUFFlaw) -> Found {
        guard let found else { throw .missingKey(key) }
        return found
    }

    private func optional<Found>(
        _ key: String, _ example: GGUFValue, _ read: (GGUFValue) -> Found?
    ) throws(GGUFFlaw) -> Found? {
        guard let value = self[key] else { return nil }
        guard let found = read(value) else {
            throw .wrongKind(key: key, expected: example.kind, found: value.kind)
        }
        return found
    }
}
