/// What compares a number with a limit.
enum RangeWords {
    enum Comparison: Sendable {
        case more, less, moreOrEqual, lessOrEqual, equal
    }

    private static let adjectivesUp = ["greater", "larger", "higher", "bigger", "more"]
    private static let adjectivesDown = ["less", "lower", "smaller", "fewer"]
    private static let equals = ["equal", "equals", "equal to", "equals to", "equal than"]

    /// Before a number.
    static var before: [(String, Comparison)] {
        let up = adjectivesUp.flatMap { word in
            [("\(word) than", Comparison.more)] + orEqual(word).map { ($0, .moreOrEqual) }
        }
        let down = adjectivesDown.flatMap { word in
            [("\(word) than", Comparison.less)] + orEqual(word).map { ($0, .lessOrEqual) }
        }
        return up + down + signs + [
            ("above", .more), ("over", .more), ("exceed", .more), ("exceeds", .more), ("exceeding", .more),
            ("exceeded", .more), ("surpass", .more), ("surpasses", .more), ("surpassing", .more),
            ("beyond", .more),
            ("below", .less), ("under", .less), ("beneath", .less),
            ("at least", .moreOrEqual), ("no less than", .moreOrEqual), ("not less than", .moreOrEqual),
            ("no fewer than", .moreOrEqual), ("at least or equal to", .moreOrEqual),
            ("at most", .lessOrEqual), ("no more than", .lessOrEqual), ("not more than", .lessOrEqual),
            ("up to", .lessOrEqual), ("at most or equal to", .lessOrEqual),
            ("equal to", .equal), ("equals", .equal), ("equals to", .equal), ("equaling", .equal),
            ("equaling to", .equal), ("equal", .equal),
        ]
    }

    private static let signs: [(String, Comparison)] = [
        (">", .more), ("<", .less), (">=", .moreOrEqual), ("<=", .lessOrEqual), ("≥", .moreOrEqual),
        ("≤", .lessOrEqual),
    ]

    private static func orEqual(_ word: String) -> [String] {
        [
            "\(word) or equal than", "\(word) or equal to", "\(word) than or equal to",
            "\(word) than or equal",
            "equal to or \(word) than", "equal or \(word) than", "\(word) than and equal to",
        ]
    }

    /// After a number.
    static var after: [(String, Comparison)] {
        let up = adjectivesUp + ["above", "over"]
        let down = adjectivesDown + ["below", "under"]
        return up.flatMap { word in
            ["or \(word)", "and \(word)", "or \(word) than"].map { ($0, Comparison.moreOrEqual) }
        }
            + down.flatMap { word in
                ["or \(word)", "and \(word)", "or \(word) than"].map { ($0, Comparison.lessOrEqual) }
            }
    }

    /// After a number that has a comparison before it: it is included too.
    static let orEqualAfter = ["or equal", "or equal to"]
}
