/// How units are written short.
enum UnitSymbols {
    private static let lengths = [
        "Kilometer": "km", "Hectometer": "hm", "Decameter": "dam", "Meter": "m", "Decimeter": "dm",
        "Centimeter": "cm", "Millimeter": "mm", "Micrometer": "µm", "Nanometer": "nm", "Picometer": "pm",
        "Mile": "mi", "Yard": "yd", "Inch": "in", "Foot": "ft", "Nautical mile": "nmi", "Light year": "ly",
    ]

    private static let others = [
        "Hectare": "ha", "Acre": "ac", "Hectoliter": "hL", "Liter": "L", "Deciliter": "dL",
        "Centiliter": "cL", "Milliliter": "mL", "Gallon": "gal", "Pint": "pt", "Quart": "qt",
        "Fluid ounce": "fl oz", "Teaspoon": "tsp", "Tablespoon": "tbsp", "Barrel": "bbl", "Kilogram": "kg",
        "Gram": "g", "Milligram": "mg", "Microgram": "µg", "Metric ton": "t", "Pound": "lb", "Ounce": "oz",
        "Stone": "st", "Bit": "bit", "Kilobit": "kbit", "Megabit": "Mbit", "Gigabit": "Gbit",
        "Terabit": "Tbit", "Byte": "B", "Kilobyte": "kB", "Megabyte": "MB", "Gigabyte": "GB",
        "Terabyte": "TB", "Mole": "mol", "Millimole": "mmol", "Micromole": "µmol", "Nanogram": "ng",
        "International unit": "IU", "Milliequivalent": "mEq",
        "Petabyte": "PB", "Kibibyte": "KiB", "Mebibyte": "MiB", "Gibibyte": "GiB",
        "Degree": "°", "Radian": "rad", "Watt": "W", "Kilowatt": "kW", "Megawatt": "MW", "Horsepower": "hp",
        "Joule": "J", "Kilojoule": "kJ", "Kilowatt hour": "kWh", "Kilocalorie": "kcal", "Hertz": "Hz",
        "Kilohertz": "kHz", "Megahertz": "MHz", "Gigahertz": "GHz", "Volt": "V", "Pascal": "Pa",
        "Kilopascal": "kPa", "Bar": "bar", "Millimeter of mercury": "mmHg", "Knot": "kn", "C": "°C",
        "F": "°F", "K": "K", "R": "°R", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms",
    ]

    private static let powers = [("Square ", "²"), ("Cubic ", "³")]

    /// By the unit in small letters.
    private static let all: [String: String] = {
        var symbols = lengths.merging(others) { first, _ in first }
        for (unit, symbol) in lengths {
            for (word, power) in powers { symbols[word + unit] = symbol + power }
        }
        return Dictionary(uniqueKeysWithValues: symbols.map { ($0.key.lowercased(), $0.value) })
    }()

    /// Of units per unit, that of each; small letters where a unit has no symbol.
    static func symbol(of unit: String) -> String {
        if let symbol = all[unit.lowercased()] { return symbol }
        let words = unit.split(separator: " ", omittingEmptySubsequences: false)
        guard let per = words.firstIndex(of: "per"), per > 0, per < words.count - 1 else {
            return unit.lowercased()
        }
        let parts = [words[..<per], words[(per + 1)...]].map { $0.joined(separator: " ") }
        return parts.map(symbol).joined(separator: "/")
    }
}

extension Quantity {
    /// The unit as it is written short: `kg`, `km/h`, `year`.
    public var symbol: String { UnitSymbols.symbol(of: unit) }
}
