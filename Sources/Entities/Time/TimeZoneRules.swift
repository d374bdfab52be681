/// How far a place's clocks are from UTC at any moment: what a file of the tz database says.
///
/// - Note: RFC 9636, and tzset(3) for the rule of the years that the file does not list.
public struct TimeZoneRules: Sendable, Hashable {
    private var changes: [Change] = []
    /// East of Greenwich, in seconds, before the first change.
    private var first = 0
    /// After the last change; nil: what the last change made stays.
    private var yearly: YearlyRule?

    /// From `moment`, in seconds since 1970, `offset` holds.
    private struct Change: Sendable, Hashable {
        let moment: Int
        let offset: Int
    }

    /// - Parameter offset: east of Greenwich, in seconds, always.
    public init(offset: Int) { first = offset }

    public static let utc = TimeZoneRules(offset: 0)

    /// Reads what `TZ` may hold: `CET-1CEST,M3.5.0,M10.5.0/3`.
    ///
    /// - Returns: nil if the text is none.
    public init?(posix text: String) {
        guard let rule = YearlyRule(text) else { return nil }
        yearly = rule
    }

    /// Reads a compiled file, as lies in `/usr/share/zoneinfo`.
    ///
    /// - Returns: nil if the bytes are none.
    /// - Complexity: O(bytes).
    public init?(file bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let old = ZoneHeader(&reader) else { return nil }
        if old.version == 0 {
            guard read(old, wide: false, from: &reader) else { return nil }
            return
        }
        // The first part is for readers of 1980; the second has all moments in 64 bits.
        guard reader.skip(old.size(wide: false)), let header = ZoneHeader(&reader),
            read(header, wide: true, from: &reader), let footer = reader.line()
        else { return nil }
        if !footer.isEmpty {
            guard let rule = YearlyRule(footer) else { return nil }
            yearly = rule
        }
    }

    private mutating func read(_ header: ZoneHeader, wide: Bool, from reader: inout ByteReader) -> Bool {
        guard header.size(wide: wide) <= reader.left, header.types > 0 else { return false }
        let moments = (0..<header.times).compactMap { _ in reader.integer(wide ? 8 : 4) }
        let kinds = (0..<header.times).compactMap { _ in reader.byte() }
        var offsets: [Int] = []
        for _ in 0..<header.types {
            guard let offset = reader.integer(4), reader.skip(2), (-93_600...93_600).contains(offset) else {
                return false
            }
            offsets.append(offset)
        }
        guard moments.count == kinds.count, kinds.allSatisfy({ $0 < header.types }),
            zip(moments, moments.dropFirst()).allSatisfy({ $0 < $1 })
        else { return false }
        first = offsets[0]
        changes = zip(moments, kinds).map { Change(moment: $0, offset: offsets[Int($1)]) }
        return reader.skip(header.rest(wide: wide))
    }

    /// East of Greenwich, in seconds.
    ///
    /// - Parameter moment: in seconds since 1970.
    /// - Complexity: O(log changes).
    public func offset(at moment: Int) -> Int {
        if let yearly, moment >= changes.last?.moment ?? .min { return yearly.offset(at: moment) }
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].moment <= moment { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : changes[low - 1].offset
    }
}

/// How many of each thing a part of the file has.
private struct ZoneHeader {
    let version: UInt8
    let isUTC, isStandard, leaps, times, types, characters: Int

    init?(_ reader: inout ByteReader) {
        guard reader.skip("TZif"), let version = reader.byte(), reader.skip(15) else { return nil }
        let counts = (0..<6).compactMap { _ in reader.integer(4).flatMap { $0 >= 0 ? $0 : nil } }
        guard counts.count == 6 else { return nil }
        self.version = version
        (isUTC, isStandard, leaps) = (counts[0], counts[1], counts[2])
        (times, types, characters) = (counts[3], counts[4], counts[5])
    }

    /// Of the part behind the header, in bytes; no more than 2^31 of each thing, so it does not overflow.
    func size(wide: Bool) -> Int { times * (wide ? 9 : 5) + types * 6 + rest(wide: wide) }

    /// What follows the types: names, leap seconds and marks.
    func rest(wide: Bool) -> Int { characters + leaps * (wide ? 12 : 8) + isStandard + isUTC }
}

/// Reads numbers with the most significant byte first.
private struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var left: Int { rest.count }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func skip(_ count: Int) -> Bool {
        guard count <= rest.count else { return false }
        rest.removeFirst(count)
        return true
    }

    mutating func skip(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        return skip(text.utf8.count)
    }

    /// Of 4 or 8 bytes, with a sign.
    mutating func integer(_ width: Int) -> Int? {
        guard width <= rest.count else { return nil }
        let bits = rest.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest.removeFirst(width)
        return width == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(truncatingIfNeeded: bits)
    }

    /// What stands between two line ends, to the end.
    mutating func line() -> String? {
        guard rest.popFirst() == UInt8(ascii: "\n"), rest.popLast() == UInt8(ascii: "\n") else { return nil }
        return String(validating: rest, as: UTF8.self)
    }
}
