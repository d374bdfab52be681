/// English words and phrases of time, and what they mean.
enum TimeWords {
    static let months = numbered([
        ["january", "jan"], ["february", "feb", "febr"], ["march", "mar"], ["april", "apr"], ["may"],
        ["june", "jun"], ["july", "jul"], ["august", "aug"], ["september", "sept", "sep"],
        ["october", "oct"],
        ["november", "nov"], ["december", "dec"],
    ])

    static let weekdays = numbered([
        ["monday", "mon"], ["tuesday", "tues", "tue"], ["wednesday", "weds", "wedn", "wed"],
        ["thursday", "thurs", "thur", "thu"], ["friday", "fri"], ["saturday", "sat"], ["sunday", "sun"],
    ])

    /// The plural recurs: `Mondays`.
    static let pluralWeekdays = numbered([
        ["mondays"], ["tuesdays"], ["wednesdays"], ["thursdays"], ["fridays"], ["saturdays"], ["sundays"],
    ])

    static let units: [(TimeUnit, String)] = [
        (.year, "year years yr yrs"), (.quarter, "quarter quarters"),
        (.month, "month months"), (.fortnight, "fortnight fortnights"), (.week, "week weeks wk wks"),
        (.weekend, "weekend weekends"), (.day, "day days night nights"),
        (.hour, "hour hours hr hrs"), (.minute, "minute minutes min mins"),
        (.second, "second seconds sec secs"), (.decade, "decade decades"),
        (.century, "century centuries"),
    ]

    static let unitPhrases: [(String, Int)] = [
        "business day", "business days", "working day", "working days", "workday", "workdays", "weekday",
        "weekdays", "work day", "work days",
    ].map { ($0, TimeUnit.businessDay.rawValue) }

    /// Against a number only: `3h`.
    static let unitLetters: [(String, Int)] = [
        ("h", TimeUnit.hour), ("d", .day), ("w", .week), ("y", .year), ("m", .minute), ("s", .second),
        ("mo", .month),
    ].map { ($0.0, $0.1.rawValue) }

    static let seasons: [(String, Int)] = [
        ("spring", 0), ("summer", 1), ("fall", 2), ("autumn", 2), ("winter", 3),
    ]
    static let seasonTimex = ["SP", "SU", "FA", "WI"]

    static let morning = PartOfDay(timex: "TMO", start: 8, end: 12)
    static let afternoon = PartOfDay(timex: "TAF", start: 12, end: 16)
    static let evening = PartOfDay(timex: "TEV", start: 16, end: 20)
    static let night = PartOfDay(timex: "TNI", start: 20, end: 24)
    private static let daytime = PartOfDay(timex: "TDT", start: 8, end: 18)
    private static let nightTime = PartOfDay(timex: "TNT", start: 0, end: 8)
    private static let breakfast = PartOfDay(timex: "TMEB", start: 8, end: 12)
    private static let lunch = PartOfDay(timex: "TMEL", start: 11, end: 13)
    private static let dinner = PartOfDay(timex: "TMED", start: 16, end: 20)
    private static let businessHours = PartOfDay(timex: "TBH", start: 8, end: 18)

    static let parts: [(String, PartOfDay)] = [
        ("morning", morning), ("afternoon", afternoon), ("evening", evening), ("night", night),
        ("daytime", daytime), ("day time", daytime), ("day-time", daytime), ("night-time", nightTime),
        ("nighttime", nightTime), ("night time", nightTime), ("nightfall", night),
        ("business hours", businessHours), ("business hour", businessHours),
    ]

    /// Meals have no more than a time of the day.
    static let meals: [(String, PartOfDay)] = [
        ("breakfast", breakfast), ("breakfast time", breakfast), ("breakfasttime", breakfast),
        ("brunch", breakfast), ("lunch", lunch), ("lunchtime", lunch), ("lunch time", lunch),
        ("mealtime", lunch), ("dinner", dinner), ("dinnertime", dinner), ("dinner time", dinner),
        ("supper", dinner), ("suppertime", dinner),
    ]

    static let pluralParts: [(String, PartOfDay)] = [
        ("mornings", morning), ("afternoons", afternoon), ("evenings", evening), ("nights", night),
    ]

    /// 1 is before noon, 2 after it, 3 either.
    static let meridiems: [(String, Int)] = [
        ("am", 1), ("a.m.", 1), ("a.m", 1), ("a. m.", 1), ("a m", 1), ("a . m .", 1),
        ("pm", 2), ("p.m.", 2), ("p.m", 2), ("p. m.", 2), ("p m", 2), ("p . m .", 2), ("ampm", 3),
    ]

    /// 1 and 2 come after, -1 and -2 before; 2 and -2 are the nearest ones.
    static let relatives: [(String, Int)] = [
        ("next", 1), ("following", 1), ("coming", 2), ("upcoming", 2), ("this upcoming", 2),
        ("this coming", 2),
        ("this next", 1), ("this", 0), ("current", 0), ("the current", 0), ("this past", -2), ("past", -2),
        ("this last", -1), ("last", -1), ("previous", -1),
    ]

    /// Days from today.
    static let dayWords: [(String, Int)] = [
        ("today", 0), ("otd", 0), ("the day", 0), ("this day", 0), ("current date", 0), ("today's date", 0),
        ("tomorrow", 1), ("tmr", 1), ("tmrw", 1), ("tomorow", 1), ("tommorow", 1), ("tommorrow", 1),
        ("the day after", 1), ("next day", 1), ("the next day", 1),
        ("the following day", 1), ("following day", 1),
        ("day after tomorrow", 2), ("the day after tomorrow", 2), ("day after tmr", 2),
        ("the day after tmr", 2), ("the day after tmrw", 2),
        ("yesterday", -1), ("the day before", -1), ("last day", -1), ("the last day", -1),
        ("previous day", -1), ("the previous day", -1),
        ("day before yesterday", -2), ("the day before yesterday", -2),
    ]

    static let now: [(String, Int)] = [
        "now", "right now", "at the moment", "at the minute", "at present", "at the present time",
        "at this time",
        "asap", "as soon as possible", "at this moment", "at this minute", "at this point", "just now",
        "at this very moment", "this moment", "at the present", "at this present time",
    ].map { ($0, 0) }

    static let few: [(String, Int)] = [
        ("a few", 3), ("few", 3), ("some", 3), ("several", 3), ("couple", 2), ("a couple", 2),
        ("a couple of", 2), ("couple of", 2), ("the couple of", 2),
    ]

    /// 1 start, 2 middle, 3 end.
    static let edges: [(String, Int)] = [
        ("early", 1), ("early in", 1), ("early in the", 1), ("beginning of", 1), ("start of", 1),
        ("beginning of the", 1), ("start of the", 1),
        ("mid", 2), ("mid-", 2), ("middle of", 2), ("middle of the", 2), ("mid of", 2),
        ("late", 3), ("late in", 3), ("late in the", 3), ("end of", 3), ("end of the", 3), ("close of", 3),
    ]

    /// A recurrence in one word, in TIMEX3.
    static let frequencies: [(timex: String, words: String)] = [
        ("P1D", "daily everyday"), ("P1W", "weekly"), ("P2W", "biweekly fortnightly bi-weekly"),
        ("P1M", "monthly"), ("P2M", "bimonthly bi-monthly"), ("P3M", "quarterly"),
        ("P0.5Y", "semiannual semiannually semi-annually semi-annual"),
        ("P1Y", "yearly annually annual"),
    ]

    static let decades: [(String, Int)] = [
        ("twenties", 20), ("thirties", 30), ("forties", 40), ("fifties", 50), ("sixties", 60),
        ("seventies", 70), ("eighties", 80), ("nineties", 90),
    ]

    /// What makes a range without a start or an end of what follows.
    static let limits: [(String, TimeModifier)] = [
        ("before", .before), ("prior to", .before), ("earlier than", .before), ("no later than", .before),
        ("by", .before), ("sooner than", .before), ("less than", .before), ("until", .before),
        ("till", .before),
        ("til", .before), ("preceding", .before), ("not later than", .before), ("<", .before),
        ("after", .after), ("later than", .after), ("greater than", .after), (">", .after),
        ("year greater than", .after), ("since", .since), ("on or after", .since),
        ("no earlier than", .since), ("starting", .since), ("starting on", .since), ("starting from", .since),
        ("beginning", .since), ("beginning on", .since), ("as early as", .since), ("any time from", .since),
        ("any time since", .since), ("not earlier than", .since), ("from the start of", .since),
        ("> =", .since),
        ("starts", .since), ("effective", .since), ("anytime from", .since),
        ("as late as", .until), ("on or before", .until), ("< =", .until), ("any time until", .until),
        ("around", .approximate), ("circa", .approximate),
        ("approximately", .approximate),
    ]

    private static func numbered(_ names: [[String]]) -> [(String, Int)] {
        names.enumerated().flatMap { index, names in names.map { ($0, index + 1) } }
    }
}

/// Days that have a name.
enum HolidayWords {
    static let all: [(Holiday, String)] = [
        (
            .fixed(month: 1, day: 1),
            "new year, new year's, new years, new year day, new year's day, new years day"
        ),
        (.fixed(month: 12, day: 31), "new year's eve, new years eve, new year eve"),
        (.fixed(month: 12, day: 25), "christmas, christmas day, xmas, xmas day"),
        (.fixed(month: 12, day: 24), "christmas eve, xmas eve"),
        (.fixed(month: 12, day: 26), "boxing day"),
        (
            .fixed(month: 2, day: 14),
            "valentine's day, valentines day, valentine day, valentine's, st valentine's day"
        ),
        (
            .fixed(month: 3, day: 17),
            "saint patrick, st patrick, st. patrick, saint patrick's day, st patrick's day, st. patrick's day, "
                + "saint patrick day, st patrick day, st. patricks day"
        ),
        (
            .fixed(month: 4, day: 1),
            "april fools, april fool's day, april fools day, april fools' day, all fools day"
        ),
        (.fixed(month: 4, day: 22), "earth day"),
        (
            .fixed(month: 5, day: 1),
            "labour day, international workers' day, international workers day, workers' day, may day"
        ),
        (.fixed(month: 5, day: 4), "star wars day, youth day"),
        (.fixed(month: 5, day: 5), "cinco de mayo"),
        (.fixed(month: 6, day: 1), "children's day, childrens day"),
        (.fixed(month: 6, day: 19), "juneteenth, freedom day, jubilee day"),
        (.fixed(month: 7, day: 4), "independence day, us independence day"),
        (
            .fixed(month: 10, day: 31),
            "halloween, halloween day, all hallow's eve, hallowe'en, all hallow eve"
        ),
        (.fixed(month: 11, day: 1), "all saints' day, all saints day, all saint's day, all hallows day"),
        (.fixed(month: 11, day: 2), "all souls day, all souls' day"),
        (.fixed(month: 11, day: 5), "guy fawkes day, bonfire night"),
        (
            .fixed(month: 11, day: 11),
            "veterans day, veteran's day, veterans' day, armistice day, singles day"
        ),
        (.fixed(month: 6, day: 14), "flag day"),
        (.fixed(month: 2, day: 2), "groundhog day"),
        (.fixed(month: 3, day: 8), "women's day, international women's day, womens day, woman's day"),
        (.fixed(month: 3, day: 12), "arbor day"),
        (.fixed(month: 12, day: 7), "pearl harbor day"),
        (
            .weekday(1, count: 3, month: 1),
            "martin luther king day, martin luther king jr day, mlk day, martin luther king's day"
        ),
        (
            .weekday(1, count: 3, month: 2),
            "presidents day, president's day, presidents' day, washington's birthday, washington's day"
        ),
        (.weekday(7, count: 2, month: 5), "mother's day, mothers day, mothers' day, mother day"),
        (.weekday(7, count: 3, month: 6), "father's day, fathers day, fathers' day, father day"),
        (.weekday(1, count: -1, month: 5), "memorial day"),
        (.weekday(1, count: 1, month: 9), "labor day"),
        (.weekday(1, count: 2, month: 10), "columbus day, indigenous peoples' day"),
        (
            .weekday(4, count: 4, month: 11),
            "thanksgiving, thanksgiving day, thanks giving, thanks giving day"
        ),
        (.weekday(4, count: 4, month: 11, plus: 1), "black friday"),
        (.weekday(4, count: 4, month: 11, plus: 4), "cyber monday"),
        (.easter(plus: 0), "easter, easter sunday, easter day"),
        (.easter(plus: 1), "easter monday"),
        (.easter(plus: -1), "easter saturday, holy saturday"),
        (.easter(plus: -2), "good friday"),
        (.easter(plus: -3), "maundy thursday"),
        (.easter(plus: -7), "palm sunday"),
        (.easter(plus: -46), "ash wednesday"),
        (.easter(plus: -47), "mardi gras, shrove tuesday, fat tuesday"),
        (.easter(plus: 39), "ascension day"),
        (.easter(plus: 49), "pentecost, whit sunday"),
        (.easter(plus: 50), "whit monday"),
        (.easter(plus: 60), "corpus christi"),
        (.islamic(month: 10, day: 1), "eid al fitr, eid al-fitr, eid ul fitr, eid"),
        (.islamic(month: 12, day: 10), "eid al adha, eid al-adha"),
        (.islamic(month: 9, day: 1), "ramadan"),
        (.islamic(month: 1, day: 1), "islamic new year"),
    ]
}
