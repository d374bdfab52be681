/// What a word is to the number grammar.
enum NumberWord: Sendable {
    /// 0 to 9.
    case unit(Int)
    /// 10 to 19, and what is written in one word above: `twentyone`.
    case teen(Int)
    /// 20, 30 … 90.
    case ten(Int)
    case hundred
    /// Thousand and above.
    case multiplier(Int)
    case dozen
}

/// What a word is to the ordinal grammar.
struct OrdinalWord: Sendable {
    let meaning: NumberWord
    /// `fifths`: a denominator, never a rank.
    let isPlural: Bool
}

/// English words for numbers.
enum NumberWords {
    static var cardinals: [(String, NumberWord)] { parted + joined(parted) }

    private static let parted: [(String, NumberWord)] = [
        ("zero", .unit(0)), ("nought", .unit(0)), ("naught", .unit(0)),
        ("one", .unit(1)), ("two", .unit(2)), ("three", .unit(3)), ("four", .unit(4)), ("five", .unit(5)),
        ("six", .unit(6)), ("seven", .unit(7)), ("eight", .unit(8)), ("nine", .unit(9)),
        ("ten", .teen(10)), ("eleven", .teen(11)), ("twelve", .teen(12)), ("thirteen", .teen(13)),
        ("fourteen", .teen(14)), ("fifteen", .teen(15)), ("sixteen", .teen(16)), ("seventeen", .teen(17)),
        ("eighteen", .teen(18)), ("nineteen", .teen(19)),
        ("twenty", .ten(20)), ("thirty", .ten(30)), ("forty", .ten(40)), ("fourty", .ten(40)),
        ("fifty", .ten(50)), ("sixty", .ten(60)), ("seventy", .ten(70)), ("eighty", .ten(80)),
        ("ninety", .ten(90)),
        ("hundred", .hundred), ("hundreds", .hundred),
        ("thousand", .multiplier(1_000)), ("thousands", .multiplier(1_000)),
        ("lakh", .multiplier(100_000)), ("lakhs", .multiplier(100_000)), ("lac", .multiplier(100_000)),
        ("lacs", .multiplier(100_000)), ("lkh", .multiplier(100_000)), ("lkhs", .multiplier(100_000)),
        ("crore", .multiplier(10_000_000)), ("crores", .multiplier(10_000_000)),
        ("cr", .multiplier(10_000_000)),
        ("krore", .multiplier(10_000_000)), ("krores", .multiplier(10_000_000)),
        ("koti", .multiplier(10_000_000)),
        ("million", .multiplier(1_000_000)), ("millions", .multiplier(1_000_000)),
        ("billion", .multiplier(1_000_000_000)), ("billions", .multiplier(1_000_000_000)),
        ("trillion", .multiplier(1_000_000_000_000)), ("trillions", .multiplier(1_000_000_000_000)),
        ("dozen", .dozen), ("dozens", .dozen), ("doz", .dozen), ("dozs", .dozen), ("dz", .dozen),
        ("dzs", .dozen),
    ]

    /// Tens and units without a space: `twentyone`, `twentyfirst`.
    private static func joined(_ units: [(String, NumberWord)]) -> [(String, NumberWord)] {
        parted.flatMap { word, ten in
            units.compactMap { unit, meaning in
                guard case .ten(let tens) = ten, case .unit(let value) = meaning, value > 0 else {
                    return nil
                }
                return (word + unit, .teen(tens + value))
            }
        }
    }

    /// The singular; the plural has an `s` more.
    private static let singularOrdinals: [(String, NumberWord)] = [
        ("first", .unit(1)), ("second", .unit(2)), ("third", .unit(3)), ("fourth", .unit(4)),
        ("fifth", .unit(5)), ("sixth", .unit(6)), ("seventh", .unit(7)), ("eighth", .unit(8)),
        ("ninth", .unit(9)), ("nineth", .unit(9)),
        ("tenth", .teen(10)), ("eleventh", .teen(11)), ("twelfth", .teen(12)), ("thirteenth", .teen(13)),
        ("fourteenth", .teen(14)), ("fifteenth", .teen(15)), ("sixteenth", .teen(16)),
        ("seventeenth", .teen(17)), ("eighteenth", .teen(18)), ("nineteenth", .teen(19)),
        ("twentieth", .ten(20)), ("thirtieth", .ten(30)), ("fortieth", .ten(40)), ("fiftieth", .ten(50)),
        ("sixtieth", .ten(60)), ("seventieth", .ten(70)), ("eightieth", .ten(80)), ("ninetieth", .ten(90)),
        ("hundredth", .hundred), ("thousandth", .multiplier(1_000)), ("millionth", .multiplier(1_000_000)),
        ("billionth", .multiplier(1_000_000_000)), ("trillionth", .multiplier(1_000_000_000_000)),
    ]

    static var ordinals: [(String, OrdinalWord)] {
        (singularOrdinals + joined(singularOrdinals)).flatMap { word, meaning in
            [
                (word, OrdinalWord(meaning: meaning, isPlural: false)),
                (word + "s", OrdinalWord(meaning: meaning, isPlural: true)),
            ]
        }
    }

    /// Denominators with a name of their own.
    static let namedDenominators: [(String, Int)] = [
        ("half", 2), ("halves", 2), ("quarter", 4), ("quarters", 4),
    ]

    /// What may follow digits, with a space or without, and multiplies them. Case tells `M` from metres.
    static let suffixes: [(String, Int)] = [
        ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("MM", 1_000_000),
        ("mil", 1_000_000), ("mln", 1_000_000), ("G", 1_000_000_000), ("b", 1_000_000_000),
        ("B", 1_000_000_000), ("bn", 1_000_000_000), ("bln", 1_000_000_000), ("T", 1_000_000_000_000),
        ("tn", 1_000_000_000_000), ("tln", 1_000_000_000_000), ("trn", 1_000_000_000_000),
    ]

    /// Fractions that are one scalar.
    static let vulgarFractions: [(String, (Int, Int))] = [
        ("½", (1, 2)), ("⅓", (1, 3)), ("⅔", (2, 3)), ("¼", (1, 4)), ("¾", (3, 4)), ("⅕", (1, 5)),
        ("⅖", (2, 5)),
        ("⅗", (3, 5)), ("⅘", (4, 5)), ("⅙", (1, 6)), ("⅚", (5, 6)), ("⅐", (1, 7)), ("⅛", (1, 8)),
        ("⅜", (3, 8)),
        ("⅝", (5, 8)), ("⅞", (7, 8)), ("⅑", (1, 9)), ("⅒", (1, 10)),
    ]
}
