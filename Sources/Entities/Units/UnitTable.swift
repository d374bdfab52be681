/// A unit of measure.
struct Unit: Sendable, Hashable {
    /// In the singular.
    let name: String
    /// nil for ages and temperatures.
    let dimension: String?
}

typealias UnitTable = SpellingTable<Unit>

extension Spelled<Unit> {
    init(_ name: String, _ dimension: String?, _ spellings: String, symbols: String = "") {
        self.init(meaning: Unit(name: name, dimension: dimension), spellings: spellings, symbols: symbols)
    }
}

typealias UnitEntry = Spelled<Unit>
