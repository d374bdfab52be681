/// Units of heat.
enum TemperatureUnits {
    private static let degrees = ["degree", "degrees", "deg", "deg.", "°"]
    private static let names = [
        ("C", ["celsius", "celcius", "centigrade", "centigrate", "c"]),
        ("F", ["fahrenheit", "farenheit", "fahrenheits", "f"]),
        ("K", ["kelvin", "kelvins", "k"]),
        ("R", ["rankine"]),
    ]

    /// A scale by its name, and by name or letter after a word or sign for degrees.
    static var all: [UnitEntry] {
        [UnitEntry("Degree", nil, degrees.joined(separator: ";"))]
            + names.map { unit, names in
                let alone = names.filter { $0.count > 1 }
                let after = degrees.flatMap { degree in names.map { "\(degree) \($0)" } }
                return UnitEntry(unit, nil, (alone + after).joined(separator: ";"))
            }
    }
}
