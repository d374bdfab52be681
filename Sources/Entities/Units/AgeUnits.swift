/// Units of age.
enum AgeUnits {
    private static let times = [
        ("Year", ["year", "years", "yr", "yrs", "y"]), ("Month", ["month", "months", "mo"]),
        ("Week", ["week", "weeks", "wk"]), ("Day", ["day", "days"]),
    ]
    private static let ends = [" old", "-old", " of age", " olds", "-olds", "/old"]

    static var all: [UnitEntry] {
        times.map { unit, names in
            let spellings = names.flatMap { name in ends.map { name + $0 } }
            return UnitEntry(
                unit, nil, (spellings + (unit == "Year" ? ["yo", "y/o", "y.o."] : [])).joined(separator: ";"))
        }
    }

    /// Words that a number follows.
    static let prefixes = [UnitEntry("Age", nil, "age;aged;age of;age is;age :")]
}
