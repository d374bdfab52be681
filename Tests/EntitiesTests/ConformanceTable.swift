/// What is asked of files, in hundredths of their cases.
enum ConformanceAsked {
    static let shares: [String: Double] = [
        "Number/English/NumberModel.json": 95, "Number/English/OrdinalModel.json": 95,
        "Number/English/PercentModel.json": 95, "Sequence/English/EmailModel.json": 95,
        "Sequence/English/URLModel.json": 95, "Choice/English/BooleanModel.json": 95,
        "NumberWithUnit/English/CurrencyModel.json": 85, "NumberWithUnit/English/DimensionModel.json": 85,
        "NumberWithUnit/English/TemperatureModel.json": 85, "NumberWithUnit/English/AgeModel.json": 85,
        "Sequence/English/PhoneNumberModel.json": 85, "DateTime/English/DateTimeModel.json": 80,
    ]
}

extension ConformanceScore {
    /// In hundredths.
    var share: Double { all == 0 ? 0 : 100 * Double(passed) / Double(all) }

    static let head = row("file", "asked", "passed", "cases", "share")

    /// One line of the table.
    var line: String {
        let asked = ConformanceAsked.shares[file].map { "\(Int($0)) %" } ?? "-"
        return Self.row(
            file, asked, "\(passed)", "\(all)", isOffered ? Self.hundredths(share) : "not offered")
    }

    static func sum(_ scores: [ConformanceScore]) -> String {
        let passed = scores.reduce(0) { $0 + $1.passed }
        let all = scores.reduce(0) { $0 + $1.all }
        return row("all", "-", "\(passed)", "\(all)", hundredths(100 * Double(passed) / Double(max(all, 1))))
    }

    private static func hundredths(_ share: Double) -> String { "\((share * 10).rounded() / 10) %" }

    private static func row(_ file: String, _ columns: String...) -> String {
        let widths = [7, 8, 7, 13]
        let cells = zip(columns, widths).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }
        return file + String(repeating: " ", count: max(0, 62 - file.count)) + cells.joined()
    }
}
